import { inverseEntriesInto, solveLtInPlace, unpermuteInto } from '@blup/sparse';
import { dot } from './dense.js';
import { addBlockTraces, farFromSingular, inverseBlocks, type InverseBlocks } from './inverse-blocks.js';
import { precisionDerivative, precisionForm, precisionTrace, type LevelPrecision } from './level-precision.js';
import { addPairTraces, pairTraceWorks } from './pair-traces.js';
import type { PenalizedLeastSquares } from './penalized-least-squares.js';
import type { ColumnProducts } from './products/column-products.js';
import { multiplyInto, multiplyLambdaInto, multiplyZtZInto } from './scale-by-lambda.js';

/** Workspace and results of the derivative by the changed factors. */
export interface FactorGradient {
  /** Entries of S^-1 on the pattern of S, in the order of the random effects; not set where the diagonal blocks suffice. */
  readonly inverse: Float64Array;
  /** The diagonal blocks of S^-1, planned at the first gradient; null where they do not suffice. */
  blocks?: InverseBlocks | null;
  /** S^-1 Lambda'Z'X RX^-1, q by p, column-major (REML only). */
  readonly V: Float64Array;
  /** Z'(Z Lambda V - X RX^-1), q by p, column-major (REML only); not set where the diagonal blocks suffice. */
  readonly W: Float64Array;
  /** d objective / d (A lambda) of each term, nc by nc, column-major, all entries (structural zeros of lambda included). */
  readonly byFactor: readonly Float64Array[];
  /** d objective / d par of the precision over levels, by term. */
  readonly byLevels: readonly Float64Array[];
  readonly work: Float64Array;
  /** Workspace of each pair of terms. */
  readonly pairs: readonly (ColumnProducts | null)[];
}

export function factorGradient(pls: PenalizedLeastSquares, reml: boolean): FactorGradient {
  const { q, p, terms } = pls.cp;
  const largest = terms.reduce((m, t) => Math.max(m, t.nc), 1);
  return {
    inverse: new Float64Array(pls.values.length),
    V: new Float64Array(reml ? q * p : 0),
    W: new Float64Array(reml ? q * p : 0),
    byFactor: terms.map((t) => new Float64Array(t.nc * t.nc)),
    byLevels: pls.precisions.map((precision) => new Float64Array(precision?.structure.parLength ?? 0)),
    work: new Float64Array(largest * largest),
    pairs: pairTraceWorks(pls.cp),
  };
}

/**
 * The derivative of the objective by every entry of every changed factor, at the solution that stands in `pls`:
 *
 *     2 (Z'Z Lambda S^-1)  [+ 2 W V' by REML]  - 2 / scale (Z'e) u'      summed over the diagonal blocks of a term's levels,
 *
 * where `scale` is sigma^2 (r^2 / nu profiled, or its fixed value). Far from singular theta the diagonal blocks of S^-1 suffice
 * ({@link addBlockTraces}); else the inverse is taken on the pattern of S (Takahashi, Fagan and Chen 1973) and nothing is divided by theta, so
 * that it holds at singular theta too.
 */
export function factorGradientInto(
  pls: PenalizedLeastSquares,
  reml: boolean,
  scale: number,
  out: FactorGradient,
): void {
  const { cp, u, Zte } = pls;
  const { q, p } = cp;
  for (const D of out.byFactor) D.fill(0);
  if (out.blocks === undefined) out.blocks = inverseBlocks(pls);
  const withFixed = reml && p > 0;
  if (withFixed) fixedModesInto(pls, out.V);
  const far = out.blocks && farFromSingular(pls, out.blocks);
  if (far) addBlockTraces(pls, out.blocks!, withFixed ? out.V : null, out.byFactor);
  else {
    inverseEntriesInto(pls.factor, out.inverse);
    addInverseTraces(pls, out);
    if (withFixed) residualFixedInto(pls, out.V, out.W);
  }
  cp.terms.forEach(({ nc, nl, start }, t) => {
    const D = out.byFactor[t];
    for (let b = 0; b < nc; b++) {
      for (let a = 0; a < nc; a++) {
        let fit = 0;
        for (let l = 0; l < nl; l++) fit += Zte[start + l * nc + a] * u[start + l * nc + b];
        let fixed = 0;
        if (withFixed && !far) {
          for (let k = 0; k < p; k++) {
            const o = k * q + start;
            for (let l = 0; l < nl; l++) fixed += out.W[o + l * nc + a] * out.V[o + l * nc + b];
          }
        }
        D[b * nc + a] = 2 * (D[b * nc + a] + fixed - fit / scale);
      }
    }
  });
  pls.precisions.forEach((precision, t) => {
    if (precision) levelGradientInto(pls, precision, reml, scale, out, out.byLevels[t]);
  });
}

