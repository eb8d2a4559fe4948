import { ModelError } from '../errors.js';
import type { FittedModel } from '../fitted-model.js';
import { symmetricEigen } from '../optimizer/symmetric-eigen.js';
import { fUpper } from './distributions/distributions.js';
import { dotOf, estimateOf, requireContrast, sandwich, type ContrastRows } from './fixed-effects-space.js';
import { kenwardRoger, kenwardRogerF, kenwardRogerFacts } from './kenward-roger.js';
import { satterthwaite, satterthwaiteDf, tTests, type TTests } from './satterthwaite.js';

/**
 * Denominator degrees of freedom: Satterthwaite's, Kenward and Roger's (with their adjusted covariance matrix), or none (normal and
 * chi-squared, for large samples).
 */
export type DdfMethod = 'satterthwaite' | 'kenward-roger' | 'none';

/** @throws ModelError `bad-option` for anything else */
export function checkedDdf(ddf: DdfMethod | undefined): DdfMethod {
  const chosen = ddf ?? 'satterthwaite';
  if (chosen !== 'satterthwaite' && chosen !== 'kenward-roger' && chosen !== 'none') {
    throw new ModelError(
      'bad-option',
      `ddf must be 'satterthwaite', 'kenward-roger' or 'none', not '${String(chosen)}'`,
    );
  }
  return chosen;
}

/** t (or z) tests of each row of L, with the covariance matrix that belongs to the method. */
export interface RowTests extends TTests {
  /** Covariance matrix of the combinations, rows. */
  readonly vcov: readonly (readonly number[])[];
}

/** Single-degree tests of L beta = 0 by any of the methods. */
export function rowTests(model: FittedModel, L: ContrastRows, ddf: DdfMethod): RowTests {
  requireContrast(model, L);
  if (ddf === 'kenward-roger') return kenwardRoger(model, L);
  const vcov = sandwich(L, model.data.vcov);
  if (ddf === 'satterthwaite') return { ...satterthwaite(model, L), vcov };
  const se = vcov.map((row, i) => Math.sqrt(row[i]));
  return {
    ...tTests(
      L.map((l) => estimateOf(model, l)),
      se,
      L.map(() => Infinity),
    ),
    vcov,
  };
}

/** An F test of several linear hypotheses at once. */
export interface FTest {
  /** Number of independent hypotheses. */
  readonly numDF: number;
  /** Infinity without denominator degrees of freedom: numDF F is then chi-squared. */
  readonly denDF: number;
  readonly F: number;
  readonly p: number;
  /** Factor of Kenward and Roger that is in F; 1 for the other methods. */
  readonly scale: number;
}

/**
 * F test of L beta = rhs. Satterthwaite: the statistic is split along the principal axes of the contrasts' covariance, and the degrees of
 * freedom of the parts are pooled by the mean of F (Fai and Cornelius 1996). Kenward-Roger: their scaled F.
 *
 * Rows that depend on the others count once.
 *
 * @param L rows of weights of the fixed effects that were kept
 * @throws ModelError `bad-option` for wrong lengths, or contradictory dependent rows
 */
export function contrastTest(
  model: FittedModel,
  L: ContrastRows,
  options: { readonly ddf?: DdfMethod; readonly rhs?: ArrayLike<number> } = {},
): FTest {
  const ddf = checkedDdf(options.ddf);
  requireContrast(model, L);
  const rhs = options.rhs ?? new Float64Array(L.length);
  if (L.length === 0) return { numDF: 0, denDF: NaN, F: NaN, p: NaN, scale: 1 };
  if (rhs.length !== L.length)
    throw new ModelError('bad-option', `rhs needs ${L.length} numbers; it has ${rhs.length}`);
  const { rows, values } = independentRows(model, L, rhs);
  const q = rows.length;
  if (q === 0) return { numDF: 0, denDF: NaN, F: NaN, p: NaN, scale: 1 };
  const distance = rows.map((l, i) => estimateOf(model, l) - values[i]);
  if (ddf === 'kenward-roger') {
    const axes = principalAxes(sandwich(rows, kenwardRogerFacts(model).vcov));
    const { scale, df } = kenwardRogerF(model, rows);
    return tail((scale * waldSquares(axes, distance).reduce((s, v) => s + v, 0)) / q, q, df, scale);
  }
  // The rows are principal axes already: their covariances vanish.
  const tests = rows.map((l) => satterthwaiteOrNone(model, l, ddf));
  const F = tests.reduce((s, { variance }, i) => s + distance[i] ** 2 / variance, 0) / q;
  return tail(F, q, pooledDf(tests.map(({ df }) => df)));
}

