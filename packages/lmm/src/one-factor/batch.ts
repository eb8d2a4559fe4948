import type { CrossProducts, LevelReader, TermProducts } from '../cross-products.js';
import { vectorMachine, type VectorMachine } from '../vectors/vector-machine.js';
import { RELATIVE, vectorProgram, type VectorProgram } from '../vectors/vector-program.js';
import type { LevelBlocks } from './level-blocks.js';

/**
 * A few levels at a time, number by number side by side: every operation on small matrices becomes one on vectors with a number for each level,
 * whatever the size of the matrices. Vectors have `lanes` numbers. Behind the last level stand levels of zeros, for which L is I and everything
 * else is zero, so that sums may run over all lanes. Members are places in the memory.
 */
export interface BatchLayout {
  readonly nc: number;
  readonly p: number;
  readonly lanes: number;
  /** From column to column in Bc, R and the columns of sums; a column of Bc or R has nc vectors. */
  readonly ld: number;
  /** Changed factor of all terms together: blocks on the diagonal, nc by nc, column-major. */
  readonly Lambda: number;
  readonly beta: number;
  /** Product of the diagonal of L, and how often 2^332 was taken out of it. */
  readonly determinant: number;
  readonly ones: number;
  readonly zeros: number;
  /** A = Z'Z, entry (r, c) at vector c * nc + r, r >= c. Relative to the stretch of a batch, of which it is the first part; [B c] follows. */
  readonly A: number;
  /** [B c] = Z'[X y], column by column, in each nc vectors. */
  readonly Bc: number;
  /** A Lambda, all entries. */
  readonly AL: number;
  /** Lower Cholesky factor of S = Lambda'A Lambda + I. */
  readonly L: number;
  /** 1 / diagonal of L, nc vectors. */
  readonly inverseDiagonal: number;
  /** L^-1 Lambda'[B c], in the same order. */
  readonly R: number;
  /** Doubles of a batch's stretch. */
  readonly size: number;
  /** First place that is free. */
  readonly end: number;
}

/** Most levels in a batch; with a few columns its vectors fit the first-level cache. */
const LANES = 64;

/** Fewer levels than this are not worth an instance of WebAssembly. */
const FEW_LEVELS = 256;

export function batchLayout(nc: number, p: number, nl: number): BatchLayout {
  const lanes = Math.min(LANES, (nl + 3) & ~3);
  // Not a multiple of 4 kB, which would put the same row of all columns into one set of the cache.
  const ld = nc * lanes + 8;
  let end = 0;
  const take = (length: number) => {
    const at = end;
    end += (length + 3) & ~3;
    return at;
  };
  return {
    nc,
    p,
    lanes,
    ld,
    Lambda: take(nc * nc),
    beta: take(p),
    determinant: take(2),
    ones: take(lanes),
    zeros: take(lanes),
    A: RELATIVE,
    Bc: RELATIVE + nc * nc * lanes,
    size: nc * nc * lanes + (p + 1) * ld,
    AL: take(nc * nc * lanes),
    L: take(nc * nc * lanes),
    inverseDiagonal: take(nc * lanes),
    R: take((p + 1) * ld),
    end,
  };
}

/** The programs' memory, `length` doubles in all, with the layout's constants in it. */
export function batchMachine(
  layout: BatchLayout,
  nl: number,
  length: number,
  programs: readonly Pick<VectorProgram, 'code'>[],
): VectorMachine {
  const machine = vectorMachine(length, programs, nl >= FEW_LEVELS);
  machine.memory.fill(1, layout.ones, layout.ones + layout.lanes);
  return machine;
}

/** What the batches read: cross-products, kept in the order of the batches where that takes little memory. */
export interface BatchSource {
  readonly blocks: LevelBlocks;
  /** Place of the stretch of the first batch. */
  readonly first: number;
  /** From batch to batch: zero where one stretch serves for all. */
  readonly step: number;
  /** Whether the stretches hold A and B of their batches already. */
  filled: boolean;
}

/** Doubles that may be kept twice for speed: 64 MB. */
const MOST_KEPT = 8e6;

