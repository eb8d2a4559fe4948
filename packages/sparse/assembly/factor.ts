import { nmadd, subtractProduct } from './tiles';

/** X (4 x 4 at x) := X inv(L)', with L the 4 x 4 diagonal tile at l and r the reciprocals of its diagonal. */
export function solveTile(x: usize, l: usize, r: usize): void {
  let s = v128.load_splat<f64>(r, 0);
  const x0 = f64x2.mul(v128.load(x, 0), s), y0 = f64x2.mul(v128.load(x, 16), s);
  let x1 = v128.load(x, 32), y1 = v128.load(x, 48), x2 = v128.load(x, 64), y2 = v128.load(x, 80);
  let x3 = v128.load(x, 96), y3 = v128.load(x, 112);
  s = v128.load_splat<f64>(l, 8);
  x1 = nmadd(x0, s, x1);
  y1 = nmadd(y0, s, y1);
  s = v128.load_splat<f64>(l, 16);
  x2 = nmadd(x0, s, x2);
  y2 = nmadd(y0, s, y2);
  s = v128.load_splat<f64>(l, 24);
  x3 = nmadd(x0, s, x3);
  y3 = nmadd(y0, s, y3);
  s = v128.load_splat<f64>(r, 8);
  x1 = f64x2.mul(x1, s);
  y1 = f64x2.mul(y1, s);
  s = v128.load_splat<f64>(l, 48);
  x2 = nmadd(x1, s, x2);
  y2 = nmadd(y1, s, y2);
  s = v128.load_splat<f64>(l, 56);
  x3 = nmadd(x1, s, x3);
  y3 = nmadd(y1, s, y3);
  s = v128.load_splat<f64>(r, 16);
  x2 = f64x2.mul(x2, s);
  y2 = f64x2.mul(y2, s);
  s = v128.load_splat<f64>(l, 88);
  x3 = nmadd(x2, s, x3);
  y3 = nmadd(y2, s, y3);
  s = v128.load_splat<f64>(r, 24);
  v128.store(x, x0, 0);
  v128.store(x, y0, 16);
  v128.store(x, x1, 32);
  v128.store(x, y1, 48);
  v128.store(x, x2, 64);
  v128.store(x, y2, 80);
  v128.store(x, f64x2.mul(x3, s), 96);
  v128.store(x, f64x2.mul(y3, s), 112);
}

/** Column c = 4 J + e of the strip at `row`: less the earlier columns, times the reciprocal of the pivot. */
function reduceColumn(row: usize, pivotRow: usize, c: i32): void {
  const at = row + (<usize>c << 5);
  let x = v128.load(at, 0), y = v128.load(at, 16), a = row, b = pivotRow;
  while (a < at) {
    const s = v128.load_splat<f64>(b);
    x = nmadd(v128.load(a, 0), s, x);
    y = nmadd(v128.load(a, 16), s, y);
    a += 32;
    b += 32;
  }
  v128.store(at, x, 0);
  v128.store(at, y, 16);
}

/**
 * Dense Cholesky of a panel: `count` rows (a multiple of 4) by `w` columns, the first w rows being its diagonal block.
 * Overwrites it by L. `scratch` has room for w doubles. Indices of doubles, not bytes.
 *
 * @returns -1, or the column whose pivot is not positive and finite; that pivot is then in scratch[0]
 */
export function factorPanel(panel: u32, w: i32, count: i32, scratch: u32): i32 {
  const base = <usize>panel << 3, strip = <usize>w << 5, inverse = <usize>scratch << 3;
  const full = w >> 2, own = (w + 3) >> 2, strips = count >> 2;
  for (let R = 0; R < strips; ++R) {
    const row = base + <usize>R * strip;
    const tiles = min(R, full);
    for (let J = 0; J < tiles; ++J) {
      const pivotRow = base + <usize>J * strip, x = row + (<usize>J << 7);
      if (J) subtractProduct(row, pivotRow, x, J << 2);
      solveTile(x, pivotRow + (<usize>J << 7), inverse + (<usize>J << 5));
    }
    if (R < own) {
      const to = min((R << 2) + 4, w);
      for (let c = R << 2; c < to; ++c) {
        const e = c & 3, at = row + (<usize>c << 5);
        reduceColumn(row, row + (<usize>e << 3), c);
        const pivot = load<f64>(at + (<usize>e << 3));
        if (!(pivot > 0 && pivot < Infinity)) {
          store<f64>(inverse, pivot);
          return c;
        }
        const root = Math.sqrt(pivot), r = 1 / root, s = f64x2.splat(r);
        v128.store(at, f64x2.mul(v128.load(at, 0), s), 0);
        v128.store(at, f64x2.mul(v128.load(at, 16), s), 16);
        store<f64>(at + (<usize>e << 3), root);
        store<f64>(inverse + (<usize>c << 3), r);
      }
    } else if (full < own) {
      const pivotRow = base + <usize>full * strip;
      for (let c = full << 2; c < w; ++c) {
        const at = row + (<usize>c << 5);
        reduceColumn(row, pivotRow + (<usize>(c & 3) << 3), c);
        const s = v128.load_splat<f64>(inverse + (<usize>c << 3));
        v128.store(at, f64x2.mul(v128.load(at, 0), s), 0);
        v128.store(at, f64x2.mul(v128.load(at, 16), s), 16);
      }
    }
  }
  return -1;
}
