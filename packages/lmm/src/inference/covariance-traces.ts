import type { PenalizedLeastSquares } from '../penalized-least-squares.js';
import { solveLowerInPlace } from '../dense.js';
import { multiplyLambdaInto, multiplyZtZInto } from '../scale-by-lambda.js';
import { connectedLevels, type ConnectedLevels } from './connected-levels.js';
import type { CovarianceDirection } from './covariance-directions.js';
import { marginalPrecision } from './marginal-precision.js';
import { unitColumns, type UnitColumns } from './unit-columns.js';

/** Traces of products of H^-1 = sigma^2 V^-1 with the derivatives G_0 = I (the residuals) and G_r of V. */
export interface CovarianceTraces {
  /** tr(H^-1 G_r); entry 0 is that of G_0. */
  readonly first: Float64Array;
  /** tr(H^-1 G_r H^-1 G_s), (m + 1) by (m + 1), column-major. */
  readonly second: Float64Array;
}

/** Right-hand sides treated together. */
const WIDTH = 32;

/**
 * All traces by blocks of K = Z'H^-1Z: tr(H^-1 G_r H^-1 G_s) is the sum over pairs of levels of tr(K_l'l M_r K_ll' M_s). K is formed a few
 * columns at a time and only within connected components, so that nothing of order q^2 is stored; the number of solves is the number of
 * effects in the largest component.
 *
 * Cost O(largest component times nnz(L)); memory O(32 q).
 *
 * @param directions of the optimum at which the solution in `pls` stands
 */
export function covarianceTraces(
  pls: PenalizedLeastSquares,
  directions: readonly CovarianceDirection[],
): CovarianceTraces {
  const { cp, lambdas } = pls;
  const { q, n, terms } = cp;
  const levels = connectedLevels(cp);
  const sums = blockSums(terms.map((t) => t.nc));
  const most = terms.reduce((s, t) => Math.max(s, t.nc), 1);
  const perBatch = Math.max(1, Math.floor(WIDTH / most));
  const precision = marginalPrecision(pls, perBatch * most);
  const c = new Float64Array(q * perBatch * most);
  const K = new Float64Array(q * perBatch * most);
  const columns = unitColumns(cp);
  const inverses = inverseFactors(pls);
  const f = new Float64Array(inverses ? q * perBatch * most : 0);
  /** c := c - Lambda S^-1 Lambda'Z'Z c and K = Z'Z c, for unit vectors c. */
  const kernel = (slot: number, count: number): void => {
    const nrhs = count * most;
    if (!inverses) {
      precision.reduceInPlace(c, nrhs);
      multiplyZtZInto(cp, c, nrhs, K);
      return;
    }
    // With u = S^-1 Lambda'Z'Z c and S = Lambda'Z'Z Lambda + I, Lambda'K = u: no product with Z'Z is needed.
    f.fill(0, 0, q * nrhs);
    for (let s = 0; s < count; s++) addColumns(pls, columns, levels, slot + s, s * most * q, f);
    precision.sphericalInto(f, nrhs, K);
    multiplyLambdaInto(cp, lambdas, false, K, nrhs, pls.work.small, f);
    for (let i = 0; i < q * nrhs; i++) c[i] -= f[i];
    multiplyLambdaInto(cp, inverses, true, K, nrhs, pls.work.small, K);
  };
  for (let slot = 0; slot < levels.slots; slot += perBatch) {
    const count = Math.min(perBatch, levels.slots - slot);
    c.fill(0, 0, q * count * most);
    for (let s = 0; s < count; s++) placeUnits(pls, levels, slot + s, s * most * q, c);
    kernel(slot, count);
    for (let s = 0; s < count; s++) addSlot(pls, levels, slot + s, s * most * q, c, K, sums);
  }
  return contract(n, lambdas, directions, sums);
}

/** Sums over levels, from which every trace follows. */
interface BlockSums {
  readonly nc: readonly number[];
  /** Sum of K_ll, by term. */
  readonly diagonal: readonly Float64Array[];
  /** Sum of the diagonal blocks of Z'H^-2Z, by term. */
  readonly squared: readonly Float64Array[];
  /** For terms t and t': sum over l, l' of K_l'l[d, a] K_l'l[c, b], at ((d nc' + c) nc + b) nc + a. */
  readonly pairs: readonly (readonly Float64Array[])[];
}

function blockSums(nc: readonly number[]): BlockSums {
  return {
    nc,
    diagonal: nc.map((k) => new Float64Array(k * k)),
    squared: nc.map((k) => new Float64Array(k * k)),
    pairs: nc.map((k) => nc.map((m) => new Float64Array(k * k * m * m))),
  };
}

/** Term of a level. */
function termOf({ levelStart }: ConnectedLevels, level: number): number {
  let t = 0;
  while (level >= levelStart[t + 1]) t++;
  return t;
}

/** The slot's level in every component that has one. */
function forEachLevel(levels: ConnectedLevels, slot: number, visit: (term: number, level: number) => void): void {
  const { memberStart, members, levelStart } = levels;
  for (let k = 0; k + 1 < memberStart.length; k++) {
    if (memberStart[k] + slot >= memberStart[k + 1]) continue;
    const level = members[memberStart[k] + slot];
    const t = termOf(levels, level);
    visit(t, level - levelStart[t]);
  }
}

