import { solveTile } from './factor';
import { madd, subtractProduct } from './tiles';

/** Address of column 0 of strip J of the upper triangle X of `rows` rows: strips of four rows, of the columns from 4 J on, by columns. */
// @ts-ignore: decorator
@inline
function strip(x: usize, rows: i32, J: i32): usize {
  return x + ((<usize>(J * rows) - <usize>(2 * J * (J - 1)) - <usize>(J << 2)) << 5);
}

/**
 * X = inv(L22)' for the root of n columns, whose panels (`width` columns, the last one fewer) begin at the double `root`: the rows that a
 * Cholesky factorisation of [L22 L22'; I] appends to L22. `scratch` has room for 20 doubles.
 */
export function invertRoot(root: u32, width: i32, n: i32, x: u32, scratch: u32): void {
  const rows = (n + 3) & ~3, X = <usize>x << 3, tile = <usize>scratch << 3, inverse = tile + 128;
  for (let J = 0; J < rows; J += 4) {
    const at = strip(X, rows, J >> 2) + (<usize>J << 5);
    memory.fill(at, 0, <usize>(rows - J) << 5);
    for (let e: usize = 0; e < 160; e += 40) store<f64>(at + e, 1);
  }
  let panel = <usize>root << 3;
  for (let start = 0; start < n; start += width) {
    const w = min(width, n - start), tiles = (w + 3) >> 2;
    let source = <usize>root << 3;
    for (let from = 0; from < start; from += width) {
      const sourceStrip = <usize>width << 5, B = source + <usize>((start - from) >> 2) * sourceStrip, to = from + width;
      for (let J = 0; J < to; J += 4) {
        const row = strip(X, rows, J >> 2), k = max(from, J);
        let b = B + (<usize>(k - from) << 5), c = row + (<usize>start << 5);
        for (let i = 0; i < tiles; ++i, b += sourceStrip, c += 128) subtractProduct(row + (<usize>k << 5), b, c, to - k);
      }
      source += <usize>(rows - from) * <usize>width << 3;
    }
    for (let i = 0; i < w; i += 4) {
      const row = panel + <usize>(i >> 2) * (<usize>w << 5), l = row + (<usize>i << 5), own = min(4, w - i);
      memory.fill(tile, 0, 160);
      memory.copy(tile, l, <usize>own << 5);
      for (let e = 0; e < own; ++e) store<f64>(inverse + (<usize>e << 3), 1 / load<f64>(l + <usize>(e * 40)));
      const t = start + i;
      for (let J = 0; J <= t; J += 4) {
        const at = strip(X, rows, J >> 2), k = max(start, J);
        subtractProduct(at + (<usize>k << 5), row + (<usize>(k - start) << 5), at + (<usize>t << 5), t - k);
        solveTile(at + (<usize>t << 5), tile, inverse);
      }
    }
    panel += <usize>(rows - start) * <usize>w << 3;
  }
}

/**
 * Adds Y'Y of every leaf to its K x K block at q (lower triangles), where Y are rows from .. from + 15 of inv(L22) times the
 * leaf's L21. The nonzero rows of L21 are packed: a record of a leaf has where they begin, K, and the first and the end of its part of
 * `rowsOf`, which tells their places in the root. `work` has room for 16 rows + 64 doubles.
 */
export function addLeafGrams(
  x: u32, rows: i32, from: i32, work: u32, records: u32, count: i32, rowsOf: u32, q: u32,
): void {
  const stop = min(from + 16, rows), W = <usize>work << 3, Y = W + (<usize>rows << 7), X = <usize>x << 3;
  const rowAt = <usize>rowsOf << 2;
  // These rows of inv(L22) = X', the 16 entries of a column side by side.
  for (let r = 0; r < stop; ++r) {
    const row = strip(X, rows, r >> 2) + (<usize>(r & 3) << 3), out = W + (<usize>r << 7);
    for (let c = 0; c < 16; ++c) {
      const i = from + c;
      store<f64>(out + (<usize>c << 3), i < stop && i >= (r & ~3) ? load<f64>(row + (<usize>i << 5)) : 0);
    }
  }
  let Q = <usize>q << 3;
  for (let g = 0, record = <usize>records << 2; g < count; ++g, record += 16) {
    const K = <usize>load<i32>(record, 4) << 3, end = rowAt + (<usize>load<i32>(record, 12) << 2);
    const first = rowAt + (<usize>load<i32>(record, 8) << 2);
    if (load<i32>(first) < stop) {
      for (let k: usize = 0; k < K; k += 8) {
        let v = (<usize>load<i32>(record) << 3) + k;
        let y0 = f64x2.splat(0), y1 = y0, y2 = y0, y3 = y0, y4 = y0, y5 = y0, y6 = y0, y7 = y0;
        for (let i = first; i < end; i += 4, v += K) {
          const r = load<i32>(i);
          if (r >= stop) break;
          const w = W + (<usize>r << 7), s = v128.load_splat<f64>(v);
          y0 = madd(v128.load(w, 0), s, y0);
          y1 = madd(v128.load(w, 16), s, y1);
          y2 = madd(v128.load(w, 32), s, y2);
          y3 = madd(v128.load(w, 48), s, y3);
          y4 = madd(v128.load(w, 64), s, y4);
          y5 = madd(v128.load(w, 80), s, y5);
          y6 = madd(v128.load(w, 96), s, y6);
          y7 = madd(v128.load(w, 112), s, y7);
        }
        const y = Y + (k << 4);
        v128.store(y, y0, 0);
        v128.store(y, y1, 16);
        v128.store(y, y2, 32);
        v128.store(y, y3, 48);
        v128.store(y, y4, 64);
        v128.store(y, y5, 80);
        v128.store(y, y6, 96);
        v128.store(y, y7, 112);
      }
      for (let c: usize = 0; c < K; c += 8) {
        for (let r = c; r < K; r += 8) {
          let s = f64x2.splat(0);
          for (let e: usize = 0; e < 128; e += 16) s = madd(v128.load(Y + (c << 4) + e), v128.load(Y + (r << 4) + e), s);
          const at = Q + (c >> 3) * K + r;
          store<f64>(at, load<f64>(at) + (f64x2.extract_lane(s, 0) + f64x2.extract_lane(s, 1)));
        }
      }
    }
    Q += (K >> 3) * K;
  }
}
