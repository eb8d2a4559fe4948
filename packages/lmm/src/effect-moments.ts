import { inverseEntriesInto } from '@blup/sparse';
import { traceOfPenalty } from './objective-gradient.js';
import type { PenalizedLeastSquares } from './penalized-least-squares.js';

/** What the estimated effects say of their variances, in spherical coordinates. */
export interface EffectMoments {
  /** Sum over levels of u u', nc by nc, by term. */
  readonly spread: readonly Float64Array[];
  /** Sum over levels of the diagonal blocks of S^-1, nc by nc, by term. */
  readonly noise: readonly Float64Array[];
  /** tr(S^-1 K), K the identity for terms without a precision over levels. */
  readonly trace: number;
}

/** From the solution that stands in `pls`. Costs one selected inverse. */
export function effectMoments(pls: PenalizedLeastSquares): EffectMoments {
  const { cp, placed, u } = pls;
  const { colPtr } = placed.pattern;
  const inverse = new Float64Array(pls.values.length);
  inverseEntriesInto(pls.factor, inverse);
  const spread = cp.terms.map((t) => new Float64Array(t.nc * t.nc));
  const noise = cp.terms.map((t) => new Float64Array(t.nc * t.nc));
  cp.terms.forEach(({ nc, nl, start }, t) => {
    for (let l = 0; l < nl; l++) {
      const at = start + l * nc;
      for (let c = 0; c < nc; c++) {
        for (let r = c; r < nc; r++) {
          spread[t][c * nc + r] += u[at + r] * u[at + c];
          noise[t][c * nc + r] += inverse[colPtr[at + c] + r - c];
        }
      }
    }
    for (const A of [spread[t], noise[t]]) {
      for (let c = 0; c < nc; c++) for (let r = 0; r < c; r++) A[c * nc + r] = A[r * nc + c];
    }
  });
  return { spread, noise, trace: traceOfPenalty(pls, inverse) };
}
