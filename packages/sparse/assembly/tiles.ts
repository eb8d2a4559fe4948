// Register tiles. All matrices are in strip storage: rows in strips of four, a strip by columns, so that entry (r, c) of
// a block with w columns is at 8 * ((r >> 2) * 4 w + 4 c + (r & 3)) bytes. Addresses here are bytes.

/** c - a b. Rounded twice: fused operations would make the last bits depend on the machine. */
// @ts-ignore: decorator
@inline
export function nmadd(a: v128, b: v128, c: v128): v128 {
  return f64x2.sub(c, f64x2.mul(a, b));
}

/** c + a b. */
// @ts-ignore: decorator
@inline
export function madd(a: v128, b: v128, c: v128): v128 {
  return f64x2.add(c, f64x2.mul(a, b));
}

/** C (4 x 4 at c) -= A B', where A and B are K columns of a strip. */
export function subtractProduct(a: usize, b: usize, c: usize, K: i32): void {
  let c0 = v128.load(c, 0), c1 = v128.load(c, 16), c2 = v128.load(c, 32), c3 = v128.load(c, 48);
  let c4 = v128.load(c, 64), c5 = v128.load(c, 80), c6 = v128.load(c, 96), c7 = v128.load(c, 112);
  const end = a + (<usize>K << 5);
  while (a < end) {
    const a0 = v128.load(a, 0), a1 = v128.load(a, 16);
    let s = v128.load_splat<f64>(b, 0);
    c0 = nmadd(a0, s, c0);
    c1 = nmadd(a1, s, c1);
    s = v128.load_splat<f64>(b, 8);
    c2 = nmadd(a0, s, c2);
    c3 = nmadd(a1, s, c3);
    s = v128.load_splat<f64>(b, 16);
    c4 = nmadd(a0, s, c4);
    c5 = nmadd(a1, s, c5);
    s = v128.load_splat<f64>(b, 24);
    c6 = nmadd(a0, s, c6);
    c7 = nmadd(a1, s, c7);
    a += 32;
    b += 32;
  }
  v128.store(c, c0, 0);
  v128.store(c, c1, 16);
  v128.store(c, c2, 32);
  v128.store(c, c3, 48);
  v128.store(c, c4, 64);
  v128.store(c, c5, 80);
  v128.store(c, c6, 96);
  v128.store(c, c7, 112);
}

/**
 * C (4 rows x 4 columns at c) += A B over k0 <= k < k1 (k0 a multiple of 4): A is a strip, B has its rows in strips
 * of `stride` bytes; b is the address of B(0, first of the four columns).
 */
function addProduct4(a: usize, b: usize, stride: usize, k0: i32, k1: i32, c: usize): void {
  let c0 = v128.load(c, 0), c1 = v128.load(c, 16), c2 = v128.load(c, 32), c3 = v128.load(c, 48);
  let c4 = v128.load(c, 64), c5 = v128.load(c, 80), c6 = v128.load(c, 96), c7 = v128.load(c, 112);
  a += <usize>k0 << 5;
  b += <usize>(k0 >> 2) * stride;
  for (let k = k0; k < k1; k += 4) {
    const end = a + (<usize>min(4, k1 - k) << 5);
    let q = b;
    while (a < end) {
      const a0 = v128.load(a, 0), a1 = v128.load(a, 16);
      let s = v128.load_splat<f64>(q, 0);
      c0 = madd(a0, s, c0);
      c1 = madd(a1, s, c1);
      s = v128.load_splat<f64>(q, 32);
      c2 = madd(a0, s, c2);
      c3 = madd(a1, s, c3);
      s = v128.load_splat<f64>(q, 64);
      c4 = madd(a0, s, c4);
      c5 = madd(a1, s, c5);
      s = v128.load_splat<f64>(q, 96);
      c6 = madd(a0, s, c6);
      c7 = madd(a1, s, c7);
      a += 32;
      q += 8;
    }
    b += stride;
  }
  v128.store(c, c0, 0);
  v128.store(c, c1, 16);
  v128.store(c, c2, 32);
  v128.store(c, c3, 48);
  v128.store(c, c4, 64);
  v128.store(c, c5, 80);
  v128.store(c, c6, 96);
  v128.store(c, c7, 112);
}

