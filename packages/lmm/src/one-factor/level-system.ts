import { choleskyInPlace, solveLowerInPlace, solveLowerTransposedInPlace } from '../dense.js';
import type { PenalizedLeastSquares, PlsFailure } from '../penalized-least-squares.js';
import { gramSum, type GramSum } from '../products/gram-sum.js';
import { eliminate, forEachBatch, LANES, newBatch, type Batch } from './batch.js';
import type { LevelBlocks } from './level-blocks.js';
import { levelSums, type LevelSums } from './level-sums.js';

/** Penalised least squares level by level, for one grouping factor: S is block-diagonal and is never formed. */
export interface LevelSystem {
  readonly blocks: LevelBlocks;
  readonly batch: Batch;
  /** Changed factor of all terms together: blocks on the diagonal, nc by nc, column-major. */
  readonly Lambda: Float64Array;
  /** [RZX cu]'[RZX cu], p + 1 by p + 1. */
  readonly gram: GramSum;
  /** Sums over levels that derivatives are made of; at the last solution after `levelSumsInto`. */
  readonly sums: LevelSums;
  /** Whether the vectors of length q were made for the last solution. */
  modesAreCurrent: boolean;
}

export function levelSystem(blocks: LevelBlocks): LevelSystem {
  const { nc } = blocks;
  const { p } = blocks.cp;
  return {
    blocks,
    batch: newBatch(nc, p),
    Lambda: new Float64Array(nc * nc),
    gram: gramSum(p + 1),
    sums: levelSums(nc, p),
    modesAreCurrent: false,
  };
}

/** Solves at the factors in `pls.lambdas`: sets beta, RXt, ldL2, ldRX2 and pwrss. O(nl (nc^3 + nc^2 p + nc p^2)) and no memory. */
export function solveLevels(system: LevelSystem, pls: PenalizedLeastSquares): PlsFailure {
  const { batch, Lambda, gram } = system;
  const { cp, RXt, beta, work } = pls;
  const { p } = cp;
  system.modesAreCurrent = false;
  mergeFactorsInto(system, pls.lambdas);
  for (let k = 0; k < Lambda.length; k++) if (!Number.isFinite(Lambda[k])) return 'not-finite';
  gram.reset();
  pls.ldL2 = 0;
  forEachBatch(system.blocks, batch, work.Zty, () => {
    eliminate(batch, Lambda);
    pls.ldL2 += 2 * logDiagonal(batch);
    gram.add(batch.R, batch.nc * batch.count);
  });
  if (!Number.isFinite(pls.ldL2)) return 'L';

  for (let k = 0; k < p; k++) for (let m = k; m < p; m++) RXt[k * p + m] = cp.XtX[k * p + m] - gram.at(m, k);
  if (choleskyInPlace(RXt, p) >= 0) return 'RX';
  pls.ldRX2 = 0;
  for (let k = 0; k < p; k++) pls.ldRX2 += 2 * Math.log(RXt[k * p + k]);

  let explained = gram.at(p, p);
  for (let k = 0; k < p; k++) beta[k] = work.Xty[k] - gram.at(p, k);
  solveLowerInPlace(RXt, p, beta);
  for (let k = 0; k < p; k++) explained += beta[k] ** 2;
  solveLowerTransposedInPlace(RXt, p, beta);
  // Cancellation can leave a residual sum of squares at or below zero; the rounding level stands in for it.
  pls.pwrss = Math.max(cp.yty - explained, 1e-17 * cp.yty);
  return 'none';
}

function mergeFactorsInto({ blocks, Lambda }: LevelSystem, lambdas: readonly Float64Array[]): void {
  const { nc, column, cp } = blocks;
  cp.terms.forEach((t, k) => {
    for (let c = 0; c < t.nc; c++) {
      for (let r = 0; r < t.nc; r++) Lambda[(column[k] + c) * nc + column[k] + r] = lambdas[k][c * t.nc + r];
    }
  });
}

/** A product of factors is brought back to its logarithm before it can overflow. */
const LARGE = 1e100;

/** Sum of log L_jj over the batch; the diagonal is at least 1. */
function logDiagonal({ nc, count, L }: Batch): number {
  let sum = 0;
  let product = 1;
  for (let c = 0; c < nc; c++) {
    const at = (c * nc + c) * LANES;
    for (let i = 0; i < count; i++) {
      product *= L[at + i];
      if (product > LARGE) {
        sum += Math.log(product);
        product = 1;
      }
    }
  }
  return sum + Math.log(product);
}
