import { PACKED_ROWS, PACKED_STRIDE, packedAt, type ColumnProducts } from './column-products.js';
import { createJavaScriptKernels, createJavaScriptLevelKernels } from './kernels-javascript.js';
import type { LevelKernels, ProductKernels } from './kernels.js';
import { wasmKernels } from './kernels-wasm.js';

/** What is summed by level: which packed columns are those of Z, for how many levels. */
export interface LevelPlan {
  /** Packed columns, length nc. */
  readonly columns: readonly number[];
  readonly nl: number;
  /** Whether products of Z's columns with each other are wanted beside those with the first columns. */
  readonly own: boolean;
}

/** The sums of a plan: for each level `width` doubles from `first` + level * width on in {@link RowProducts.memory}. */
export interface LevelRecords {
  readonly nc: number;
  readonly nl: number;
  readonly width: number;
  readonly first: number;
  /** From column to column of Z within the sums of a level; the upper triangle of own products stands behind them. */
  readonly row: number;
  readonly own: boolean;
}

/**
 * One block of rows at a time, packed in strips of four columns in one memory: the Gram matrix of the first columns, and their products with
 * columns of Z by level. Rows come in any order of levels, and each row touches one stretch of memory for each plan: with a few columns, one line
 * of the cache.
 */
export interface RowProducts {
  /** A block of PACKED_ROWS rows; entry (row, column j) at `packedAt(j) + 4 row`. */
  readonly packed: Float64Array;
  readonly gram: ColumnProducts;
  readonly records: readonly LevelRecords[];
  readonly memory: Float64Array;
  /** Adds the first `rows` rows of the packed block; row 0 has level `levels[k][start]` in plan k. */
  add(levels: readonly Int32Array[], start: number, rows: number): void;
}

/**
 * @param width columns whose Gram matrix is made, the first of the packed ones
 * @param columns packed columns in all
 */
export function rowProducts(width: number, columns: number, plans: readonly LevelPlan[], wasm: boolean): RowProducts {
  const strips = (width + 3) >> 2;
  const all = (columns + 3) >> 2;
  const gramAt = all * PACKED_STRIDE;
  const levelsAt = gramAt + 8 * strips * (strips + 1);
  let end = levelsAt + plans.length * (PACKED_ROWS >> 1);
  const placesAt = plans.map(({ columns: { length } }) => (end += (length + 1) >> 1) - ((length + 1) >> 1));
  const records = plans.map(({ columns: { length: nc }, nl, own }): LevelRecords => {
    const row = 4 * strips;
    const size = nc * row + (own ? nc * nc : 0);
    // Sums of a level that fit one line of the cache (8 doubles) stand in one.
    const first = (end + 7) & ~7;
    end = first + nl * size;
    return { nc, nl, width: size, first, row, own };
  });
  const fast = wasm ? wasmKernels(end) : null;
  const memory = fast ? fast.memory : new Float64Array(end);
  const kernels: ProductKernels & LevelKernels = fast
    ? fast.kernels
    : { ...createJavaScriptKernels(memory), ...createJavaScriptLevelKernels(memory) };
  const integers = new Int32Array(
    memory.buffer,
    memory.byteOffset,
    2 * records.reduce((m, r) => Math.min(m, r.first), end),
  );
  plans.forEach((plan, k) => plan.columns.forEach((j, a) => (integers[2 * placesAt[k] + a] = packedAt(j))));
  const packed = memory.subarray(0, gramAt);
  const addGram = (rows: number) => kernels.addProducts(0, strips, 0, strips, PACKED_STRIDE, rows, gramAt, 1);
  return {
    packed,
    gram: {
      widthA: width,
      widthB: width,
      gram: true,
      A: packed,
      B: packed,
      sums: memory.subarray(gramAt, levelsAt),
      add: addGram,
    },
    records,
    memory,
    add(levels, start, rows) {
      addGram(rows);
      records.forEach(({ nc, width: size, first, own }, k) => {
        const at = 2 * levelsAt + k * PACKED_ROWS;
        const from = levels[k];
        for (let i = 0; i < rows; i++) integers[at + i] = from[start + i];
        const z = 2 * placesAt[k];
        kernels.addLevelRows(at, z, nc, 0, strips, PACKED_STRIDE, rows, first, size, own ? 1 : 0);
      });
    },
  };
}
