import { addProduct, addTransposeProduct } from './tiles';
import { rowOffsets } from './update';

/**
 * First pass of the selected inverse over one panel L = [L11; L21]: writes V = inv(L11) and N = -L21 V in the same storage
 * at `out`, which must be zero. Doubles.
 */
export function invertPanel(panel: u32, out: u32, w: i32, count: i32): void {
  const base = (<usize>panel) << 3,
    y = (<usize>out) << 3,
    strip = (<usize>w) << 5;
  const own = (w + 3) >> 2,
    strips = count >> 2;
  for (let R = 0; R < own; ++R) {
    const row = base + <usize>R * strip,
      yRow = y + <usize>R * strip,
      from = R << 2,
      to = min(from + 4, w);
    // Strip R of V: the part of L before the diagonal tile times V, its sign changed, then forward substitution.
    for (let d = 0; d < from; d += 4) addProduct(row, y, strip, d, from, yRow, d, d + 4);
    negate(yRow, from);
    for (let r = from; r < to; ++r) {
      const pivot = load<f64>(row + (<usize>r << 5) + (<usize>(r & 3) << 3));
      store<f64>(yRow + (<usize>r << 5) + (<usize>(r & 3) << 3), 1);
      for (let d = 0; d <= r; ++d) {
        const at = yRow + (<usize>d << 5);
        let sum = load<f64>(at + (<usize>(r & 3) << 3));
        for (let k = max(from, d); k < r; ++k) {
          sum -= load<f64>(row + (<usize>k << 5) + (<usize>(r & 3) << 3)) * load<f64>(at + (<usize>(k & 3) << 3));
        }
        store<f64>(at + (<usize>(r & 3) << 3), sum / pivot);
      }
    }
  }
  for (let R = own; R < strips; ++R) {
    const row = base + <usize>R * strip, yRow = y + <usize>R * strip;
    for (let d = 0; d < w; d += 4) addProduct(row, y, strip, d, w, yRow, d, min(d + 4, w));
    negate(yRow, w);
  }
}

/** The first `cols` columns of a strip change their sign. */
function negate(strip: usize, cols: i32): void {
  for (const end = strip + (<usize>cols << 5); strip < end; strip += 16) {
    v128.store(strip, f64x2.neg(v128.load(strip)));
  }
}

/** Rows that are gathered and multiplied together, so that both operands stay in the second-level cache. */
const CHUNK = 128;

/**
 * Second pass, one ancestor of one panel: with G the ancestor's block of Z at the panel's rows (columns from .. to - 1,
 * rows from .. count - 1, lower triangle, diagonal halved), Z21 += G N and Z21 += G' N. `block` is the ancestor's panel
 * of Z of `width` columns, `map` its places; n and z are the panel's N and Z, w its columns; `zeros` is a run of zeros at
 * least 4 * width long; `gather` has room for 128 * (to - from + 6) doubles, `offsets` for count integers.
 */
export function addInverseUpdate(
  block: u32, width: i32, from: i32, to: i32, count: i32, rows: u32, map: u32, n: u32, z: u32, w: i32, zeros: u32,
  gather: u32, offsets: u32,
): void {
  const rowAt = <usize>rows << 2, mapAt = <usize>map << 2, offsetAt = <usize>offsets << 2, g = <usize>gather << 3;
  const first = from & ~3, cols = ((to + 3) & ~3) - first, gStrip = <usize>cols << 5;
  rowOffsets(first, from, count, rowAt, mapAt, block, width, zeros, offsetAt);
  const strip = <usize>w << 5;
  const N = (<usize>n << 3) + <usize>(first >> 2) * strip, Z = (<usize>z << 3) + <usize>(first >> 2) * strip;

  for (let start = first; start < count; start += CHUNK) {
    const stop = min(start + CHUNK, count);
    for (let R = start; R < stop; R += 4) {
      const row = g + <usize>((R - start) >> 2) * gStrip;
      gatherStrip(row, R, first, from, to, cols, rowAt, mapAt, offsetAt);
      addProduct(row, N, strip, 0, min(cols, R - first + 4), Z + <usize>((R - first) >> 2) * strip, 0, w);
    }
    const chunk = (start - first) >> 2, strips = (stop - start) >> 2, last = min(cols, stop - first);
    for (let k = 0; k < last; k += 2) {
      // Rows of G above k are zero.
      const skip = max(0, (k >> 2) - chunk), out = Z + <usize>(k >> 2) * strip + (<usize>(k & 3) << 3);
      const a = g + <usize>skip * gStrip + (<usize>k << 5), b = N + <usize>(chunk + skip) * strip;
      addTransposeProduct(a, gStrip, b, strip, strips - skip, out, w);
    }
  }
}

/** One strip of G: rows R .. R + 3, columns first .. first + cols - 1. */
function gatherStrip(
  row: usize, R: i32, first: i32, from: i32, to: i32, cols: i32, rowAt: usize, mapAt: usize, offsetAt: usize,
): void {
  const o = offsetAt + (<usize>(R - first) << 2);
  const o0 = <usize>load<u32>(o, 0) << 3, o1 = <usize>load<u32>(o, 4) << 3;
  const o2 = <usize>load<u32>(o, 8) << 3, o3 = <usize>load<u32>(o, 12) << 3;
  let t = row;
  for (let k = first; k < first + cols; ++k, t += 32) {
    if (k < from || k >= to || k > R + 3) {
      v128.store(t, f64x2.splat(0), 0);
      v128.store(t, f64x2.splat(0), 16);
      continue;
    }
    const column = <usize>load<i32>(mapAt + (<usize>load<i32>(rowAt + (<usize>k << 2)) << 2)) << 5;
    store<f64>(t, load<f64>(o0 + column), 0);
    store<f64>(t, load<f64>(o1 + column), 8);
    store<f64>(t, load<f64>(o2 + column), 16);
    store<f64>(t, load<f64>(o3 + column), 24);
    if (k >= R) {
      const e = <usize>(k - R) << 3;
      store<f64>(t + e, 0.5 * load<f64>(t + e));
      for (let above: usize = 0; above < e; above += 8) store<f64>(t + above, 0);
    }
  }
}

/** Last step for a panel: its diagonal block of Z (lower triangle) = V'V + N' Z21. The block is zero on entry. */
export function finishInverse(v: u32, z: u32, w: i32, count: i32): void {
  const V = (<usize>v) << 3,
    Z = (<usize>z) << 3,
    strip = (<usize>w) << 5;
  const own = (w + 3) >> 2,
    below = (count >> 2) - own,
    N = V + <usize>own * strip;
  const Z21 = Z + <usize>own * strip;
  for (let k = 0; k < w; k += 2) {
    const skip = <usize>(k >> 2),
      out = Z + skip * strip + ((<usize>(k & 3)) << 3),
      column = (<usize>k) << 5;
    const a = V + skip * strip + column,
      rest = own - <i32>skip;
    // Columns up to the pair's tile; the rest is above the diagonal.
    const last = min(w, ((k >> 2) + 1) << 2);
    addTransposeProduct(a, strip, V + skip * strip, strip, rest, out, last);
    addTransposeProduct(N + column, strip, Z21, strip, below, out, last);
  }
}
