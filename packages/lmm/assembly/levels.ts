// Sums by level over a block of rows whose columns stand in strips of four: see src/products/level-rows.ts.

// @ts-ignore: decorator
@inline
function addStrip(sum: usize, s: v128, v: usize): void {
  v128.store(sum, f64x2.add(v128.load(sum, 0), f64x2.mul(s, v128.load(v, 0))), 0);
  v128.store(sum, f64x2.add(v128.load(sum, 16), f64x2.mul(s, v128.load(v, 16))), 16);
}

/**
 * Row k adds z_a times the row of `strips` strips (from v on, `stride` doubles apart) to the sums of its level, `width` doubles from `sums` +
 * levels[k] * width on, column by column of Z; with `own` the products of Z's columns follow, upper triangle of nc by nc. Column a of Z
 * starts at place z[a], its rows 4 apart. `levels` and `z` are indices of 32-bit integers, the others of doubles.
 */
export function addLevelRows(
  levels: u32, z: u32, nc: i32, v: u32, strips: i32, stride: u32, rows: i32, sums: u32, width: u32, own: i32,
): void {
  const base = <usize>sums << 3, bytes = <usize>width << 3, step = <usize>stride << 3, zAt = <usize>z << 2;
  let level = <usize>levels << 2, row = <usize>v << 3;
  const end = level + (<usize>rows << 2);
  if (strips == 1 && !own && nc == 1) {
    for (let z0 = <usize>load<u32>(zAt) << 3; level < end; level += 4, row += 32, z0 += 32) {
      addStrip(base + <usize>load<u32>(level) * bytes, v128.load_splat<f64>(z0), row);
    }
    return;
  }
  if (strips == 1 && !own && nc == 2) {
    let z0 = <usize>load<u32>(zAt, 0) << 3, z1 = <usize>load<u32>(zAt, 4) << 3;
    for (; level < end; level += 4, row += 32, z0 += 32, z1 += 32) {
      const at = base + <usize>load<u32>(level) * bytes;
      addStrip(at, v128.load_splat<f64>(z0), row);
      addStrip(at + 32, v128.load_splat<f64>(z1), row);
    }
    return;
  }
  for (let offset: usize = 0; level < end; level += 4, row += 32, offset += 32) {
    let at = base + <usize>load<u32>(level) * bytes;
    for (let a = 0; a < nc; ++a) {
      const s = v128.load_splat<f64>((<usize>load<u32>(zAt + (<usize>a << 2)) << 3) + offset);
      for (let k = 0, from = row; k < strips; ++k, from += step, at += 32) addStrip(at, s, from);
    }
    if (!own) continue;
    for (let a = 0; a < nc; ++a) {
      const s = load<f64>((<usize>load<u32>(zAt + (<usize>a << 2)) << 3) + offset);
      for (let b = 0; b <= a; ++b) {
        const to = at + (<usize>b << 3);
        store<f64>(to, load<f64>(to) + s * load<f64>((<usize>load<u32>(zAt + (<usize>b << 2)) << 3) + offset));
      }
      at += <usize>nc << 3;
    }
  }
}
