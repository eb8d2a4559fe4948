// Products of columns over a block of rows. Columns stand in strips of four: row k of a strip is four doubles, so that entry (k, j) of a
// matrix is at 8 * ((j >> 2) * stride + 4 k + (j & 3)) bytes, `stride` doubles from strip to strip. Sums C stand in 4 by 4 tiles, by columns.

/** C (4 x 4 at c) += A'B over K rows, A and B one strip each. Summed from zero, then added: two roundings, whatever the machine. */
// @ts-ignore: decorator
@inline
function addTile(a: usize, b: usize, K: i32, c: usize): void {
  let c0 = f64x2.splat(0), c1 = c0, c2 = c0, c3 = c0, c4 = c0, c5 = c0, c6 = c0, c7 = c0;
  const end = a + (<usize>K << 5);
  while (a < end) {
    const a0 = v128.load(a, 0), a1 = v128.load(a, 16);
    let s = v128.load_splat<f64>(b, 0);
    c0 = f64x2.add(c0, f64x2.mul(a0, s));
    c1 = f64x2.add(c1, f64x2.mul(a1, s));
    s = v128.load_splat<f64>(b, 8);
    c2 = f64x2.add(c2, f64x2.mul(a0, s));
    c3 = f64x2.add(c3, f64x2.mul(a1, s));
    s = v128.load_splat<f64>(b, 16);
    c4 = f64x2.add(c4, f64x2.mul(a0, s));
    c5 = f64x2.add(c5, f64x2.mul(a1, s));
    s = v128.load_splat<f64>(b, 24);
    c6 = f64x2.add(c6, f64x2.mul(a0, s));
    c7 = f64x2.add(c7, f64x2.mul(a1, s));
    a += 32;
    b += 32;
  }
  v128.store(c, f64x2.add(v128.load(c, 0), c0), 0);
  v128.store(c, f64x2.add(v128.load(c, 16), c1), 16);
  v128.store(c, f64x2.add(v128.load(c, 32), c2), 32);
  v128.store(c, f64x2.add(v128.load(c, 48), c3), 48);
  v128.store(c, f64x2.add(v128.load(c, 64), c4), 64);
  v128.store(c, f64x2.add(v128.load(c, 80), c5), 80);
  v128.store(c, f64x2.add(v128.load(c, 96), c6), 96);
  v128.store(c, f64x2.add(v128.load(c, 112), c7), 112);
}

/**
 * Tiles (I, J) of C += A'B over K rows: all of them, or those with J <= I for a triangle. Tiles follow each other by I, then J.
 * `a`, `b`, `c` are indices of doubles.
 */
export function addProducts(a: u32, stripsA: i32, b: u32, stripsB: i32, stride: u32, K: i32, c: u32, triangle: i32): void {
  const step = <usize>stride << 3;
  let tile = <usize>c << 3, x = <usize>a << 3;
  for (let I = 0; I < stripsA; ++I) {
    const columns = triangle ? I + 1 : stripsB;
    let y = <usize>b << 3;
    for (let J = 0; J < columns; ++J) {
      addTile(x, y, K, tile);
      tile += 128;
      y += step;
    }
    x += step;
  }
}
export { runProgram } from './vectors';
export { addLevelRows } from './levels';
export { addBlocks, addTransposedBlocks, scaleBlocks } from './blocks';