/**
 * The derivative by the parameters of K, with dK = dK/dpar_k:
 *
 *     tr(S^-1 dK) - d log|K| + u'dK u / scale  [+ tr(V'dK V) by REML]
 */
function levelGradientInto(
  pls: PenalizedLeastSquares,
  precision: LevelPrecision,
  reml: boolean,
  scale: number,
  { inverse, V }: FactorGradient,
  out: Float64Array,
): void {
  const { structure, par, nc } = precision;
  const { q, p } = pls.cp;
  for (let k = 0; k < par.length; k++) {
    const derivative = precisionDerivative(precision, k);
    let s = precisionTrace(precision, derivative, pls.placed.pattern.colPtr, inverse);
    s += precisionForm(precision, derivative, pls.u) / scale - nc * structure.logDeterminantDerivative(par, k);
    if (reml) for (let j = 0; j < p; j++) s += precisionForm(precision, derivative, V, j * q);
    out[k] = s;
  }
}

/** Adds the sum over levels of the diagonal blocks of Z'Z Lambda S^-1 to each term's derivative. */
function addInverseTraces(pls: PenalizedLeastSquares, out: FactorGradient): void {
  const { cp, placed, lambdas } = pls;
  const { colPtr } = placed.pattern;
  const { inverse, byFactor, work, pairs } = out;
  cp.terms.forEach(({ nc, nl, start, blocks }, t) => {
    const D = byFactor[t];
    if (nc === 1) {
      let s = 0;
      for (let l = 0; l < nl; l++) s += blocks[l] * inverse[colPtr[start + l]];
      D[0] += s * lambdas[t][0];
      return;
    }
    for (let l = 0; l < nl; l++) {
      multiplyInto(blocks, l * nc * nc, nc, nc, lambdas[t], nc, work);
      const col = start + l * nc;
      for (let b = 0; b < nc; b++) {
        for (let c = 0; c < nc; c++) {
          const v = b <= c ? inverse[colPtr[col + b] + c - b] : inverse[colPtr[col + c] + b - c];
          for (let a = 0; a < nc; a++) D[b * nc + a] += work[c * nc + a] * v;
        }
      }
    }
  });
  placed.pairs.forEach(({ pair, below }, k) => {
    addPairTraces(cp, pair, below, colPtr, inverse, lambdas, pairs[k], byFactor);
  });
}

/** V = S^-1 Lambda'Z'X RX^-1, q by p. */
export function fixedModesInto({ cp, factor, RZX, RXt, work: { qp } }: PenalizedLeastSquares, V: Float64Array): void {
  const { q, p } = cp;
  timesInverseRXInto(RZX, RXt, q, p, qp);
  solveLtInPlace(factor, qp, p);
  unpermuteInto(factor, qp, V, p);
}

/** W = Z'(Z Lambda V - X RX^-1), q by p, for the V of {@link fixedModesInto}. */
export function residualFixedInto(pls: PenalizedLeastSquares, V: Float64Array, W: Float64Array): void {
  const { cp, RXt, lambdas, work } = pls;
  const { q, p } = cp;
  const { qp } = work;
  multiplyLambdaInto(cp, lambdas, false, V, p, work.small, qp);
  multiplyZtZInto(cp, qp, p, W, pls.blocks);
  timesInverseRXInto(cp.ZtX, RXt, q, p, qp);
  for (let i = 0; i < q * p; i++) W[i] -= qp[i];
}

/** out = A RX^-1 for A (q by p, column-major) and RX = RXt' upper triangular. */
export function timesInverseRXInto(A: Float64Array, RXt: Float64Array, q: number, p: number, out: Float64Array): void {
  for (let k = 0; k < p; k++) {
    const o = k * q;
    for (let i = 0; i < q; i++) out[o + i] = A[o + i];
    for (let m = 0; m < k; m++) {
      const r = RXt[m * p + k];
      if (r === 0) continue;
      for (let i = 0; i < q; i++) out[o + i] -= r * out[m * q + i];
    }
    const d = 1 / RXt[k * p + k];
    for (let i = 0; i < q; i++) out[o + i] *= d;
  }
}

/** tr(S^-1 K), K the identity for terms without a precision, from entries of S^-1 on the pattern of S. */
export function traceOfPenalty({ cp, placed, precisions }: PenalizedLeastSquares, inverse: Float64Array): number {
  const { colPtr } = placed.pattern;
  let s = 0;
  cp.terms.forEach(({ nc, nl, start }, t) => {
    const precision = precisions[t];
    if (precision) s += precisionTrace(precision, precision.values, colPtr, inverse);
    else for (let i = start; i < start + nl * nc; i++) s += inverse[colPtr[i]];
  });
  return s;
}

/** sum of squares of V (q by p). */
export function squaredNorm(V: Float64Array): number {
  return dot(V, 0, V, 0, V.length);
}
