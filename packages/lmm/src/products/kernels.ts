/**
 * Sums of products of columns over a block of rows. Two implementations take the same products in the same order, so that results are the
 * same bits with and without WebAssembly.
 *
 * Columns stand in strips of four: entry (row k, column j) is at `(j >> 2) * stride + 4 k + (j & 3)`. Sums stand in 4 by 4 tiles, by columns.
 */
export interface ProductKernels {
  /**
   * Tiles (I, J) of C += A'B over `rows` rows: all of them, or those with J <= I for a triangle; by I, then J. `a`, `b`, `c` are indices of
   * doubles, `stripsA` and `stripsB` the numbers of strips.
   */
  addProducts(
    a: number,
    stripsA: number,
    b: number,
    stripsB: number,
    stride: number,
    rows: number,
    c: number,
    triangle: number,
  ): void;
}

/** Sums by level of a grouping factor. */
export interface LevelKernels {
  /**
   * Row k of `rows` adds z_a times its `strips` strips of columns (from `v` on, `stride` apart) to the sums of its level, which are the `width`
   * doubles from `sums + levels[k] * width` on: column by column of Z, each 4 strips sums. With `own` the products of Z's columns with each other
   * follow, the upper triangle of nc by nc. `levels` is an index of 32-bit integers, and so is `z`, where the places of Z's columns stand (rows
   * four apart); the others are indices of doubles.
   */
  addLevelRows(
    levels: number,
    z: number,
    nc: number,
    v: number,
    strips: number,
    stride: number,
    rows: number,
    sums: number,
    width: number,
    own: number,
  ): void;
}

/** Runs the instructions between two places (of 32-bit integers) of the memory, relative places from `stretch` on; see `VectorProgram`. */
export interface VectorKernels {
  runProgram(at: number, end: number, stretch: number): void;
}

/** Work on the blocks of Z'Z; see `PairBlocks` and assembly/blocks.ts for places and shapes. */
export interface BlockKernels {
  /** x_i += B x_j. */
  addBlocks(
    starts: number,
    rows: number,
    nl: number,
    blocks: number,
    ni: number,
    nj: number,
    x: number,
    out: number,
    width: number,
  ): void;
  /** x_j += B'x_i. */
  addTransposedBlocks(
    starts: number,
    rows: number,
    nl: number,
    blocks: number,
    ni: number,
    nj: number,
    x: number,
    out: number,
    width: number,
  ): void;
  /** values := A B C. */
  scaleBlocks(
    starts: number,
    nl: number,
    blocks: number,
    ni: number,
    nj: number,
    A: number,
    C: number,
    columns: number,
    below: number,
    values: number,
    scratch: number,
  ): void;
}
