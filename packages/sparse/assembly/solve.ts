import { madd, nmadd, subtractProduct } from './tiles';

/**
 * One panel of the forward solve L y = x, one right-hand side in place at x (doubles): the panel's columns are
 * x[first .. first + w - 1], the other rows are listed at `rows` (32-bit integers).
 */
export function forward1(panel: u32, w: i32, count: i32, rows: u32, x: u32, first: i32): void {
  const base = <usize>panel << 3, strip = <usize>w << 5, own = (w + 3) >> 2, strips = count >> 2;
  const xAt = <usize>x << 3, xOwn = xAt + (<usize>first << 3), rowAt = <usize>rows << 2;
  for (let R = 0; R < own; ++R) {
    const row = base + <usize>R * strip, from = R << 2, to = min(from + 4, w);
    for (let r = from; r < to; ++r) {
      let a = row + (<usize>(r & 3) << 3), b = xOwn, sum = load<f64>(xOwn + (<usize>r << 3));
      for (let c = 0; c < r; ++c) {
        sum -= load<f64>(a) * load<f64>(b);
        a += 32;
        b += 8;
      }
      store<f64>(xOwn + (<usize>r << 3), sum / load<f64>(a));
    }
  }
  for (let R = own; R < strips; ++R) {
    let a = base + <usize>R * strip, b = xOwn;
    const end = a + strip;
    let s0 = f64x2.splat(0), s1 = s0;
    while (a < end) {
      const v = v128.load_splat<f64>(b);
      s0 = madd(v128.load(a, 0), v, s0);
      s1 = madd(v128.load(a, 16), v, s1);
      a += 32;
      b += 8;
    }
    const i = rowAt + (<usize>R << 4);
    subtractAt(xAt, load<i32>(i, 0), f64x2.extract_lane(s0, 0));
    subtractAt(xAt, load<i32>(i, 4), f64x2.extract_lane(s0, 1));
    subtractAt(xAt, load<i32>(i, 8), f64x2.extract_lane(s1, 0));
    subtractAt(xAt, load<i32>(i, 12), f64x2.extract_lane(s1, 1));
  }
}

function subtractAt(x: usize, i: i32, value: f64): void {
  if (i >= 0) {
    const at = x + (<usize>i << 3);
    store<f64>(at, load<f64>(at) - value);
  }
}

function valueAt(x: usize, i: i32): f64 {
  return i >= 0 ? load<f64>(x + (<usize>i << 3)) : 0;
}

/** One panel of the backward solve L' y = x; `scratch` has room for 2 w doubles. Arguments as forward1. */
export function backward1(panel: u32, w: i32, count: i32, rows: u32, x: u32, first: i32, scratch: u32): void {
  const base = <usize>panel << 3, strip = <usize>w << 5, own = (w + 3) >> 2, strips = count >> 2;
  const xAt = <usize>x << 3, xOwn = xAt + (<usize>first << 3), rowAt = <usize>rows << 2;
  const sums = <usize>scratch << 3, sumsEnd = sums + (<usize>w << 4);
  memory.fill(sums, 0, <usize>w << 4);
  for (let R = own; R < strips; ++R) {
    const i = rowAt + (<usize>R << 4);
    const v0 = f64x2.replace_lane(f64x2.splat(valueAt(xAt, load<i32>(i, 0))), 1, valueAt(xAt, load<i32>(i, 4)));
    const v1 = f64x2.replace_lane(f64x2.splat(valueAt(xAt, load<i32>(i, 8))), 1, valueAt(xAt, load<i32>(i, 12)));
    let a = base + <usize>R * strip;
    for (let s = sums; s < sumsEnd; s += 16) {
      v128.store(s, madd(v128.load(a, 16), v1, madd(v128.load(a, 0), v0, v128.load(s))));
      a += 32;
    }
  }
  for (let c = w - 1; c >= 0; --c) {
    const s = v128.load(sums + (<usize>c << 4)), at = xOwn + (<usize>c << 3);
    let sum = load<f64>(at) - (f64x2.extract_lane(s, 0) + f64x2.extract_lane(s, 1));
    for (let r = c + 1; r < w; ++r) {
      sum -= load<f64>(base + <usize>(r >> 2) * strip + (<usize>c << 5) + (<usize>(r & 3) << 3)) * load<f64>(xOwn + (<usize>r << 3));
    }
    store<f64>(at, sum / load<f64>(base + <usize>(c >> 2) * strip + (<usize>c << 5) + (<usize>(c & 3) << 3)));
  }
}

