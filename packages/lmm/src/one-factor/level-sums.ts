import { pairAt } from '../moments/moment-equations.js';
import type { PenalizedLeastSquares } from '../penalized-least-squares.js';
import { gramSum, type GramSum } from '../products/gram-sum.js';
import { ROW_BLOCK } from '../row-blocks.js';
import { addMultiple, eliminate, forEachBatch, LANES, solveL, solveLt, subtractProduct, type Batch } from './batch.js';
import type { LevelSystem } from './level-system.js';

/**
 * Sums over levels that gradient and average information consist of. With X = A Lambda L^-T, so that A Lambda S^-1 = X L^-1:
 *
 *     G = A - X X'  (Z'PZ without the part of X),   r = Z'e = c - B beta - A Lambda u,   W = B - A Lambda S^-1 Lambda'B.
 */
export interface LevelSums {
  /** Pairs (a, b), a <= b, of the nc columns. */
  readonly pairs: number;
  /** Sum of A Lambda S^-1, nc by nc, column-major. */
  readonly inverse: Float64Array;
  /** Gram matrix of the columns W_ka (at k * nc + a) and r_a (at p * nc + a). */
  readonly first: GramSum;
  /** Gram matrix of the columns r_a r_b (at the place of the pair) and G_ab (after them). */
  readonly second: GramSum;
  /** Columns of the two Gram matrices for one batch, each of {@link ROW_BLOCK} places. */
  readonly columns: Float64Array;
  readonly products: Float64Array;
  readonly t: Float64Array;
}

export function levelSums(nc: number, p: number): LevelSums {
  const pairs = (nc * (nc + 1)) / 2;
  const width = (p + 1) * nc;
  return {
    pairs,
    inverse: new Float64Array(nc * nc),
    first: gramSum(width),
    second: gramSum(2 * pairs),
    columns: new Float64Array(width * ROW_BLOCK),
    products: new Float64Array(2 * pairs * ROW_BLOCK),
    t: new Float64Array(nc * LANES),
  };
}

/** Fills the sums at the solution that stands in `pls`. One more pass over the levels. */
export function levelSumsInto(system: LevelSystem, pls: PenalizedLeastSquares): void {
  const { batch, Lambda, sums } = system;
  const { nc, p } = batch;
  const { pairs, inverse, first, second, columns, products } = sums;
  inverse.fill(0);
  first.reset();
  second.reset();
  forEachBatch(system.blocks, batch, pls.work.Zty, () => {
    const { count, A, AL } = batch;
    eliminate(batch, Lambda);
    for (let a = 0; a < nc; a++) solveL(batch, AL, a * LANES, nc * LANES);
    residualColumns(batch, pls.beta, sums);
    for (let b = 0; b < nc; b++) {
      for (let a = 0; a <= b; a++) {
        const rr = pairAt(a, b) * ROW_BLOCK;
        const ra = (p * nc + a) * ROW_BLOCK;
        const rb = (p * nc + b) * ROW_BLOCK;
        for (let i = 0; i < count; i++) products[rr + i] = columns[ra + i] * columns[rb + i];
        const G = (pairs + pairAt(a, b)) * ROW_BLOCK;
        const from = (a * nc + b) * LANES;
        for (let i = 0; i < count; i++) products[G + i] = A[from + i];
        for (let c = 0; c < nc; c++) {
          subtractProduct(AL, (c * nc + a) * LANES, AL, (c * nc + b) * LANES, products, G, count);
        }
      }
    }
    first.add(columns, count);
    second.add(products, count);
    for (let a = 0; a < nc; a++) {
      solveLt(batch, AL, a * LANES, nc * LANES);
      for (let c = 0; c < nc; c++) {
        const at = (c * nc + a) * LANES;
        let s = 0;
        for (let i = 0; i < count; i++) s += AL[at + i];
        inverse[c * nc + a] += s;
      }
    }
  });
}

/** W and r of the batch, with X in the place of A Lambda. */
function residualColumns({ nc, p, count, AL, Bc, R }: Batch, beta: Float64Array, { columns, t }: LevelSums): void {
  const rows = nc * count;
  for (let i = 0; i < rows; i++) t[i] = R[p * ROW_BLOCK + i];
  for (let k = 0; k < p; k++) addMultiple(-beta[k], R, k * ROW_BLOCK, t, 0, rows);
  for (let a = 0; a < nc; a++) {
    for (let k = 0; k <= p; k++) {
      const to = (k * nc + a) * ROW_BLOCK;
      const from = k * ROW_BLOCK + a * count;
      for (let i = 0; i < count; i++) columns[to + i] = Bc[from + i];
    }
    for (let k = 0; k < p; k++) {
      const to = (k * nc + a) * ROW_BLOCK;
      for (let c = 0; c < nc; c++) {
        subtractProduct(AL, (c * nc + a) * LANES, R, k * ROW_BLOCK + c * count, columns, to, count);
      }
    }
    const r = (p * nc + a) * ROW_BLOCK;
    for (let k = 0; k < p; k++) addMultiple(-beta[k], Bc, k * ROW_BLOCK + a * count, columns, r, count);
    for (let c = 0; c < nc; c++) subtractProduct(AL, (c * nc + a) * LANES, t, c * count, columns, r, count);
  }
}
