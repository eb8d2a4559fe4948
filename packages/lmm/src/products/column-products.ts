import { createJavaScriptKernels } from './kernels-javascript.js';
import { wasmKernels } from './kernels-wasm.js';
import type { ProductKernels } from './kernels.js';

/** Rows of a packed block: a strip of four columns fills 8 kB, a quarter of a first-level cache. */
export const PACKED_ROWS = 256;

/** Doubles from strip to strip: not a multiple of 4 kB, which would put one row of all strips into one set of the cache. */
export const PACKED_STRIDE = 4 * PACKED_ROWS + 8;

/**
 * Sums A'B (or A'A, its lower triangle) over rows that arrive in blocks, two flops for each sum and row at about 20 GFlop/s with WebAssembly.
 * The same bits with and without it. To use it on matrices that lie in memory:
 *
 *     const products = gramProducts(width);                    // once, with its workspace
 *     products.sums.fill(0);
 *     addColumnProducts(products, A, n, null, 0, n);
 *     for (...) = productAt(products, i, j)                    // i >= j for a Gram matrix
 */
export interface ColumnProducts {
  readonly widthA: number;
  readonly widthB: number;
  /** Whether B is A, and only sums (i, j) with i >= j (by tiles of four) are made. */
  readonly gram: boolean;
  /**
   * A block of PACKED_ROWS rows of A in strips of four columns: entry (row, column j) at `packedAt(j) + 4 row`. Places of columns past the
   * width stay zero.
   */
  readonly A: Float64Array;
  /** The same of B; for a Gram matrix it is A. */
  readonly B: Float64Array;
  /** The sums in 4 by 4 tiles; see {@link productAt}. */
  readonly sums: Float64Array;
  /** Adds the products over the first `rows` rows of the packed block. */
  add(rows: number): void;
}

/** Lower triangle of A'A for `width` columns. */
export function gramProducts(width: number, wasm = true): ColumnProducts {
  return columnProducts(width, width, true, wasm);
}

/** A'B for `widthA` by `widthB` columns. */
export function crossProducts(widthA: number, widthB: number, wasm = true): ColumnProducts {
  return columnProducts(widthA, widthB, false, wasm);
}

function columnProducts(widthA: number, widthB: number, gram: boolean, wasm: boolean): ColumnProducts {
  const stripsA = (widthA + 3) >> 2;
  const stripsB = (widthB + 3) >> 2;
  const tiles = gram ? (stripsA * (stripsA + 1)) / 2 : stripsA * stripsB;
  const startB = gram ? 0 : stripsA * PACKED_STRIDE;
  const startC = (gram ? stripsA : stripsA + stripsB) * PACKED_STRIDE;
  const length = startC + 16 * tiles;
  const fast = wasm ? wasmKernels(length) : null;
  const memory = fast ? fast.memory : new Float64Array(length);
  const kernels: ProductKernels = fast ? fast.kernels : createJavaScriptKernels(memory);
  const A = memory.subarray(0, stripsA * PACKED_STRIDE);
  return {
    widthA,
    widthB,
    gram,
    A,
    B: gram ? A : memory.subarray(startB, startC),
    sums: memory.subarray(startC),
    add: (rows) => kernels.addProducts(0, stripsA, startB, stripsB, PACKED_STRIDE, rows, startC, gram ? 1 : 0),
  };
}

/** Where column j of a packed block starts; its rows are 4 places apart. */
export const packedAt = (j: number): number => (j >> 2) * PACKED_STRIDE + (j & 3);

/** Sum (i, j) of A'B; i >= j for a Gram matrix. */
export function productAt({ sums, gram, widthB }: ColumnProducts, i: number, j: number): number {
  const I = i >> 2;
  const J = j >> 2;
  const tile = gram ? (I * (I + 1)) / 2 + J : I * ((widthB + 3) >> 2) + J;
  return sums[16 * tile + 4 * (j & 3) + (i & 3)];
}