/** forward1 for four right-hand sides: x holds four doubles per row, `scratch` has room for 16. */
export function forward4(panel: u32, w: i32, count: i32, rows: u32, x: u32, first: i32, scratch: u32): void {
  const base = <usize>panel << 3, strip = <usize>w << 5, own = (w + 3) >> 2, strips = count >> 2;
  const xAt = <usize>x << 3, xOwn = xAt + (<usize>first << 5), rowAt = <usize>rows << 2;
  for (let r = 0; r < w; ++r) {
    let a = base + <usize>(r >> 2) * strip + (<usize>(r & 3) << 3), b = xOwn;
    const at = xOwn + (<usize>r << 5);
    let s0 = v128.load(at, 0), s1 = v128.load(at, 16);
    while (b < at) {
      const v = v128.load_splat<f64>(a);
      s0 = nmadd(v, v128.load(b, 0), s0);
      s1 = nmadd(v, v128.load(b, 16), s1);
      a += 32;
      b += 32;
    }
    const pivot = v128.load_splat<f64>(a);
    v128.store(at, f64x2.div(s0, pivot), 0);
    v128.store(at, f64x2.div(s1, pivot), 16);
  }
  // Four rows of x make a strip, of which the product with a strip of L is a tile.
  const tile = <usize>scratch << 3;
  for (let R = own; R < strips; ++R) {
    memory.fill(tile, 0, 128);
    subtractProduct(xOwn, base + <usize>R * strip, tile, w);
    const i = rowAt + (<usize>R << 4);
    addRow(xAt, load<i32>(i, 0), tile);
    addRow(xAt, load<i32>(i, 4), tile + 32);
    addRow(xAt, load<i32>(i, 8), tile + 64);
    addRow(xAt, load<i32>(i, 12), tile + 96);
  }
}

function addRow(x: usize, i: i32, row: usize): void {
  if (i >= 0) {
    const at = x + (<usize>i << 5);
    v128.store(at, f64x2.add(v128.load(at, 0), v128.load(row, 0)), 0);
    v128.store(at, f64x2.add(v128.load(at, 16), v128.load(row, 16)), 16);
  }
}

/** backward1 for four right-hand sides. Padding rows of L are zero, so that any row of x may stand for them. */
export function backward4(panel: u32, w: i32, count: i32, rows: u32, x: u32, first: i32): void {
  const base = <usize>panel << 3, strip = <usize>w << 5, own = (w + 3) >> 2, strips = count >> 2;
  const xAt = <usize>x << 3, xOwn = xAt + (<usize>first << 5), rowAt = <usize>rows << 2;
  const xEnd = xOwn + (<usize>w << 5);
  for (let R = own; R < strips; ++R) {
    const i = rowAt + (<usize>R << 4);
    const p0 = xAt + (<usize>max(load<i32>(i, 0), 0) << 5), p1 = xAt + (<usize>max(load<i32>(i, 4), 0) << 5);
    const p2 = xAt + (<usize>max(load<i32>(i, 8), 0) << 5), p3 = xAt + (<usize>max(load<i32>(i, 12), 0) << 5);
    const a0 = v128.load(p0, 0), a1 = v128.load(p0, 16), b0 = v128.load(p1, 0), b1 = v128.load(p1, 16);
    const c0 = v128.load(p2, 0), c1 = v128.load(p2, 16), d0 = v128.load(p3, 0), d1 = v128.load(p3, 16);
    let l = base + <usize>R * strip;
    for (let at = xOwn; at < xEnd; at += 32) {
      let x0 = v128.load(at, 0), x1 = v128.load(at, 16);
      let s = v128.load_splat<f64>(l, 0);
      x0 = nmadd(a0, s, x0);
      x1 = nmadd(a1, s, x1);
      s = v128.load_splat<f64>(l, 8);
      x0 = nmadd(b0, s, x0);
      x1 = nmadd(b1, s, x1);
      s = v128.load_splat<f64>(l, 16);
      x0 = nmadd(c0, s, x0);
      x1 = nmadd(c1, s, x1);
      s = v128.load_splat<f64>(l, 24);
      x0 = nmadd(d0, s, x0);
      x1 = nmadd(d1, s, x1);
      v128.store(at, x0, 0);
      v128.store(at, x1, 16);
      l += 32;
    }
  }
  for (let c = w - 1; c >= 0; --c) {
    const at = xOwn + (<usize>c << 5);
    let s0 = v128.load(at, 0), s1 = v128.load(at, 16);
    for (let r = c + 1; r < w; ++r) {
      const s = v128.load_splat<f64>(base + <usize>(r >> 2) * strip + (<usize>c << 5) + (<usize>(r & 3) << 3));
      const b = xOwn + (<usize>r << 5);
      s0 = nmadd(v128.load(b, 0), s, s0);
      s1 = nmadd(v128.load(b, 16), s, s1);
    }
    const pivot = v128.load_splat<f64>(base + <usize>(c >> 2) * strip + (<usize>c << 5) + (<usize>(c & 3) << 3));
    v128.store(at, f64x2.div(s0, pivot), 0);
    v128.store(at, f64x2.div(s1, pivot), 16);
  }
}
