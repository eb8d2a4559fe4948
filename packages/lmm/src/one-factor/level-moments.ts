import type { EffectMoments } from '../effect-moments.js';
import type { PenalizedLeastSquares } from '../penalized-least-squares.js';
import { levelSumsInto } from './level-sums.js';
import type { LevelSystem } from './level-system.js';

/** The moments of the effects at the solution that stands in `pls`: u = Lambda'r and S^-1 = I - Lambda'A Lambda S^-1, level by level. */
export function levelMoments(system: LevelSystem, pls: PenalizedLeastSquares): EffectMoments {
  levelSumsInto(system, pls);
  const { blocks, Lambda, sums } = system;
  const { nc, nl, column, cp } = blocks;
  const { first, inverse } = sums;
  const residual = (a: number, b: number) => first.at(cp.p * nc + a, cp.p * nc + b);
  const spread: Float64Array[] = [];
  const noise: Float64Array[] = [];
  let trace = 0;
  cp.terms.forEach(({ nc: own }, t) => {
    const squares = new Float64Array(own * own);
    const inverses = new Float64Array(own * own);
    for (let c = 0; c < own; c++) {
      for (let r = 0; r < own; r++) {
        const [i, j] = [column[t] + r, column[t] + c];
        let s = 0;
        let fit = 0;
        for (let a = 0; a < nc; a++) {
          fit += Lambda[i * nc + a] * inverse[j * nc + a];
          for (let b = 0; b < nc; b++) s += Lambda[i * nc + a] * residual(a, b) * Lambda[j * nc + b];
        }
        squares[c * own + r] = s;
        inverses[c * own + r] = (r === c ? nl : 0) - fit;
      }
      trace += inverses[c * own + c];
    }
    spread.push(squares);
    noise.push(inverses);
  });
  return { spread, noise, trace };
}
