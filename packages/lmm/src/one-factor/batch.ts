import { ROW_BLOCK } from '../row-blocks.js';
import type { LevelBlocks } from './level-blocks.js';

/**
 * A few levels at a time, number by number side by side: every operation on small matrices becomes a loop over levels, whatever their size.
 * A vector of the batch has one number for each level, `count` in all, and begins at a multiple of {@link LANES}.
 */
export interface Batch {
  readonly nc: number;
  readonly p: number;
  /** Most levels in a batch. */
  readonly size: number;
  /** Levels in it now. */
  count: number;
  /** A = Z'Z, entry (r, c) at vector c * nc + r, r >= c. */
  readonly A: Float64Array;
  /** A Lambda, all entries. */
  readonly AL: Float64Array;
  /** Lower Cholesky factor of S = Lambda'A Lambda + I. */
  readonly L: Float64Array;
  /** 1 / diagonal of L, nc vectors. */
  readonly inverseDiagonal: Float64Array;
  /** [B c] as read, column k and row a at place k * ROW_BLOCK + a * count. */
  readonly Bc: Float64Array;
  /** L^-1 Lambda'[B c], in the same places: a block of nc * count rows of {@link ROW_BLOCK}. */
  readonly R: Float64Array;
}

/** Distance between vectors of a batch. */
export const LANES = 128;

export function newBatch(nc: number, p: number): Batch {
  const square = () => new Float64Array(nc * nc * LANES);
  return {
    nc,
    p,
    size: Math.min(LANES, Math.floor(ROW_BLOCK / nc)),
    count: 0,
    A: square(),
    AL: square(),
    L: square(),
    inverseDiagonal: new Float64Array(nc * LANES),
    Bc: new Float64Array((p + 1) * ROW_BLOCK),
    R: new Float64Array((p + 1) * ROW_BLOCK),
  };
}

/** Reads levels `first` to `first + batch.count - 1`. */
function gather({ cp, column }: LevelBlocks, Zty: Float64Array, first: number, batch: Batch): void {
  const { nc, p, count, A, Bc } = batch;
  const { q, terms, pairs, ZtX } = cp;
  terms.forEach((t, k) => {
    const at = column[k];
    for (let c = 0; c < t.nc; c++) {
      for (let r = c; r < t.nc; r++) {
        const to = ((at + c) * nc + at + r) * LANES;
        const step = t.nc * t.nc;
        const from = first * step + c * t.nc + r;
        for (let i = 0; i < count; i++) A[to + i] = t.blocks[from + i * step];
      }
    }
    for (let r = 0; r < t.nc; r++) {
      const from = t.start + first * t.nc + r;
      const to = (at + r) * count;
      for (let j = 0; j < p; j++) {
        const o = j * ROW_BLOCK + to;
        const s = j * q + from;
        for (let i = 0; i < count; i++) Bc[o + i] = ZtX[s + i * t.nc];
      }
      const o = p * ROW_BLOCK + to;
      for (let i = 0; i < count; i++) Bc[o + i] = Zty[from + i * t.nc];
    }
  });
  for (const { i: ti, j: tj, colPtr, blocks } of pairs) {
    const ni = terms[ti].nc;
    const nj = terms[tj].nc;
    for (let c = 0; c < nj; c++) {
      for (let r = 0; r < ni; r++) {
        const to = ((column[tj] + c) * nc + column[ti] + r) * LANES;
        for (let i = 0; i < count; i++) {
          const k = colPtr[first + i];
          A[to + i] = k < colPtr[first + i + 1] ? blocks[(k * nj + c) * ni + r] : 0;
        }
      }
    }
  }
}

/** Calls `visit(first)` for consecutive batches of levels, which stand in `batch` as they are read. */
export function forEachBatch(
  blocks: LevelBlocks,
  batch: Batch,
  Zty: Float64Array,
  visit: (first: number) => void,
): void {
  for (let first = 0; first < blocks.nl; first += batch.size) {
    batch.count = Math.min(batch.size, blocks.nl - first);
    gather(blocks, Zty, first, batch);
    visit(first);
  }
}