/**
 * Adds the products of the columns of column-major matrices over rows 0..rows-1.
 *
 * @param A `widthA` columns, `ldA` apart
 * @param B `widthB` columns, `ldB` apart; null for a Gram matrix
 */
export function addColumnProducts(
  products: ColumnProducts,
  A: Float64Array,
  ldA: number,
  B: Float64Array | null,
  ldB: number,
  rows: number,
): void {
  for (let start = 0; start < rows; start += PACKED_ROWS) {
    const count = Math.min(PACKED_ROWS, rows - start);
    packColumns(A, start, ldA, products.widthA, count, products.A);
    if (B) packColumns(B, start, ldB, products.widthB, count, products.B);
    products.add(count);
  }
}

/** Packs `count` rows of `width` columns that start at `at` in M, `ld` apart. */
function packColumns(
  M: Float64Array,
  at: number,
  ld: number,
  width: number,
  count: number,
  packed: Float64Array,
): void {
  const columns = Array.from({ length: width }, (_, j) => M.subarray(at + j * ld, at + j * ld + count));
  for (let j = 0; j < width; j += 4) packStrip(columns, j, 0, count, packed);
}

/** Packs `count` rows from `start` of columns j..j+3, as far as there are so many; places of columns that are not there stay as they are. */
export function packStrip(
  columns: readonly Float64Array[],
  j: number,
  start: number,
  count: number,
  packed: Float64Array,
): void {
  const at = packedAt(j);
  if (j + 4 > columns.length) {
    for (let c = j; c < columns.length; c++) {
      const x = columns[c];
      for (let i = 0, k = at + c - j; i < count; i++, k += 4) packed[k] = x[start + i];
    }
    return;
  }
  const c0 = columns[j];
  const c1 = columns[j + 1];
  const c2 = columns[j + 2];
  const c3 = columns[j + 3];
  for (let i = start, k = at; i < start + count; i++, k += 4) {
    packed[k] = c0[i];
    packed[k + 1] = c1[i];
    packed[k + 2] = c2[i];
    packed[k + 3] = c3[i];
  }
}

/** {@link packStrip} of (column - center) * scale. */
export function packChangedStrip(
  columns: readonly Float64Array[],
  center: Float64Array,
  scale: Float64Array,
  j: number,
  start: number,
  count: number,
  packed: Float64Array,
): void {
  const at = packedAt(j);
  if (j + 4 > columns.length) {
    for (let c = j; c < columns.length; c++) {
      const x = columns[c];
      const m = center[c];
      const f = scale[c];
      for (let i = 0, k = at + c - j; i < count; i++, k += 4) packed[k] = (x[start + i] - m) * f;
    }
    return;
  }
  const c0 = columns[j];
  const c1 = columns[j + 1];
  const c2 = columns[j + 2];
  const c3 = columns[j + 3];
  const m0 = center[j];
  const m1 = center[j + 1];
  const m2 = center[j + 2];
  const m3 = center[j + 3];
  const f0 = scale[j];
  const f1 = scale[j + 1];
  const f2 = scale[j + 2];
  const f3 = scale[j + 3];
  for (let i = start, k = at; i < start + count; i++, k += 4) {
    packed[k] = (c0[i] - m0) * f0;
    packed[k + 1] = (c1[i] - m1) * f1;
    packed[k + 2] = (c2[i] - m2) * f2;
    packed[k + 3] = (c3[i] - m3) * f3;
  }
}

/** Multiplies rows start.. of columns 0..width-1 of a packed block by `factor`. */
export function scalePackedRows(
  packed: Float64Array,
  width: number,
  factor: Float64Array,
  start: number,
  count: number,
): void {
  for (let j = 0; j < width; j += 4) {
    for (let i = 0, k = packedAt(j); i < count; i++, k += 4) {
      const f = factor[start + i];
      packed[k] *= f;
      packed[k + 1] *= f;
      packed[k + 2] *= f;
      packed[k + 3] *= f;
    }
  }
}