/** @param first first free place of the memory */
export function batchSource(
  blocks: LevelBlocks,
  { lanes, size }: BatchLayout,
  first: number,
): BatchSource & { end: number } {
  const batches = Math.ceil(blocks.nl / lanes);
  const step = batches * size > MOST_KEPT ? 0 : size;
  return { blocks, first, step, filled: false, end: first + (step > 0 ? batches * size : size) };
}

/** Calls `visit(first, count, stretch)` for consecutive batches of levels, whose stretches hold what is to be read, with zeros behind the last level. */
export function forEachBatch(
  source: BatchSource,
  layout: BatchLayout,
  memory: Float64Array,
  Zty: Float64Array,
  visit: (first: number, count: number, stretch: number) => void,
): void {
  const { blocks, step, filled } = source;
  const { lanes } = layout;
  for (let first = 0, stretch = source.first; first < blocks.nl; first += lanes, stretch += step) {
    const count = Math.min(lanes, blocks.nl - first);
    if (!filled) readBlocks(blocks, first, count, layout, memory, stretch);
    readResponse(blocks, Zty, first, count, layout, memory, stretch);
    visit(first, count, stretch);
  }
  source.filled = step > 0;
}

/** A and B of levels `first` to `first + count - 1`, and zeros behind them. */
function readBlocks(
  { cp, column }: LevelBlocks,
  first: number,
  count: number,
  { nc, p, lanes, ld, A: placeA, Bc: placeB }: BatchLayout,
  m: Float64Array,
  stretch: number,
): void {
  const A = stretch + placeA - RELATIVE;
  const Bc = stretch + placeB - RELATIVE;
  const { terms, pairs } = cp;
  if (count < lanes) m.fill(0, A, Bc + p * ld);
  for (let k = 0; k < terms.length; k++) {
    const t = terms[k];
    const at = column[k];
    const reader = cp.byLevel?.[k] ?? arrayReader(cp, t);
    for (let c = 0; c < t.nc; c++) {
      for (let r = c; r < t.nc; r++) reader.blockInto(r, c, first, count, m, A + ((at + c) * nc + at + r) * lanes, 1);
    }
    for (let r = 0; r < t.nc; r++) {
      const to = Bc + (at + r) * lanes;
      for (let j = 0; j < p; j++) reader.fixedInto(r, j, first, count, m, to + j * ld, 1);
    }
  }
  for (const { i: ti, j: tj, colPtr, blocks } of pairs) {
    const ni = terms[ti].nc;
    const nj = terms[tj].nc;
    for (let c = 0; c < nj; c++) {
      for (let r = 0; r < ni; r++) {
        const to = A + ((column[tj] + c) * nc + column[ti] + r) * lanes;
        for (let i = 0; i < count; i++) {
          const k = colPtr[first + i];
          m[to + i] = k < colPtr[first + i + 1] ? blocks[(k * nj + c) * ni + r] : 0;
        }
      }
    }
  }
}

/** The term's products where they stand in arrays. */
function arrayReader(
  { ZtX, q }: CrossProducts,
  { blocks, nc, start }: TermProducts,
): Pick<LevelReader, 'blockInto' | 'fixedInto'> {
  return {
    blockInto: (a, b, first, count, out, at) => readInto(blocks, (first * nc + b) * nc + a, nc * nc, out, at, count),
    fixedInto: (a, j, first, count, out, at) => readInto(ZtX, j * q + start + first * nc + a, nc, out, at, count),
  };
}

/** c of the same levels. */
function readResponse(
  { cp, column }: LevelBlocks,
  Zty: Float64Array,
  first: number,
  count: number,
  { p, lanes, ld, Bc: place }: BatchLayout,
  m: Float64Array,
  stretch: number,
): void {
  const Bc = stretch + place - RELATIVE;
  if (count < lanes) m.fill(0, Bc + p * ld, Bc + (p + 1) * ld);
  for (let k = 0; k < cp.terms.length; k++) {
    const { nc, start } = cp.terms[k];
    const to = Bc + p * ld + column[k] * lanes;
    for (let r = 0; r < nc; r++) readInto(Zty, start + first * nc + r, nc, m, to + r * lanes, count);
  }
}