/** A Lambda, L, and R = L^-1 Lambda'[B c] from what was gathered; `Lambda` is nc by nc, column-major, any square matrix. */
export function eliminate(batch: Batch, Lambda: Float64Array): void {
  const { nc, p, count, A, AL, L, inverseDiagonal, Bc, R } = batch;
  for (let c = 0; c < nc; c++) {
    for (let r = 0; r < nc; r++) {
      const to = (c * nc + r) * LANES;
      AL.fill(0, to, to + count);
      for (let k = 0; k < nc; k++) {
        const from = (r >= k ? k * nc + r : r * nc + k) * LANES;
        addMultiple(Lambda[c * nc + k], A, from, AL, to, count);
      }
    }
  }
  for (let c = 0; c < nc; c++) {
    for (let r = c; r < nc; r++) {
      const to = (c * nc + r) * LANES;
      L.fill(r === c ? 1 : 0, to, to + count);
      for (let k = 0; k < nc; k++) addMultiple(Lambda[r * nc + k], AL, (c * nc + k) * LANES, L, to, count);
    }
  }
  for (let c = 0; c < nc; c++) {
    for (let k = 0; k < c; k++) {
      for (let r = c; r < nc; r++) {
        subtractProduct(L, (k * nc + r) * LANES, L, (k * nc + c) * LANES, L, (c * nc + r) * LANES, count);
      }
    }
    const at = (c * nc + c) * LANES;
    const inverse = c * LANES;
    for (let i = 0; i < count; i++) {
      const d = Math.sqrt(L[at + i]);
      L[at + i] = d;
      inverseDiagonal[inverse + i] = 1 / d;
    }
    for (let r = c + 1; r < nc; r++) scale(L, (c * nc + r) * LANES, inverseDiagonal, inverse, count);
  }
  for (let k = 0; k <= p; k++) {
    const o = k * ROW_BLOCK;
    for (let c = 0; c < nc; c++) {
      const to = o + c * count;
      R.fill(0, to, to + count);
      for (let a = 0; a < nc; a++) addMultiple(Lambda[c * nc + a], Bc, o + a * count, R, to, count);
    }
    solveL(batch, R, o, count);
  }
}

/** x := L^-1 x for nc vectors that stand `step` apart from `at` on. */
export function solveL({ nc, count, L, inverseDiagonal }: Batch, x: Float64Array, at: number, step: number): void {
  for (let c = 0; c < nc; c++) {
    for (let k = 0; k < c; k++) subtractProduct(L, (k * nc + c) * LANES, x, at + k * step, x, at + c * step, count);
    scale(x, at + c * step, inverseDiagonal, c * LANES, count);
  }
}

/** x := L^-T x for nc vectors that stand `step` apart from `at` on. */
export function solveLt({ nc, count, L, inverseDiagonal }: Batch, x: Float64Array, at: number, step: number): void {
  for (let c = nc - 1; c >= 0; c--) {
    for (let k = c + 1; k < nc; k++)
      subtractProduct(L, (c * nc + k) * LANES, x, at + k * step, x, at + c * step, count);
    scale(x, at + c * step, inverseDiagonal, c * LANES, count);
  }
}

/** y += f x on vectors of a batch. */
export function addMultiple(f: number, x: Float64Array, xi: number, y: Float64Array, yi: number, count: number): void {
  if (f === 0) return;
  for (let i = 0; i < count; i++) y[yi + i] += f * x[xi + i];
}

/** z -= x y, level by level. */
export function subtractProduct(
  x: Float64Array,
  xi: number,
  y: Float64Array,
  yi: number,
  z: Float64Array,
  zi: number,
  count: number,
): void {
  for (let i = 0; i < count; i++) z[zi + i] -= x[xi + i] * y[yi + i];
}

/** x *= f, level by level. */
function scale(x: Float64Array, xi: number, f: Float64Array, fi: number, count: number): void {
  for (let i = 0; i < count; i++) x[xi + i] *= f[fi + i];
}
