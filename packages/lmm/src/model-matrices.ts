import { residualCovariance, type CovarianceStructure } from '@blup/covariance';
import { ModelError } from './errors.js';

/** The level of each row and the columns that multiply its effects. */
export interface Membership {
  /** The columns that multiply the random effects, each of length n. */
  readonly columns: readonly Float64Array[];
  /** Level of each row, length n, values 0 to nl - 1. */
  readonly levelIdx: Int32Array;
}

/** Levels that have no effects of their own: effect of derived level d = sum of `weights` times the effects of `levelIdx`, from `starts[d]` on. */
export interface DerivedLevels {
  readonly levels: readonly string[];
  readonly starts: Int32Array;
  readonly levelIdx: Int32Array;
  readonly weights: Float64Array;
}

/** One random-effects term: `nc` columns that vary over the `nl` levels of one grouping factor. */
export interface RandomEffectsTerm extends Membership {
  /** Name of the grouping factor; terms with the same name share their levels. */
  readonly group: string;
  /** Names of the columns, length nc. */
  readonly names: readonly string[];
  /** Names of the levels, length nl. */
  readonly levels: readonly string[];
  /**
   * Further levels of the rows (multiple membership): a row takes the sum of the effects of all its levels, each with columns of its own, into
   * which weights are multiplied. Rows with fewer levels have columns of zeros there. Levels of a row differ.
   */
  readonly memberships?: readonly Membership[];
  /** Levels whose effects are combinations of those of others: they are reported beside them. */
  readonly derived?: DerivedLevels;
  /** Covariance of the nc effects of a level. */
  readonly structure: CovarianceStructure;
}

/** What a linear mixed model is made of: y, X, Z by terms, weights and offset. All rows are complete and finite. */
export interface ModelMatrices {
  readonly responseName: string;
  /** Response, length n. */
  readonly y: Float64Array;
  /** Fixed-effects columns, each of length n, with their names. */
  readonly X: { readonly names: readonly string[]; readonly columns: readonly Float64Array[] };
  readonly terms: readonly RandomEffectsTerm[];
  /** Prior weights, length n, positive; null for equal weights. Var(y_i) = sigma^2 / w_i given the random effects. */
  readonly weights: Float64Array | null;
  /** Known part of the mean, length n; null for none. */
  readonly offset: Float64Array | null;
}

/** The ready-made matrices that a user hands in; weights may be zero (such rows are left out). */
export interface ModelMatricesInput extends Omit<ModelMatrices, 'responseName' | 'weights' | 'offset'> {
  readonly responseName?: string;
  readonly weights?: Float64Array | null;
  readonly offset?: Float64Array | null;
}

export interface CheckedMatrices {
  readonly matrices: ModelMatrices;
  /** 0-based rows of the input that take part; null when all do. */
  readonly rows: Int32Array | null;
}

/**
 * Checks lengths, level indices and values, and leaves out rows of weight zero.
 * @param known columns that are known to be finite, and level indices that are known to be those of levels
 * @throws ModelError when lengths differ, a value is not finite, a weight is negative, or no row is left.
 */
export function checkMatrices(
  input: ModelMatricesInput,
  known: ReadonlySet<Float64Array | Int32Array> = new Set(),
): CheckedMatrices {
  const n = input.y.length;
  const name = input.responseName ?? 'y';
  const weights = input.weights ?? null;
  const offset = input.offset ?? null;
  if (n === 0) throw new ModelError('no-rows', 'there are no rows to fit the model to');
  requireLength(weights, n, 'weights');
  requireLength(offset, n, 'offset');
  const checked = new Set(known);
  if (!checked.has(input.y)) requireFinite(input.y, `the response ${name}`);
  if (offset) requireFinite(offset, 'the offset');
  input.X.columns.forEach((column, j) => {
    requireLength(column, n, `the fixed-effects column ${input.X.names[j]}`);
    if (!checked.has(column)) requireFinite(column, `the fixed-effects column ${input.X.names[j]}`);
    checked.add(column);
  });
  for (const term of input.terms) checkTerm(term, n, checked);

  let keep: Int32Array | null = null;
  if (weights) {
    let positive = 0;
    for (let i = 0; i < n; i++) {
      const w = weights[i];
      if (!(w >= 0) || w === Infinity) {
        const code = w < 0 ? 'negative-weight' : 'not-finite';
        throw new ModelError(code, `weights must be finite and not negative; row ${i + 1} has ${w}`);
      }
      if (w > 0) positive++;
    }
    if (positive === 0) throw new ModelError('no-rows', 'every row has weight zero');
    if (positive < n) keep = positiveRows(weights, positive);
  }
  const base: ModelMatrices = { responseName: name, y: input.y, X: input.X, terms: input.terms, weights, offset };
  const matrices = keep ? takeRows(base, keep) : base;
  return { matrices, rows: keep };
}