/** As addProduct4 for one column of B and C. */
function addProduct1(a: usize, b: usize, stride: usize, k0: i32, k1: i32, c: usize): void {
  let c0 = v128.load(c, 0), c1 = v128.load(c, 16);
  a += <usize>k0 << 5;
  b += <usize>(k0 >> 2) * stride;
  for (let k = k0; k < k1; k += 4) {
    const end = a + (<usize>min(4, k1 - k) << 5);
    let q = b;
    while (a < end) {
      const s = v128.load_splat<f64>(q, 0);
      c0 = madd(v128.load(a, 0), s, c0);
      c1 = madd(v128.load(a, 16), s, c1);
      a += 32;
      q += 8;
    }
    b += stride;
  }
  v128.store(c, c0, 0);
  v128.store(c, c1, 16);
}

function addPair(x: v128, y: v128, c: usize): void {
  const sum = f64x2.add(v128.shuffle<f64>(x, y, 0, 2), v128.shuffle<f64>(x, y, 1, 3));
  v128.store(c, f64x2.add(v128.load(c), sum));
}

/**
 * C (2 x 4) += A' B over `strips` strips of rows: two columns of A at a, four of B at b, strip strides in bytes. c is the
 * address of the first entry; the two rows are adjacent, the columns 32 bytes apart.
 */
function addTransposeProduct4(a: usize, sa: usize, b: usize, sb: usize, strips: i32, c: usize): void {
  let c0 = f64x2.splat(0), c1 = c0, c2 = c0, c3 = c0, d0 = c0, d1 = c0, d2 = c0, d3 = c0;
  for (let s = 0; s < strips; ++s) {
    let x = v128.load(a, 0), y = v128.load(a, 32), z = v128.load(b, 0);
    c0 = madd(x, z, c0);
    d0 = madd(y, z, d0);
    z = v128.load(b, 32);
    c1 = madd(x, z, c1);
    d1 = madd(y, z, d1);
    z = v128.load(b, 64);
    c2 = madd(x, z, c2);
    d2 = madd(y, z, d2);
    z = v128.load(b, 96);
    c3 = madd(x, z, c3);
    d3 = madd(y, z, d3);
    x = v128.load(a, 16);
    y = v128.load(a, 48);
    z = v128.load(b, 16);
    c0 = madd(x, z, c0);
    d0 = madd(y, z, d0);
    z = v128.load(b, 48);
    c1 = madd(x, z, c1);
    d1 = madd(y, z, d1);
    z = v128.load(b, 80);
    c2 = madd(x, z, c2);
    d2 = madd(y, z, d2);
    z = v128.load(b, 112);
    c3 = madd(x, z, c3);
    d3 = madd(y, z, d3);
    a += sa;
    b += sb;
  }
  addPair(c0, d0, c);
  addPair(c1, d1, c + 32);
  addPair(c2, d2, c + 64);
  addPair(c3, d3, c + 96);
}

/** As addTransposeProduct4 for one column of B. */
function addTransposeProduct1(a: usize, sa: usize, b: usize, sb: usize, strips: i32, c: usize): void {
  let c0 = f64x2.splat(0), d0 = c0;
  for (let s = 0; s < strips; ++s) {
    let z = v128.load(b, 0);
    c0 = madd(v128.load(a, 0), z, c0);
    d0 = madd(v128.load(a, 32), z, d0);
    z = v128.load(b, 16);
    c0 = madd(v128.load(a, 16), z, c0);
    d0 = madd(v128.load(a, 48), z, d0);
    a += sa;
    b += sb;
  }
  addPair(c0, d0, c);
}

/** As addProduct4 for columns d .. to - 1 of B and C (d a multiple of 4), whose column 0 is at b and c. */
export function addProduct(a: usize, b: usize, stride: usize, k0: i32, k1: i32, c: usize, d: i32, to: i32): void {
  for (; d < (to & ~3); d += 4) addProduct4(a, b + (<usize>d << 5), stride, k0, k1, c + (<usize>d << 5));
  for (; d < to; ++d) addProduct1(a, b + (<usize>d << 5), stride, k0, k1, c + (<usize>d << 5));
}

/** As addTransposeProduct4 for the first `to` columns of B. */
export function addTransposeProduct(a: usize, sa: usize, b: usize, sb: usize, strips: i32, c: usize, to: i32): void {
  let d = 0;
  for (; d < (to & ~3); d += 4) addTransposeProduct4(a, sa, b + (<usize>d << 5), sb, strips, c + (<usize>d << 5));
  for (; d < to; ++d) addTransposeProduct1(a, sa, b + (<usize>d << 5), sb, strips, c + (<usize>d << 5));
}