function satterthwaiteOrNone(model: FittedModel, l: Float64Array, ddf: DdfMethod): { variance: number; df: number } {
  if (ddf === 'satterthwaite') return satterthwaiteDf(model, l);
  return { variance: sandwich([l], model.data.vcov)[0][0], df: Infinity };
}

const tail = (F: number, numDF: number, denDF: number, scale = 1): FTest => ({
  numDF,
  denDF,
  F,
  p: fUpper(F, numDF, denDF),
  scale,
});

/**
 * Degrees of freedom of an F whose parts t_m^2 have df_m: the mean of F is sum df_m / (df_m - 2) / q (Fai and Cornelius 1996). Where a part
 * has no mean (df_m <= 2), 2.
 */
export function pooledDf(df: readonly number[]): number {
  if (df.length === 1 || df.every((v) => Math.abs(v - df[0]) < 1e-8)) return df.reduce((s, v) => s + v, 0) / df.length;
  if (df.some((v) => v <= 2)) return 2;
  if (df.every((v) => v === Infinity)) return Infinity;
  // 2 E / (E - q) with E - q = sum 2 / (df - 2)
  const excess = df.reduce((s, v) => s + 2 / (v - 2), 0);
  return 2 + (2 * df.length) / excess;
}

/** Orthogonal axes of a covariance matrix with positive variance. */
function principalAxes(V: readonly (readonly number[])[]): { values: number[]; vectors: Float64Array[] } {
  const r = V.length;
  const A = new Float64Array(r * r);
  V.forEach((row, i) => row.forEach((v, j) => (A[j * r + i] = v)));
  const { values, vectors } = symmetricEigen(A, r);
  const floor = 1e-10 * Math.max(0, ...values);
  const kept = Array.from(values.keys()).filter((e) => values[e] > floor);
  return { values: kept.map((e) => values[e]), vectors: kept.map((e) => vectors.slice(e * r, (e + 1) * r)) };
}

function waldSquares({ values, vectors }: ReturnType<typeof principalAxes>, distance: readonly number[]): number[] {
  return vectors.map((v, e) => dotOf(v, distance) ** 2 / values[e]);
}

/**
 * L rotated to the principal axes of its covariance, without the directions that have none. How many there are is decided on rows scaled to
 * unit variance, so that units do not matter; the axes are those of the rows as given (they depend on the units, and with them the pooled
 * degrees of freedom, in a way that is Fai and Cornelius's).
 */
function independentRows(
  model: FittedModel,
  L: ContrastRows,
  rhs: ArrayLike<number>,
): { rows: Float64Array[]; values: number[] } {
  const r = L.length;
  const V = sandwich(L, model.data.vcov);
  const unit = V.map((row, i) => (row[i] > 0 ? 1 / Math.sqrt(row[i]) : 0));
  const scaled = symmetricEigen(
    Float64Array.from({ length: r * r }, (_, k) => V[k % r][Math.floor(k / r)] * unit[k % r] * unit[Math.floor(k / r)]),
    r,
  );
  const rank = scaled.values.filter((v) => v > 1e-10 * scaled.values[r - 1]).length;
  const values = Array.from(rhs);
  for (let e = 0; e < r - rank; e++) {
    const gap = values.reduce((s, v, i) => s + scaled.vectors[e * r + i] * unit[i] * v, 0);
    if (Math.abs(gap) > 1e-6 * Math.max(...values.map((v, i) => Math.abs(v * unit[i])))) {
      throw new ModelError(
        'bad-option',
        'the hypotheses contradict each other: dependent rows of L have different rhs',
      );
    }
  }
  const { vectors } = symmetricEigen(
    Float64Array.from({ length: r * r }, (_, k) => V[k % r][Math.floor(k / r)]),
    r,
  );
  const axes = Array.from({ length: rank }, (_, i) => vectors.subarray((r - 1 - i) * r, (r - i) * r));
  return {
    rows: axes.map((axis) => combineRows(axis, L)),
    values: axes.map((axis) => dotOf(axis, values)),
  };
}

function combineRows(weights: Float64Array, L: ContrastRows): Float64Array {
  const out = new Float64Array(L[0].length);
  L.forEach((l, i) => {
    for (let k = 0; k < out.length; k++) out[k] += weights[i] * l[k];
  });
  return out;
}
