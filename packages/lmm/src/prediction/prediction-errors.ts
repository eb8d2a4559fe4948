import { analyze, createFactor, factorize, inverseEntriesInto, solveInPlace } from '@blup/sparse';
import type { PredictionModel } from './prediction-model.js';

/** Relative variances (in units of sigma^2) of errors of prediction. All workspace is allocated once. */
export interface PredictionErrors {
  /**
   * Relative variance of (x'beta^ + z'b^) - (x'beta + z'b): [l1; l2]'C[l1; l2] with C the inverse of Henderson's mixed model equations,
   * computed through u as |RX^-T x - V'f|^2 + f'S^-1 f, where z'b = f'u and V = S^-1 Lambda'Z'X RX^-1.
   *
   * @param x weights of the kept fixed effects, length p
   * @param effects numbers of the random effects that take part, the first `count` entries; each at most once
   * @param f their weights in u
   */
  variance(x: Float64Array, effects: Int32Array, f: Float64Array, count: number): number;
}

/**
 * Entries of S^-1 come from the selected inverse where the pair of effects met in the training data, and from a solve with the factor
 * where not. A row costs O(p^2 + p count + count^2 log) in the first case, O(nnz(L)) in the second.
 *
 * Source: Henderson (1975), Biometrics 31, 423-447.
 */
export function predictionErrors(model: PredictionModel): PredictionErrors {
  const { RX, beta } = model.fixed;
  const p = beta.length;
  const { system } = model;
  const q = system ? system.colPtr.length - 1 : 0;
  const h = new Float64Array(p);
  const quadratic = system && q > 0 ? quadraticForm(system, q) : null;
  return {
    variance(x, effects, f, count) {
      if (count > 0 && !quadratic) return Number.NaN;
      solveTransposedUpperInto(RX, p, x, h);
      let v = 0;
      for (let k = 0; k < p; k++) {
        let s = h[k];
        for (let i = 0; i < count; i++) s -= system!.effectsOnFixed[k * q + effects[i]] * f[i];
        v += s * s;
      }
      return count > 0 ? v + quadratic!(effects, f, count) : v;
    },
  };
}

/** out = R^-T x for the upper triangle R, p by p. */
function solveTransposedUpperInto(R: Float64Array, p: number, x: Float64Array, out: Float64Array): void {
  for (let k = 0; k < p; k++) {
    let s = x[k];
    for (let j = 0; j < k; j++) s -= R[k * p + j] * out[j];
    out[k] = s / R[k * p + k];
  }
}

/** (effects, f) -> f'S^-1 f */
function quadraticForm(
  system: NonNullable<PredictionModel['system']>,
  q: number,
): (effects: Int32Array, f: Float64Array, count: number) => number {
  const { colPtr, rowIdx, values } = system;
  const factor = createFactor(analyze({ nrow: q, ncol: q, colPtr, rowIdx }, { ordering: 'amd' }));
  factorize(factor, values, 1);
  const inverse = new Float64Array(values.length);
  inverseEntriesInto(factor, inverse);
  const rhs = new Float64Array(q);
  const bySolve = (effects: Int32Array, f: Float64Array, count: number): number => {
    rhs.fill(0);
    for (let i = 0; i < count; i++) rhs[effects[i]] = f[i];
    solveInPlace(factor, rhs);
    let s = 0;
    for (let i = 0; i < count; i++) s += rhs[effects[i]] * f[i];
    return s;
  };
  return (effects, f, count) => {
    let v = 0;
    for (let i = 0; i < count; i++) {
      for (let j = 0; j <= i; j++) {
        const w = f[i] * f[j];
        if (w === 0) continue;
        const at = entryAt(colPtr, rowIdx, effects[i], effects[j]);
        if (at < 0) return bySolve(effects, f, count);
        v += (i === j ? w : 2 * w) * inverse[at];
      }
    }
    return v;
  };
}

/** Position of entry (a, b) or (b, a) in a lower triangle, or -1. */
function entryAt(colPtr: Int32Array, rowIdx: Int32Array, a: number, b: number): number {
  const j = Math.min(a, b);
  const i = Math.max(a, b);
  let low = colPtr[j];
  let high = colPtr[j + 1] - 1;
  while (low <= high) {
    const mid = (low + high) >> 1;
    const r = rowIdx[mid];
    if (r === i) return mid;
    if (r < i) low = mid + 1;
    else high = mid - 1;
  }
  return -1;
}