function readInto(from: Float64Array, at: number, step: number, to: Float64Array, place: number, count: number): void {
  for (let i = 0; i < count; i++) to[place + i] = from[at + i * step];
}

/** A Lambda, L, and R = L^-1 Lambda'[B c] from what was gathered; Lambda may be any square matrix. */
export function eliminate(layout: BatchLayout): VectorProgram {
  const { nc, p, lanes, ld, Lambda, A, AL, L, inverseDiagonal, Bc, R, ones, determinant } = layout;
  const program = vectorProgram();
  for (let c = 0; c < nc; c++) {
    for (let r = 0; r < nc; r++) {
      const columns = Array.from({ length: nc }, (_, k) => A + (r >= k ? k * nc + r : r * nc + k) * lanes);
      combination(program, AL + (c * nc + r) * lanes, Lambda + c * nc, columns, lanes);
    }
  }
  for (let c = 0; c < nc; c++) {
    const columns = Array.from({ length: nc }, (_, k) => AL + (c * nc + k) * lanes);
    for (let r = c; r < nc; r++) {
      const to = L + (c * nc + r) * lanes;
      if (r > c) combination(program, to, Lambda + r * nc, columns, lanes);
      else {
        program.copy(to, ones, lanes);
        columns.forEach((from, k) => program.addMultiple(to, Lambda + r * nc + k, from, lanes));
      }
    }
  }
  for (let c = 0; c < nc; c++) {
    for (let k = 0; k < c; k++) {
      for (let r = c; r < nc; r++) {
        program.subtractProduct(L + (c * nc + r) * lanes, L + (k * nc + r) * lanes, L + (k * nc + c) * lanes, lanes);
      }
    }
    const diagonal = L + (c * nc + c) * lanes;
    const inverse = inverseDiagonal + c * lanes;
    program.root(diagonal, inverse, diagonal, lanes);
    program.addFactors(determinant, diagonal, lanes);
    for (let r = c + 1; r < nc; r++) {
      const below = L + (c * nc + r) * lanes;
      program.product(below, below, inverse, lanes);
    }
  }
  for (let k = 0; k <= p; k++) {
    for (let c = 0; c < nc; c++) {
      const to = R + k * ld + c * lanes;
      const rows = Array.from({ length: nc }, (_, a) => Bc + k * ld + a * lanes);
      combination(program, to, Lambda + c * nc, rows, lanes);
    }
    solveL(program, layout, R + k * ld, lanes);
  }
  return program;
}

/** z = sum of f_k x_k for scalars that stand side by side from f on. */
function combination(program: VectorProgram, z: number, f: number, x: readonly number[], lanes: number): void {
  if (x.length === 1) program.scale(z, f, x[0], lanes);
  else program.combine(z, f, x[0], x[1], lanes);
  for (let k = 2; k < x.length; k++) program.addMultiple(z, f + k, x[k], lanes);
}

/** x := L^-1 x for nc vectors that stand `step` apart from `at` on. */
export function solveL(
  program: VectorProgram,
  { nc, lanes, L, inverseDiagonal }: BatchLayout,
  at: number,
  step: number,
): void {
  for (let c = 0; c < nc; c++) {
    const x = at + c * step;
    for (let k = 0; k < c; k++) program.subtractProduct(x, L + (k * nc + c) * lanes, at + k * step, lanes);
    program.product(x, x, inverseDiagonal + c * lanes, lanes);
  }
}

/** x := L^-T x for nc vectors that stand `step` apart from `at` on. */
export function solveLt(
  program: VectorProgram,
  { nc, lanes, L, inverseDiagonal }: BatchLayout,
  at: number,
  step: number,
): void {
  for (let c = nc - 1; c >= 0; c--) {
    const x = at + c * step;
    for (let k = c + 1; k < nc; k++) program.subtractProduct(x, L + (c * nc + k) * lanes, at + k * step, lanes);
    program.product(x, x, inverseDiagonal + c * lanes, lanes);
  }
}
