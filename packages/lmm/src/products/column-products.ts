import { createJavaScriptKernels } from './kernels-javascript.js';
import { wasmKernels } from './kernels-wasm.js';
import type { ProductKernels } from './kernels.js';

/** Rows of a packed block: a strip of four columns fills 8 kB, a quarter of a first-level cache. */
export const PACKED_ROWS = 256;

/** Doubles from strip to strip. */
export const PACKED_STRIDE = 4 * PACKED_ROWS;

/** Below this many sums an instance of WebAssembly costs more than it saves. */
const FEW_SUMS = 128;

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
  const fast = wasm && 16 * tiles > FEW_SUMS ? wasmKernels(length) : null;
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
  for (let j = 0; j < width; j += 4) {
    const c = [0, 1, 2, 3].map((k) => M.subarray(at + Math.min(j + k, width - 1) * ld));
    packStrip(c[0], c[1], c[2], c[3], 0, count, Math.min(4, width - j), packed, packedAt(j));
  }
}

/** One strip of a packed block from rows start.. of four columns, of which `used` count: places of the others are not written. */
export function packStrip(
  c0: Float64Array,
  c1: Float64Array,
  c2: Float64Array,
  c3: Float64Array,
  start: number,
  count: number,
  used: number,
  packed: Float64Array,
  at: number,
): void {
  const end = start + count;
  if (used === 4) {
    for (let i = start, k = at; i < end; i++, k += 4) {
      packed[k] = c0[i];
      packed[k + 1] = c1[i];
      packed[k + 2] = c2[i];
      packed[k + 3] = c3[i];
    }
    return;
  }
  for (let i = start, k = at; i < end; i++, k += 4) {
    packed[k] = c0[i];
    if (used > 1) packed[k + 1] = c1[i];
    if (used > 2) packed[k + 2] = c2[i];
  }
}
