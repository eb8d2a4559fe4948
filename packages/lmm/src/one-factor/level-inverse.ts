import { pairAt } from '../moments/moment-equations.js';
import type { VectorProgram } from '../vectors/vector-program.js';
import { solveL, solveLt, type BatchLayout } from './batch.js';
import { levelModes } from './level-modes.js';
import { levelGram, type LevelProducts } from './level-products.js';

/** Sums over levels of S^-1 and of products of two of its entries. */
export interface LevelInverse {
  /**
   * Gram matrix of the columns (I - S^-1)_ab, at the place of the pair, and of a column of ones behind them. I - S^-1 rather than S^-1, since it
   * is zero where a batch has no level.
   */
  readonly gram: LevelProducts;
  /** Gram matrix of u, nc by nc: at a solution, once beta is in the memory. */
  readonly effects: LevelProducts;
  /** What follows an elimination. */
  readonly program: VectorProgram;
  readonly end: number;
}

/** @param start first free place of the memory */
export function levelInverse(layout: BatchLayout, start: number): LevelInverse {
  const { nc, p, lanes, ld, R, ones, zeros } = layout;
  const pairs = (nc * (nc + 1)) / 2;
  const stride = lanes + 8;
  const unit = start;
  const columns = { at: unit + nc * lanes, ld: stride, width: pairs + 1, length: lanes };
  const gram = levelGram(columns, columns.at + columns.width * stride);
  const effects = levelGram({ at: R + p * ld, ld: lanes, width: nc, length: lanes }, gram.end);
  const program = levelModes(layout);
  effects.program(program);
  for (let b = 0; b < nc; b++) {
    for (let a = 0; a < nc; a++) {
      program.copy(unit + a * lanes, a === b ? ones : zeros, lanes);
    }
    solveL(program, layout, unit, lanes);
    solveLt(program, layout, unit, lanes);
    for (let a = 0; a <= b; a++) {
      const to = columns.at + pairAt(a, b) * stride;
      program.copy(to, a === b ? ones : zeros, lanes);
      program.subtractProduct(to, ones, unit + a * lanes, lanes);
    }
  }
  program.copy(columns.at + pairs * stride, ones, lanes);
  gram.program(program);
  return { gram, effects, program, end: effects.end };
}
