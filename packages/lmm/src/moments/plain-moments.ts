import { inverseEntriesInto } from '@blup/sparse';
import { momentEquations, pairAt, type MomentEquations } from './moment-equations.js';
import { traceOfPenalty } from '../objective-gradient.js';
import type { PenalizedLeastSquares } from '../penalized-least-squares.js';

/**
 * Rough moment equations at the solution that stands in `pls`, for terms whose levels depend on one another: effects are taken as hardly
 * shrunken, with errors of variance sigma^2 S^-1. Cost: one selected inverse.
 */
export function plainMoments(pls: PenalizedLeastSquares): MomentEquations {
  const { cp, placed, u } = pls;
  const { colPtr } = placed.pattern;
  const equations = momentEquations(cp);
  const { unknowns, offset, moments, coefficients } = equations;
  const size = 1 + unknowns;
  const inverse = new Float64Array(pls.values.length);
  inverseEntriesInto(pls.factor, inverse);
  moments[0] = pls.wrss;
  coefficients[0] = cp.n - cp.p - (cp.q - traceOfPenalty(pls, inverse));
  cp.terms.forEach(({ nc, nl, start }, t) => {
    for (let b = 0; b < nc; b++) {
      for (let a = 0; a <= b; a++) {
        const k = 1 + offset[t] + pairAt(a, b);
        for (let l = 0; l < nl; l++) {
          const at = start + l * nc;
          moments[k] += u[at + a] * u[at + b];
          coefficients[k] += inverse[colPtr[at + a] + b - a];
        }
        coefficients[k * size + k] = nl;
      }
    }
  });
  return equations;
}
