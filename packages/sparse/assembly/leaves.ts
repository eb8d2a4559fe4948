import { nmadd, subtractProduct } from './tiles';

/**
 * Subtracts from one panel of the root (`width` columns) the outer products of the leaves, as far as they fall on columns
 * before 4 stop; `origin` is the double where the tile of the root's first strip and column would be. A record of a leaf has
 * four integers: where the values of strip 0 of `strips` would be if they were the leaf's, its columns K <= 4, the strip that it
 * has come to, and the end of its part of `strips`, which tells the strip of the root for each strip of the leaf.
 */
export function updateFromLeaves(
  leaves: u32, count: i32, strips: u32, rows: u32, origin: u32, width: i32, stop: i32,
): void {
  const stripAt = <usize>strips << 2, targetStrip = <usize>width << 5;
  for (let g = 0; g < count; ++g) {
    const record = <usize>(leaves + (g << 2)) << 2;
    const end = stripAt + (<usize>load<i32>(record, 12) << 2);
    let s = stripAt + (<usize>load<i32>(record, 8) << 2);
    const strip = <usize>load<i32>(record, 4) << 5;
    let b = (<usize>load<i32>(record) << 3) + <usize>load<i32>(record, 8) * strip;
    for (; s < end; s += 4, b += strip) {
      const J = load<i32>(s);
      if (J >= stop) break;
      const tile = (<usize>origin << 3) + (<usize>J << 7), r = (<usize>rows << 2) + ((s - stripAt) << 2);
      // Bits of the rows that the leaf does not have.
      const missing = i32x4.bitmask(v128.load(r));
      if (strip > 64 || popcnt(missing) < 2) {
        for (let R = s, a = b; R < end; R += 4, a += strip) {
          subtractProduct(a, b, tile + <usize>load<i32>(R) * targetStrip, <i32>(strip >> 5));
        }
      } else {
        for (let e = 0; e < 4; ++e) {
          if (!((missing >> e) & 1)) subtractColumn(s, end, b, b + (<usize>e << 3), strip, tile + (<usize>e << 5), targetStrip);
        }
      }
    }
    store<i32>(record, <i32>((s - stripAt) >> 2), 8);
  }
}

/** One column of the target less one or two columns of the leaf at a (as `strip` says) times their multipliers at v. */
function subtractColumn(s: usize, end: usize, a: usize, v: usize, strip: usize, column: usize, targetStrip: usize): void {
  const v0 = v128.load_splat<f64>(v, 0);
  if (strip == 32) {
    for (; s < end; s += 4, a += 32) {
      const t = column + <usize>load<i32>(s) * targetStrip;
      v128.store(t, nmadd(v128.load(a, 0), v0, v128.load(t, 0)), 0);
      v128.store(t, nmadd(v128.load(a, 16), v0, v128.load(t, 16)), 16);
    }
    return;
  }
  const v1 = v128.load_splat<f64>(v, 32);
  for (; s < end; s += 4, a += 64) {
    const t = column + <usize>load<i32>(s) * targetStrip;
    v128.store(t, nmadd(v128.load(a, 32), v1, nmadd(v128.load(a, 0), v0, v128.load(t, 0))), 0);
    v128.store(t, nmadd(v128.load(a, 48), v1, nmadd(v128.load(a, 16), v0, v128.load(t, 16))), 16);
  }
}