function checkTerm(term: RandomEffectsTerm, n: number, checked: ReadonlySet<Float64Array | Int32Array>): void {
  const label = `(${term.names.join(' + ')} | ${term.group})`;
  if (term.columns.length !== term.structure.nc || term.names.length !== term.columns.length) {
    throw new ModelError(
      'structure-size',
      `the term ${label} has ${term.columns.length} columns and ${term.names.length} names, its covariance structure ${term.structure.nc}`,
    );
  }
  const nl = term.levels.length;
  const known = term.structure.levels?.nl ?? nl;
  if (known !== nl)
    throw new ModelError(
      'structure-size',
      `the term ${label} has ${nl} levels, the precision over its levels ${known}`,
    );
  for (const { levelIdx, columns } of [term, ...(term.memberships ?? [])]) {
    if (columns.length !== term.columns.length)
      throw new ModelError(
        'structure-size',
        `a membership of ${label} has ${columns.length} columns, the term ${term.columns.length}`,
      );
    requireLength(levelIdx, n, `the level index of ${label}`);
    if (!checked.has(levelIdx)) requireLevels(levelIdx, nl, label);
    columns.forEach((column, j) => {
      requireLength(column, n, `the column ${term.names[j]} of ${label}`);
      if (!checked.has(column)) requireFinite(column, `the column ${term.names[j]} of ${label}`);
    });
  }
}

function requireLevels(levelIdx: Int32Array, nl: number, label: string): void {
  for (let i = 0; i < levelIdx.length; i++) {
    const l = levelIdx[i];
    if (l >= 0 && l < nl) continue;
    throw new ModelError('bad-level-index', `row ${i + 1} of ${label} has level index ${l}; there are ${nl} levels`);
  }
}

/** The term with some of its columns, or all in another order; its structure is still that of the columns it had. */
export function takeColumns(term: RandomEffectsTerm, order: readonly number[]): RandomEffectsTerm {
  const pick = <T>(all: readonly T[]): T[] => order.map((c) => all[c]);
  return {
    ...term,
    names: pick(term.names),
    columns: pick(term.columns),
    ...(term.memberships && {
      memberships: term.memberships.map((more) => ({ ...more, columns: pick(more.columns) })),
    }),
  };
}

function requireLength(values: { length: number } | null, n: number, what: string): void {
  if (values && values.length !== n) {
    throw new ModelError('lengths-differ', `${what} has ${values.length} rows, the response ${n}`);
  }
}

function requireFinite(values: Float64Array, what: string): void {
  if (allFinite(values)) return;
  for (let i = 0; i < values.length; i++) {
    if (!Number.isFinite(values[i])) {
      throw new ModelError(
        'not-finite',
        `${what} is ${values[i]} in row ${i + 1}; leave such rows out or mark them as missing`,
      );
    }
  }
}

/** v - v is 0 for finite numbers, else NaN. Four chains of sums, so that memory sets the pace. */
function allFinite(values: Float64Array): boolean {
  const n = values.length;
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  let i = 0;
  for (; i + 3 < n; i += 4) {
    const v = values[i];
    const w = values[i + 1];
    const x = values[i + 2];
    const y = values[i + 3];
    a += v - v;
    b += w - w;
    c += x - x;
    d += y - y;
  }
  for (; i < n; i++) a += values[i] - values[i];
  return a + b + c + d === 0;
}

function positiveRows(weights: Float64Array, count: number): Int32Array {
  const keep = new Int32Array(count);
  for (let i = 0, k = 0; i < weights.length; i++) if (weights[i] > 0) keep[k++] = i;
  return keep;
}

/** The same model on some of its rows; levels that lose all their rows are dropped, unless the term's structure speaks of its levels. */
function takeRows(m: ModelMatrices, rows: Int32Array): ModelMatrices {
  const take = (x: Float64Array) => Float64Array.from(rows, (i) => x[i]);
  return {
    responseName: m.responseName,
    y: take(m.y),
    X: { names: m.X.names, columns: m.X.columns.map(take) },
    terms: m.terms.map((term) => {
      const { residual } = term.structure;
      if (residual)
        return {
          ...term,
          levelIdx: new Int32Array(rows.length),
          structure: residualCovariance(residual.restrict(rows)),
        };
      if (term.structure.levels || term.memberships) {
        const kept = ({ levelIdx, columns }: Membership): Membership => ({
          levelIdx: Int32Array.from(rows, (i) => levelIdx[i]),
          columns: columns.map(take),
        });
        return { ...term, ...kept(term), ...(term.memberships && { memberships: term.memberships.map(kept) }) };
      }
      const seen = new Int32Array(term.levels.length).fill(-1);
      for (const i of rows) seen[term.levelIdx[i]] = 0;
      const levels = term.levels.filter((_, l) => seen[l] === 0);
      for (let l = 0, k = 0; l < seen.length; l++) if (seen[l] === 0) seen[l] = k++;
      return {
        ...term,
        levels,
        levelIdx: Int32Array.from(rows, (i) => seen[term.levelIdx[i]]),
        columns: term.columns.map(take),
      };
    }),
    weights: m.weights && take(m.weights),
    offset: m.offset && take(m.offset),
  };
}
