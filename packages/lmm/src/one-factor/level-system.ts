import { choleskyInPlace, solveLowerInPlace, solveLowerTransposedInPlace } from '../dense.js';
import type { PenalizedLeastSquares, PlsFailure } from '../penalized-least-squares.js';
import type { VectorMachine } from '../vectors/vector-machine.js';
import { FACTOR_TAKEN_OUT, vectorProgram, type VectorProgram } from '../vectors/vector-program.js';
import {
  batchLayout,
  batchMachine,
  batchSource,
  eliminate,
  forEachBatch,
  type BatchLayout,
  type BatchSource,
} from './batch.js';
import type { LevelBlocks } from './level-blocks.js';
import { levelInverse, type LevelInverse } from './level-inverse.js';
import { levelModes } from './level-modes.js';
import { levelGram, type LevelProducts } from './level-products.js';
import { levelSums, type LevelSums } from './level-sums.js';

/** Penalised least squares level by level, for one grouping factor: S is block-diagonal and is never formed. */
export interface LevelSystem {
  readonly blocks: LevelBlocks;
  readonly source: BatchSource;
  readonly layout: BatchLayout;
  readonly machine: VectorMachine;
  readonly programs: typeof PROGRAMS;
  /** [RZX cu]'[RZX cu], p + 1 by p + 1. */
  readonly gram: LevelProducts;
  /** Sums over levels that derivatives are made of; at the last solution after `levelSumsInto`. */
  readonly sums: LevelSums;
  /** Diagonal blocks of S^-1, for moments. */
  readonly inverse: LevelInverse;
  /** Whether the vectors of length q were made for the last solution. */
  modesAreCurrent: boolean;
}

/** What the machine can run on the batch that was read. */
const PROGRAMS = { solve: 0, sums: 1, modes: 2, inverse: 3 } as const;

export function levelSystem(blocks: LevelBlocks): LevelSystem {
  const { nc, nl } = blocks;
  const { p } = blocks.cp;
  const layout = batchLayout(nc, p, nl);
  const gram = levelGram({ at: layout.R, ld: layout.ld, width: p + 1, length: nc * layout.lanes }, layout.end);
  const sums = levelSums(layout, gram.end);
  const eliminated = eliminate(layout);
  const after = ({ code }: VectorProgram) => ({ code: [...eliminated.code, ...code] });
  const products = vectorProgram();
  gram.program(products);
  const inverse = levelInverse(layout, sums.end);
  const source = batchSource(blocks, layout, inverse.end);
  const programs = [after(products), after(sums.program), after(levelModes(layout)), after(inverse.program)];
  return {
    blocks,
    source,
    layout,
    machine: batchMachine(layout, nl, source.end, programs),
    programs: PROGRAMS,
    gram,
    sums,
    inverse,
    modesAreCurrent: false,
  };
}

/** Solves at the factors in `pls.lambdas`: sets beta, RXt, ldL2, ldRX2 and pwrss. O(nl (nc^3 + nc^2 p + nc p^2)) and no memory. */
export function solveLevels(system: LevelSystem, pls: PenalizedLeastSquares): PlsFailure {
  const { layout, machine, gram, programs } = system;
  const { memory } = machine;
  const { cp, RXt, beta, work } = pls;
  const { p } = cp;
  const { determinant, Lambda, nc } = layout;
  system.modesAreCurrent = false;
  mergeFactorsInto(system, pls.lambdas);
  for (let k = 0; k < nc * nc; k++) if (!Number.isFinite(memory[Lambda + k])) return 'not-finite';
  gram.reset(memory);
  memory[determinant] = 1;
  memory[determinant + 1] = 0;
  forEachBatch(system.source, layout, memory, work.Zty, (_first, _count, stretch) => {
    machine.run(programs.solve, stretch);
    gram.add(memory);
  });
  pls.ldL2 = 2 * (Math.log(memory[determinant]) + memory[determinant + 1] * Math.log(FACTOR_TAKEN_OUT));
  if (!Number.isFinite(pls.ldL2)) return 'L';

  const products = (i: number, j: number) => gram.at(memory, i, j);
  for (let k = 0; k < p; k++) for (let m = k; m < p; m++) RXt[k * p + m] = cp.XtX[k * p + m] - products(m, k);
  if (choleskyInPlace(RXt, p) >= 0) return 'RX';
  pls.ldRX2 = 0;
  for (let k = 0; k < p; k++) pls.ldRX2 += 2 * Math.log(RXt[k * p + k]);

  let explained = products(p, p);
  for (let k = 0; k < p; k++) beta[k] = work.Xty[k] - products(p, k);
  solveLowerInPlace(RXt, p, beta);
  for (let k = 0; k < p; k++) explained += beta[k] ** 2;
  solveLowerTransposedInPlace(RXt, p, beta);
  // Cancellation can leave a residual sum of squares at or below zero; the rounding level stands in for it.
  pls.pwrss = Math.max(cp.yty - explained, 1e-17 * cp.yty);
  return 'none';
}

function mergeFactorsInto({ blocks, layout, machine }: LevelSystem, lambdas: readonly Float64Array[]): void {
  const { nc, Lambda } = layout;
  const { column, cp } = blocks;
  cp.terms.forEach((t, k) => {
    for (let c = 0; c < t.nc; c++) {
      for (let r = 0; r < t.nc; r++)
        machine.memory[Lambda + (column[k] + c) * nc + column[k] + r] = lambdas[k][c * t.nc + r];
    }
  });
}
