import { permuteInto, solveLInPlace, solveLtInPlace, unpermuteInto } from '@blup/sparse';
import { dot, solveLowerInPlace, solveLowerTransposedInPlace } from '../dense.js';
import type { PenalizedLeastSquares } from '../penalized-least-squares.js';
import type { TrialSolution } from './probed-moments.js';

/** The solution that stands in `pls`, by its factor. */
export function exactTrial(pls: PenalizedLeastSquares): TrialSolution {
  const { cp, factor, RZX, RXt } = pls;
  const { q, p } = cp;
  const g = new Float64Array(p);
  let w = new Float64Array(q);
  return {
    u: pls.u,
    wrss: pls.wrss,
    solveInPlace(x, nrhs = 1) {
      if (w.length < q * nrhs) w = new Float64Array(q * nrhs);
      permuteInto(factor, x, w, nrhs);
      solveLInPlace(factor, w, nrhs);
      for (let h = 0; h < nrhs; h++) {
        for (let k = 0; k < p; k++) g[k] = -dot(RZX, k * q, w, h * q, q);
        solveLowerInPlace(RXt, p, g);
        solveLowerTransposedInPlace(RXt, p, g);
        for (let k = 0; k < p; k++) {
          const v = g[k];
          for (let i = 0; i < q; i++) w[h * q + i] -= RZX[k * q + i] * v;
        }
      }
      solveLtInPlace(factor, w, nrhs);
      unpermuteInto(factor, w, x, nrhs);
    },
  };
}
