import type { PenalizedLeastSquares } from '../penalized-least-squares.js';
import { multiplyLambdaInto } from '../scale-by-lambda.js';
import { addMultiple, eliminate, forEachBatch, LANES, solveLt, subtractProduct } from './batch.js';
import { ROW_BLOCK } from '../row-blocks.js';
import type { LevelSystem } from './level-system.js';

/** u = L^-T (cu - RZX beta), b = Lambda u and Z'e of every level, at the solution that stands in `pls`. */
export function levelModesInto(
  system: LevelSystem,
  { cp, lambdas, beta, work }: PenalizedLeastSquares,
  u: Float64Array,
  b: Float64Array,
  Zte: Float64Array,
): void {
  const { blocks, batch, Lambda } = system;
  const { nc, p, Bc, R, AL } = batch;
  const { terms } = cp;
  const { column } = blocks;
  forEachBatch(blocks, batch, work.Zty, (first) => {
    const { count } = batch;
    const rows = nc * count;
    eliminate(batch, Lambda);
    const t = p * ROW_BLOCK;
    for (let k = 0; k < p; k++) addMultiple(-beta[k], R, k * ROW_BLOCK, R, t, rows);
    for (let k = 0; k < p; k++) addMultiple(-beta[k], Bc, k * ROW_BLOCK, Bc, t, rows);
    solveLt(batch, R, t, count);
    for (let a = 0; a < nc; a++) {
      for (let c = 0; c < nc; c++)
        subtractProduct(AL, (c * nc + a) * LANES, R, t + c * count, Bc, t + a * count, count);
    }
    terms.forEach((term, k) => {
      for (let c = 0; c < term.nc; c++) {
        const from = t + (column[k] + c) * count;
        const to = term.start + first * term.nc + c;
        for (let i = 0; i < count; i++) u[to + i * term.nc] = R[from + i];
        for (let i = 0; i < count; i++) Zte[to + i * term.nc] = Bc[from + i];
      }
    });
  });
  multiplyLambdaInto(cp, lambdas, false, u, 1, work.small, b);
}
