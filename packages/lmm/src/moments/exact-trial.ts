import { solveNormalInPlace, type PenalizedLeastSquares } from '../penalized-least-squares.js';
import type { TrialSolution } from './probed-moments.js';

/** The solution that stands in `pls`, by its factor. */
export function exactTrial(pls: PenalizedLeastSquares): TrialSolution {
  const g = new Float64Array(pls.cp.p);
  return {
    u: pls.u,
    wrss: pls.wrss,
    solveInPlace(x) {
      g.fill(0);
      solveNormalInPlace(pls, x, g);
    },
  };
}