/** Unit vectors of the slot's level in every component: column a holds the a-th effect of each. */
function placeUnits(
  { cp }: PenalizedLeastSquares,
  levels: ConnectedLevels,
  slot: number,
  at: number,
  x: Float64Array,
): void {
  forEachLevel(levels, slot, (t, level) => {
    const { nc, start } = cp.terms[t];
    for (let a = 0; a < nc; a++) x[at + a * cp.q + start + level * nc + a] = 1;
  });
}

/** Z'Z times the vectors of {@link placeUnits}. */
function addColumns(
  { cp }: PenalizedLeastSquares,
  columns: UnitColumns,
  levels: ConnectedLevels,
  slot: number,
  at: number,
  f: Float64Array,
): void {
  forEachLevel(levels, slot, (t, level) => {
    for (let a = 0; a < cp.terms[t].nc; a++) columns.addInto(t, level, a, f, at + a * cp.q);
  });
}

/** Inverses of the terms' factors; null where one is singular or close to it, or levels are correlated. */
function inverseFactors({ cp, lambdas, precisions }: PenalizedLeastSquares): Float64Array[] | null {
  if (precisions.some(Boolean)) return null;
  const out: Float64Array[] = [];
  for (let t = 0; t < lambdas.length; t++) {
    const { nc } = cp.terms[t];
    const lambda = lambdas[t];
    const inverse = new Float64Array(nc * nc);
    for (let k = 0; k < nc; k++) {
      if (!(Math.abs(lambda[k * nc + k]) > 1e-4 * lambda.reduce((m, v) => Math.max(m, Math.abs(v)), 0))) return null;
      for (let i = 0; i < k; i++) if (lambda[k * nc + i] !== 0) return null;
    }
    for (let k = 0; k < nc; k++) {
      inverse[k * nc + k] = 1;
      solveLowerInPlace(lambda, nc, inverse, k * nc);
    }
    out.push(inverse);
  }
  return out;
}

/** Adds what the columns of one slot contribute. */
function addSlot(
  { cp }: PenalizedLeastSquares,
  levels: ConnectedLevels,
  slot: number,
  at: number,
  c: Float64Array,
  K: Float64Array,
  sums: BlockSums,
): void {
  const { memberStart, members, component, levelStart } = levels;
  const { q } = cp;
  cp.terms.forEach(({ nc: m, nl, start }, other) => {
    for (let l = 0; l < nl; l++) {
      const own = component[levelStart[other] + l];
      if (memberStart[own] + slot >= memberStart[own + 1]) continue;
      const level = members[memberStart[own] + slot];
      const t = termOf(levels, level);
      const nc = sums.nc[t];
      const row = at + start + l * m;
      const pair = sums.pairs[t][other];
      const squared = sums.squared[t];
      for (let a = 0; a < nc; a++) {
        for (let b = 0; b < nc; b++) {
          let s = 0;
          for (let d = 0; d < m; d++) {
            const v = K[row + a * q + d];
            s += c[row + b * q + d] * v;
            for (let e = 0; e < m; e++) pair[((d * m + e) * nc + b) * nc + a] += v * K[row + b * q + e];
          }
          squared[b * nc + a] += s;
        }
      }
      if (level === levelStart[other] + l) {
        const D = sums.diagonal[t];
        for (let a = 0; a < nc; a++) for (let b = 0; b < nc; b++) D[b * nc + a] += K[row + a * q + b];
      }
    }
  });
}

function contract(
  n: number,
  lambdas: readonly Float64Array[],
  directions: readonly CovarianceDirection[],
  sums: BlockSums,
): CovarianceTraces {
  const m = directions.length + 1;
  const first = new Float64Array(m);
  const second = new Float64Array(m * m);
  directions.forEach(({ term, M }, r) => {
    first[r + 1] = inner(sums.diagonal[term], M);
    second[r + 1] = second[(r + 1) * m] = inner(sums.squared[term], M);
    directions.forEach((other, s) => {
      if (s > r) return;
      const v = contractPair(sums.pairs[term][other.term], sums.nc[term], sums.nc[other.term], M, other.M);
      second[(r + 1) * m + s + 1] = second[(s + 1) * m + r + 1] = v;
    });
  });
  // tr H^-1 = n - tr(K Lambda Lambda'), tr H^-2 = tr H^-1 - tr(Z'H^-2Z Lambda Lambda')
  let trace = n;
  let square = 0;
  lambdas.forEach((lambda, t) => {
    const nc = sums.nc[t];
    for (let a = 0; a < nc; a++) {
      for (let b = 0; b < nc; b++) {
        let v = 0;
        for (let k = 0; k < nc; k++) v += lambda[k * nc + a] * lambda[k * nc + b];
        trace -= v * sums.diagonal[t][b * nc + a];
        square += v * sums.squared[t][b * nc + a];
      }
    }
  });
  first[0] = trace;
  second[0] = trace - square;
  return { first, second };
}

/** Sum of K_l'l[d, a] M[a, b] K_l'l[c, b] N[c, d]. */
function contractPair(sum: Float64Array, nc: number, mc: number, M: Float64Array, N: Float64Array): number {
  let s = 0;
  for (let d = 0; d < mc; d++) {
    for (let c = 0; c < mc; c++) {
      const w = N[d * mc + c];
      if (w === 0) continue;
      for (let k = 0; k < nc * nc; k++) s += w * M[k] * sum[(d * mc + c) * nc * nc + k];
    }
  }
  return s;
}

function inner(A: Float64Array, B: Float64Array): number {
  let s = 0;
  for (let k = 0; k < A.length; k++) s += A[k] * B[k];
  return s;
}
