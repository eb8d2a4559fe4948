import type { ResidualSpec } from '@blup/covariance';
import { applyDesign, type Design, type DesignRandomTerm, type TableLike, type UserFunctions } from '@blup/formula';
import { ModelError } from '../errors.js';
import type { ModelMatrices } from '../model-matrices.js';
import { randomTerms } from './residual-structure.js';
import type { PredictionModel } from './prediction-model.js';

/** The columns of one random-effects term for new rows. */
export interface NewRowsTerm {
  /** nc columns of length n; NaN where a predictor is missing. */
  readonly columns: readonly Float64Array[];
  /** Names of levels, known to the model or not. */
  readonly levels: readonly string[];
  /** Index into `levels` for each row, -1 where the group is missing. */
  readonly levelIdx: Int32Array;
  /** Further levels of the rows and the columns by which they count, where rows have several; levels of a row differ. */
  readonly memberships?: readonly Pick<NewRowsTerm, 'columns' | 'levelIdx'>[];
}

/** The memberships of a term as terms with one level in each row; none where the term takes no part. */
export function membersOf(term: NewRowsTerm | null): NewRowsTerm[] {
  if (!term) return [];
  return [term, ...(term.memberships ?? []).map((more) => ({ ...more, levels: term.levels }))];
}

/** X, the random-effects terms and the offset for rows to predict: ready-made, or made from a table by {@link newRows}. */
export interface NewRows {
  readonly n: number;
  /** All columns of X, those included that the fit left out. */
  readonly X: readonly Float64Array[];
  /** One entry for each term of the model; null for a term that takes no part at all. */
  readonly terms: readonly (NewRowsTerm | null)[];
  readonly offset: Float64Array | null;
  /** What the rows say of their residuals, where prediction intervals need it. */
  readonly residual?: ResidualSpec | null;
}

/** How much of each term is wanted: nothing, its columns, or its columns and levels. */
export type TermNeed = 'nothing' | 'columns' | 'levels';

/**
 * The columns of a design for new rows.
 * @throws ModelError `bad-option` for a model without a formula; FormulaError for absent columns and unknown categories in X or Z.
 */
export function newRows(
  model: PredictionModel,
  table: TableLike,
  needs: readonly TermNeed[],
  functions?: UserFunctions,
): NewRows {
  const { design } = model;
  if (!design) {
    throw new ModelError(
      'bad-option',
      'the model was fitted to ready-made matrices: new rows must be ready-made, too (predictRows)',
    );
  }
  model.terms.forEach((term, t) => {
    if (needs[t] === 'nothing' || term.fromDesign) return;
    throw new ModelError(
      'bad-option',
      `the levels of ${term.label} were read beside the formula: predict without it (terms), or from ready-made rows (predictRows)`,
    );
  });
  const needOf = needsByDesignTerm(design, needs);
  const full = design.random.filter((_, t) => needOf[t] === 'levels');
  const frame = applyDesign({ ...design, random: full }, table, { functions });
  const terms: (NewRowsTerm | null)[] = [];
  let from = 0;
  design.random.forEach((term, t) => {
    const count = term.independent ? term.matrix.columns!.length : 1;
    if (needOf[t] === 'levels') {
      for (let k = 0; k < count; k++) {
        const { columns, levels, levelIdx, newLevels, newLevelIdx } = frame.random[from++];
        terms.push({
          columns,
          levels: newLevels.length > 0 ? [...levels, ...newLevels] : levels,
          levelIdx: newLevelIdx
            ? levelIdx.map((l, i) => (l < 0 && newLevelIdx[i] >= 0 ? levels.length + newLevelIdx[i] : l))
            : levelIdx,
        });
      }
      return;
    }
    if (needOf[t] === 'nothing') {
      for (let k = 0; k < count; k++) terms.push(null);
      return;
    }
    const columns = columnsOfTerm(design, term, table, functions);
    const levelIdx = new Int32Array(frame.nrow).fill(-1);
    if (term.independent) for (const column of columns) terms.push({ columns: [column], levels: [], levelIdx });
    else terms.push({ columns, levels: [], levelIdx });
  });
  return { n: frame.nrow, X: frame.fixed.columns, terms, offset: frame.offset };
}

/** `(e || g)` is one term of the design and several of the model; it needs what the most demanding of them needs. */
function needsByDesignTerm(design: Design, needs: readonly TermNeed[]): TermNeed[] {
  let at = 0;
  return design.random.map(({ independent, matrix }) => {
    const count = independent ? matrix.columns!.length : 1;
    const own = new Set(needs.slice(at, at + count));
    at += count;
    return own.has('levels') ? 'levels' : own.has('columns') ? 'columns' : 'nothing';
  });
}

/** The columns of Z alone: those of a design whose fixed part is this matrix. The grouping factor need not be in the table. */
function columnsOfTerm(
  design: Design,
  { matrix }: DesignRandomTerm,
  table: TableLike,
  functions: UserFunctions | undefined,
): Float64Array[] {
  const alone: Design = { ...design, fixed: matrix, offsets: [], random: [] };
  return applyDesign(alone, table, { functions }).fixed.columns;
}

/** The training rows as rows to predict. */
export function trainingRows(matrices: ModelMatrices): NewRows {
  const { y, X, offset, terms } = matrices;
  const residual = terms.at(-1)?.structure.residual?.spec ?? null;
  return { n: y.length, X: X.columns, terms: randomTerms(matrices), offset, residual };
}
