import { analyze, createFactor, factorize, inverseEntriesInto, solveInPlace, type CholeskyFactor } from '@blup/sparse';
import { ModelError } from '../errors.js';
import type { PredictionModel, PredictionSystem, ScoredSystem } from './prediction-model.js';

/** Relative variances (in units of sigma^2) of errors of prediction. All workspace is allocated once. */
export interface PredictionErrors {
  /**
   * Relative variance of (x'beta^ + z'b^) - (x'beta + z'b): [l1; l2]'C[l1; l2] with C the inverse of Henderson's mixed model equations,
   * computed through u as |RX^-T x - V'f|^2 + f'S^-1 f, where z'b = f'u and V = S^-1 Lambda'Z'X RX^-1.
   *
   * @param x weights of the kept fixed effects, length p
   * @param effects numbers of the random effects that take part, the first `count` entries; each at most once
   * @param f their weights in u
   * @throws ModelError `bad-option` when known levels take part and the model was exported without `standardErrors`
   */
  variance(x: Float64Array, effects: Int32Array, f: Float64Array, count: number): number;

  /**
   * The solution u of Henderson's equations for the right-hand side (x, f): S^-1 f - V h with h = RX^-T x - V'f, as long as there are random
   * effects; overwritten by the next call. O(nnz(L) + q p).
   *
   * @throws ModelError as above
   */
  response(x: Float64Array, effects: Int32Array, f: Float64Array, count: number): Float64Array;
}

/**
 * Entries of S^-1 come from the selected inverse where the pair of effects met in the training data, and from a solve with the factor
 * where not. A row costs O(p^2 + p count + count^2 log) in the first case, O(nnz(L)) in the second.
 *
 * Source: Henderson (1975), Biometrics 31, 423-447.
 */
export function predictionErrors(model: PredictionModel): PredictionErrors {
  const known = errorsOfFit(model);
  return model.scored ? errorsWithScored(model.scored, model.fixed.beta.length, known) : known;
}

function errorsOfFit({ fixed, system }: PredictionModel): PredictionErrors {
  const { RX, beta } = fixed;
  const p = beta.length;
  const h = new Float64Array(p);
  let quadratic: QuadraticForm | null = null;
  let factor: CholeskyFactor | null = null;
  let u = new Float64Array(0);
  return {
    response(x, effects, f, count) {
      if (!system) throw exportedWithout();
      const { effectsOnFixed } = system;
      const q = system.colPtr.length - 1;
      if (!factor) {
        factor = factorOf(system);
        u = new Float64Array(q);
      }
      u.fill(0);
      for (let i = 0; i < count; i++) u[effects[i]] = f[i];
      solveInPlace(factor, u);
      solveTransposedUpperInto(RX, p, x, h);
      for (let k = 0; k < p; k++) {
        for (let i = 0; i < count; i++) h[k] -= effectsOnFixed[k * q + effects[i]] * f[i];
        for (let i = 0; i < q; i++) u[i] -= effectsOnFixed[k * q + i] * h[k];
      }
      return u;
    },
    variance(x, effects, f, count) {
      solveTransposedUpperInto(RX, p, x, h);
      let v = 0;
      if (count > 0) {
        if (!system) throw exportedWithout();
        const { effectsOnFixed } = system;
        const q = system.colPtr.length - 1;
        for (let k = 0; k < p; k++) for (let i = 0; i < count; i++) h[k] -= effectsOnFixed[k * q + effects[i]] * f[i];
        quadratic ??= quadraticForm(system);
        v = quadratic(effects, f, count);
      }
      for (let k = 0; k < p; k++) v += h[k] * h[k];
      return v;
    },
  };
}

const exportedWithout = (): ModelError =>
  new ModelError(
    'bad-option',
    'the model was exported without what standard errors of known levels need: export it with standardErrors, or predict without the ' +
      'random effects (terms: "none")',
  );

/**
 * Scored effects are u_new = S_new^-1 Lambda'Z'(y - X beta^ - Z b^ of known levels), so an error in beta^ or b^ carries over: a combination
 * (x, f_old, f_new) has the errors of (x - X'Z Lambda g, f_old - (Z Lambda)_old'Z Lambda g) in the fit, with g = S_new^-1 f_new, and
 * independently f_new'g of its own.
 */
function errorsWithScored(scored: ScoredSystem, p: number, known: PredictionErrors): PredictionErrors {
  const { first, colPtr, LZtX } = scored;
  const m = colPtr.length - 1;
  const factor = factorOf(scored);
  const g = new Float64Array(m);
  const x1 = new Float64Array(p);
  const f1 = new Map<number, number>();
  const u = new Float64Array(first + m);
  /** Fills g, x1 and f1; false where no scored effect takes part. */
  const eliminate = (x: Float64Array, effects: Int32Array, f: Float64Array, count: number): boolean => {
    let any = false;
    g.fill(0);
    f1.clear();
    for (let i = 0; i < count; i++) {
      if (effects[i] < first) f1.set(effects[i], f[i]);
      else {
        g[effects[i] - first] = f[i];
        any = true;
      }
    }
    if (!any) return false;
    solveInPlace(factor, g);
    for (let k = 0; k < p; k++) {
      x1[k] = x[k];
      for (let j = 0; j < m; j++) x1[k] -= LZtX[k * m + j] * g[j];
    }
    for (let j = 0; j < m; j++) {
      if (g[j] !== 0) for (const [e, v] of scored.known[j]) f1.set(e, (f1.get(e) ?? 0) - v * g[j]);
    }
    return true;
  };
  return {
    variance(x, effects, f, count) {
      if (!eliminate(x, effects, f, count)) return known.variance(x, effects, f, count);
      let own = 0;
      for (let i = 0; i < count; i++) if (effects[i] >= first) own += f[i] * g[effects[i] - first];
      return own + known.variance(x1, Int32Array.from(f1.keys()), Float64Array.from(f1.values()), f1.size);
    },
    response(x, effects, f, count) {
      u.fill(0);
      if (eliminate(x, effects, f, count)) {
        u.set(g, first);
        u.set(known.response(x1, Int32Array.from(f1.keys()), Float64Array.from(f1.values()), f1.size));
      } else u.set(known.response(x, effects, f, count));
      return u;
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

function factorOf({ colPtr, rowIdx, values }: Pick<PredictionSystem, 'colPtr' | 'rowIdx' | 'values'>): CholeskyFactor {
  const n = colPtr.length - 1;
  const factor = createFactor(analyze({ nrow: n, ncol: n, colPtr, rowIdx }, { ordering: 'amd' }));
  if (factorize(factor, values) >= 0)
    throw new ModelError('bad-model-json', 'the penalised system of this exported model is not positive definite');
  return factor;
}

type QuadraticForm = (effects: Int32Array, f: Float64Array, count: number) => number;

/** (effects, f) -> f'S^-1 f */
function quadraticForm(system: PredictionSystem): QuadraticForm {
  const { colPtr, rowIdx, values } = system;
  const factor = factorOf(system);
  const inverse = new Float64Array(values.length);
  inverseEntriesInto(factor, inverse);
  const rhs = new Float64Array(colPtr.length - 1);
  const bySolve: QuadraticForm = (effects, f, count) => {
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
