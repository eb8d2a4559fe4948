import type { StructureFactory } from '@blup/covariance';
import {
  buildModelFrame,
  openTable,
  type ModelFrame,
  type ModelFrameOptions,
  type Table,
  type TableLike,
} from '@blup/formula';
import { now } from './clock.js';
import { ModelError } from './errors.js';
import { FittedModel } from './fitted-model.js';
import { checkMatrices, type ModelMatricesInput } from './model-matrices.js';
import type { FitOptions } from './optimum.js';
import { findOptimumByFitted } from './fitted-covariate.js';
import { formulaTerm, isOwnTag } from './structured-terms/formula-term.js';
import { checkedMaxBytes } from './size/max-bytes.js';
import { residualTerm, type ResidualInput } from './structured-terms/residual-term.js';
import type { TermCovariance } from './structured-terms/term-covariance.js';

/** How to read the table and how to fit. */
export interface FitModelOptions extends ModelFrameOptions, FitOptions {
  /** Covariance structures of the user's own, by the tag that a formula calls them by. */
  readonly structures?: ReadonlyMap<string, StructureFactory>;
  /**
   * Structures by term, where a tag in the formula does not say enough: `{ animal: pedigree(table) }`, `{ Subject: series({ kind: 'ar1', time:
   * 'day' }) }`. The key is the term as the formula has it, `(1 | animal)`, its grouping factor, or a tag of your own: `additive(1 | animal)`.
   */
  readonly covariance?: Readonly<Record<string, TermCovariance>>;
  /**
   * Correlation of residuals within groups, unequal variances, or both: `{ kind: 'ar1', time: 'day', by: 'Subject' }` or `ar1(day | Subject)`,
   * `strata(Sex) * ar1(day | Subject)`; see {@link parseResidual} for the text.
   */
  readonly residual?: ResidualInput;
}

/**
 * Fits a linear mixed model:
 *
 *     fitModel('Reaction ~ Days + (Days | Subject)', table)
 *
 * From formula and table to the model frame (@blup/formula), to cross-products, to the optimum of the profiled criterion (REML unless
 * `reml: false`), to the fitted model. A formula without random terms is an ordinary linear model.
 *
 * @param table columns by name, an array of row objects, or an Arrow table
 * @throws FormulaError (of @blup/formula) for mistakes in formula, options or data, with the place; ModelError for a model that cannot be
 * identified; FormulaSizeError or ModelSizeError for one that would take more memory than `maxBytes`; CovarianceStructureError for a structure
 * that does not exist. A search that does not converge is told by `data.certificate`.
 */
export function fitModel(formula: string, table: TableLike, options: FitModelOptions = {}): FittedModel {
  const began = now();
  // Opened once: codes of levels are kept for the columns that structures read.
  const opened = openTable(table);
  const frame = buildModelFrame(formula, opened, { ...options, maxBytes: checkedMaxBytes(options.maxBytes) });
  const read = matricesOf(frame, options, opened);
  const { matrices, rows } = checkMatrices(read, checkedColumns(frame, read.terms));
  const optimum = findOptimumByFitted(matrices, options);
  return new FittedModel(optimum, {
    formula: frame.design.source,
    rows: composeRows(frame.rows, rows),
    warnings: [],
    frame,
    source: { table, functions: options.functions },
    total: now() - began,
  });
}

/**
 * y, X, the random-effects terms with their structures, weights and offset of a model frame.
 * @param table where structures read columns that the formula does not name (times)
 * @throws ModelError when there is no response, or a key of `covariance` names no term
 */
export function matricesOf(
  frame: ModelFrame,
  options: Pick<FitModelOptions, 'structures' | 'covariance' | 'residual' | 'categories'> = {},
  table: Table | null = null,
): ModelMatricesInput {
  if (!frame.response) {
    throw new ModelError('no-response', 'the formula has no response: write it as `y ~ ...`');
  }
  const { structures, covariance, residual } = options;
  for (const key of Object.keys(covariance ?? {})) {
    const named = ({ label, group, structure }: (typeof frame.random)[number]) =>
      label === key || group === key || (structure.name === key && isOwnTag(key, structures));
    if (frame.random.some(named)) continue;
    const known = frame.random.map(({ label }) => label).join(', ') || 'none';
    throw new ModelError(
      'bad-option',
      `covariance has a structure for "${key}", which is no term; the terms are: ${known}`,
    );
  }
  const terms = frame.random.map((_, k) => formulaTerm(frame, k, table, structures, covariance));
  if (residual !== undefined) {
    if (!table)
      throw new ModelError('bad-option', 'a residual structure needs the table that it reads its columns from');
    terms.push(residualTerm(frame, table, residual, options.categories));
  }
  return {
    responseName: frame.response.name,
    y: frame.response.values,
    X: { names: frame.fixed.names, columns: frame.fixed.columns },
    terms,
    weights: frame.weights,
    offset: frame.offset,
  };
}

/** Columns of a model frame, which are finite, and its level indices where terms took them with their levels. */
function checkedColumns(
  { fixed, random, response }: ModelFrame,
  terms: ModelMatricesInput['terms'],
): Set<Float64Array | Int32Array> {
  const columns = new Set<Float64Array | Int32Array>(fixed.columns);
  for (const { levelIdx, levels, columns: own } of random) {
    if (terms.every((term) => term.levelIdx !== levelIdx || term.levels === levels)) columns.add(levelIdx);
    for (const column of own) columns.add(column);
  }
  if (response) columns.add(response.values);
  return columns;
}

/** Rows of the table, given rows of the frame. */
function composeRows(frameRows: Int32Array | null, kept: Int32Array | null): Int32Array | null {
  if (!kept || !frameRows) return kept ?? frameRows;
  return kept.map((i) => frameRows[i]);
}
