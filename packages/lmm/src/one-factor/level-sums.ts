import { pairAt } from '../moments/moment-equations.js';
import type { PenalizedLeastSquares } from '../penalized-least-squares.js';
import { vectorProgram, type VectorProgram } from '../vectors/vector-program.js';
import { forEachBatch, solveL, solveLt, type BatchLayout } from './batch.js';
import { levelCross, levelGram, type LevelProducts } from './level-products.js';
import type { LevelSystem } from './level-system.js';

/**
 * Sums over levels that gradient and average information consist of. With X = A Lambda L^-T, so that A Lambda S^-1 = X L^-1:
 *
 *     G = A - X X'  (Z'PZ without the part of X),   r = Z'e = c - B beta - A Lambda u,   W = B - A Lambda S^-1 Lambda'B.
 */
export interface LevelSums {
  /** Place of the sum of A Lambda S^-1, nc by nc, column-major. */
  readonly inverse: number;
  /** Gram matrix of the columns W_ka (at k * nc + a) and r_a (at p * nc + a). */
  readonly first: LevelProducts;
  /** Products of r_a r_b and G_cd, by the places of the pairs. */
  readonly second: LevelProducts;
  /** What follows an elimination. */
  readonly program: VectorProgram;
  readonly end: number;
}

/** @param start first free place of the memory */
export function levelSums(layout: BatchLayout, start: number): LevelSums {
  const { nc, p, lanes } = layout;
  const pairs = (nc * (nc + 1)) / 2;
  const inverse = start;
  const t = start + ((nc * nc + 3) & ~3);
  const stride = lanes + 8;
  const column = (at: number, width: number) => ({ at, ld: stride, width, length: lanes });
  const columns = column(t + nc * lanes, (p + 1) * nc);
  const rr = column(columns.at + columns.width * stride, pairs);
  const G = column(rr.at + pairs * stride, pairs);
  const first = levelGram(columns, G.at + pairs * stride);
  const second = levelCross(rr, G, first.end);

  const program = vectorProgram();
  const { A, AL } = layout;
  for (let a = 0; a < nc; a++) solveL(program, layout, AL + a * lanes, nc * lanes);
  residualColumns(program, layout, t, columns.at, stride);
  for (let b = 0; b < nc; b++) {
    for (let a = 0; a <= b; a++) {
      const r = columns.at + p * nc * stride;
      program.product(rr.at + pairAt(a, b) * stride, r + a * stride, r + b * stride, lanes);
      const to = G.at + pairAt(a, b) * stride;
      program.copy(to, A + (a * nc + b) * lanes, lanes);
      for (let c = 0; c < nc; c++)
        program.subtractProduct(to, AL + (c * nc + a) * lanes, AL + (c * nc + b) * lanes, lanes);
    }
  }
  first.program(program);
  second.program(program);
  for (let a = 0; a < nc; a++) {
    solveLt(program, layout, AL + a * lanes, nc * lanes);
    for (let c = 0; c < nc; c++) program.addDot(inverse + c * nc + a, AL + (c * nc + a) * lanes, layout.ones, lanes);
  }
  return { inverse, first, second, program, end: second.end };
}

/** Fills the sums at the solution that stands in `pls`. One more pass over the levels. */
export function levelSumsInto(system: LevelSystem, pls: PenalizedLeastSquares): void {
  const { layout, machine, sums, programs } = system;
  const { memory } = machine;
  const { first, second, inverse } = sums;
  memory.fill(0, inverse, inverse + layout.nc ** 2);
  memory.set(pls.beta, layout.beta);
  first.reset(memory);
  second.reset(memory);
  forEachBatch(system.source, layout, memory, pls.work.Zty, (_first, _count, stretch) => {
    machine.run(programs.sums, stretch);
    first.add(memory);
    second.add(memory);
  });
}

/** W and r of the batch, with X in the place of A Lambda. */
function residualColumns(
  program: VectorProgram,
  { nc, p, lanes, ld, AL, Bc, R, beta }: BatchLayout,
  t: number,
  columns: number,
  stride: number,
): void {
  program.copy(t, R + p * ld, nc * lanes);
  for (let k = 0; k < p; k++) program.subtractMultiple(t, beta + k, R + k * ld, nc * lanes);
  for (let a = 0; a < nc; a++) {
    for (let k = 0; k <= p; k++) {
      const to = columns + (k * nc + a) * stride;
      program.copy(to, Bc + k * ld + a * lanes, lanes);
      const from = k < p ? R + k * ld : t;
      if (k === p) for (let j = 0; j < p; j++) program.subtractMultiple(to, beta + j, Bc + j * ld + a * lanes, lanes);
      for (let c = 0; c < nc; c++) program.subtractProduct(to, AL + (c * nc + a) * lanes, from + c * lanes, lanes);
    }
  }
}
