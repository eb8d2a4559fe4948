// Products with the blocks of Z'Z that belong to a pair of terms: see src/products/pair-blocks.ts. Block k, ni by nj and column-major, stands at
// 8 * (blocks + k ni nj) bytes; the blocks of level l of the second term are starts[l] .. starts[l + 1] - 1, rows[k] the level of the first.
// Vectors stand side by side: entry (i, h) of x is at 8 * (x + i width + h) bytes, `width` even. `starts`, `rows`, `below` and `columns` are
// indices of 32-bit integers, all others of doubles.

/** x_i += B x_j for all blocks, and all vectors. */
export function addBlocks(
  starts: u32, rows: u32, nl: i32, blocks: u32, ni: i32, nj: i32, x: u32, out: u32, width: i32,
): void {
  const step = <usize>width << 3, column = <usize>ni << 3;
  for (let h = 0; h < width; h += 4) {
    const wide = h + 2 < width;
    let b = <usize>blocks << 3;
    let xl = (<usize>x + h) << 3;
    let k = <usize>rows << 2;
    for (let l = 0; l < nl; ++l) {
      const stop = (<usize>rows + load<i32>((<usize>starts + l + 1) << 2)) << 2;
      for (; k < stop; k += 4) {
        let o = (<usize>out << 3) + <usize>(load<i32>(k) * ni) * step + (<usize>h << 3);
        let r = 0;
        if (wide) {
          // Two rows at a time read a vector's entries once.
          for (; r + 1 < ni; r += 2) {
            const p = o + step;
            let s0 = v128.load(o, 0), s1 = v128.load(o, 16), t0 = v128.load(p, 0), t1 = v128.load(p, 16);
            let a = b + (<usize>r << 3), y = xl;
            for (let c = 0; c < nj; ++c) {
              const y0 = v128.load(y, 0), y1 = v128.load(y, 16);
              let f = v128.load_splat<f64>(a, 0);
              s0 = f64x2.add(s0, f64x2.mul(f, y0));
              s1 = f64x2.add(s1, f64x2.mul(f, y1));
              f = v128.load_splat<f64>(a, 8);
              t0 = f64x2.add(t0, f64x2.mul(f, y0));
              t1 = f64x2.add(t1, f64x2.mul(f, y1));
              a += column;
              y += step;
            }
            v128.store(o, s0, 0);
            v128.store(o, s1, 16);
            v128.store(p, t0, 0);
            v128.store(p, t1, 16);
            o = p + step;
          }
        }
        for (; r < ni; ++r) {
          let s = v128.load(o, 0), a = b + (<usize>r << 3), y = xl;
          if (wide) {
            let t = v128.load(o, 16);
            for (let c = 0; c < nj; ++c) {
              const f = v128.load_splat<f64>(a);
              s = f64x2.add(s, f64x2.mul(f, v128.load(y, 0)));
              t = f64x2.add(t, f64x2.mul(f, v128.load(y, 16)));
              a += column;
              y += step;
            }
            v128.store(o, t, 16);
          } else {
            for (let c = 0; c < nj; ++c) {
              s = f64x2.add(s, f64x2.mul(v128.load_splat<f64>(a), v128.load(y, 0)));
              a += column;
              y += step;
            }
          }
          v128.store(o, s, 0);
          o += step;
        }
        b += <usize>nj * column;
      }
      xl += <usize>nj * step;
    }
  }
}

/** x_j += B'x_i for all blocks, and all vectors. */
export function addTransposedBlocks(
  starts: u32, rows: u32, nl: i32, blocks: u32, ni: i32, nj: i32, x: u32, out: u32, width: i32,
): void {
  const step = <usize>width << 3, column = <usize>ni << 3, size = <usize>nj * column;
  for (let h = 0; h < width; h += 4) {
    const wide = h + 2 < width;
    let first = <usize>blocks << 3;
    let o = (<usize>out + h) << 3;
    let k = <usize>rows << 2;
    for (let l = 0; l < nl; ++l) {
      const stop = (<usize>rows + load<i32>((<usize>starts + l + 1) << 2)) << 2;
      let c = 0;
      if (wide) {
        for (; c + 1 < nj; c += 2) {
          const p = o + step;
          let b = first + <usize>c * column;
          let s0 = v128.load(o, 0), s1 = v128.load(o, 16), t0 = v128.load(p, 0), t1 = v128.load(p, 16);
          for (let e = k; e < stop; e += 4) {
            let y = (<usize>x << 3) + <usize>(load<i32>(e) * ni) * step + (<usize>h << 3);
            let d0 = f64x2.splat(0), d1 = d0, g0 = d0, g1 = d0;
            for (let a = b, end = b + column; a < end; a += 8) {
              const y0 = v128.load(y, 0), y1 = v128.load(y, 16);
              let f = v128.load_splat<f64>(a);
              d0 = f64x2.add(d0, f64x2.mul(f, y0));
              d1 = f64x2.add(d1, f64x2.mul(f, y1));
              f = v128.load_splat<f64>(a + column);
              g0 = f64x2.add(g0, f64x2.mul(f, y0));
              g1 = f64x2.add(g1, f64x2.mul(f, y1));
              y += step;
            }
            s0 = f64x2.add(s0, d0);
            s1 = f64x2.add(s1, d1);
            t0 = f64x2.add(t0, g0);
            t1 = f64x2.add(t1, g1);
            b += size;
          }
          v128.store(o, s0, 0);
          v128.store(o, s1, 16);
          v128.store(p, t0, 0);
          v128.store(p, t1, 16);
          o = p + step;
        }
      }
      for (; c < nj; ++c) {
        let b = first + <usize>c * column, s = v128.load(o, 0);
        if (wide) {
          let t = v128.load(o, 16);
          for (let e = k; e < stop; e += 4) {
            let y = (<usize>x << 3) + <usize>(load<i32>(e) * ni) * step + (<usize>h << 3);
            let ds = f64x2.splat(0), dt = ds;
            for (let r: usize = 0; r < column; r += 8) {
              const f = v128.load_splat<f64>(b + r);
              ds = f64x2.add(ds, f64x2.mul(f, v128.load(y, 0)));
              dt = f64x2.add(dt, f64x2.mul(f, v128.load(y, 16)));
              y += step;
            }
            s = f64x2.add(s, ds);
            t = f64x2.add(t, dt);
            b += size;
          }
          v128.store(o, t, 16);
        } else {
          for (let e = k; e < stop; e += 4) {
            let y = (<usize>x << 3) + <usize>(load<i32>(e) * ni) * step + (<usize>h << 3);
            let ds = f64x2.splat(0);
            for (let r: usize = 0; r < column; r += 8) {
              ds = f64x2.add(ds, f64x2.mul(v128.load_splat<f64>(b + r), v128.load(y, 0)));
              y += step;
            }
            s = f64x2.add(s, ds);
            b += size;
          }
        }
        v128.store(o, s, 0);
        o += step;
      }
      first += <usize>((stop - k) >> 2) * size;
      k = stop;
    }
  }
}

/**
 * Puts A B C for every block B into `values`: column c of block k of level l goes to columns[l nj + c] + nj - c + below[k]. A (ni rows, padded to an
 * even number, by ni) and C (nj by nj) are column-major; `scratch` has room for a padded column. Loads up to one double past a
 * block.
 */
export function scaleBlocks(
  starts: u32, nl: i32, blocks: u32, ni: i32, nj: i32, A: u32, C: u32, columns: u32, below: u32, values: u32, scratch: u32,
): void {
  const column = <usize>ni << 3, padded = (column + 15) & ~15, size = <usize>nj * column;
  const w = <usize>scratch << 3, firstA = <usize>A << 3;
  let b = <usize>blocks << 3;
  let place = <usize>columns << 2;
  let k = 0;
  for (let l = 0; l < nl; ++l) {
    const stop = load<i32>((<usize>starts + l + 1) << 2);
    for (; k < stop; ++k) {
      const under = load<i32>((<usize>below + k) << 2) + nj;
      let f = <usize>C << 3;
      for (let c = 0; c < nj; ++c) {
        let r: usize = 0;
        for (; r + 16 < column; r += 32) {
          let s = f64x2.splat(0), t = s;
          const end = b + r + size;
          let g = f;
          for (let a = b + r; a < end; a += column) {
            const v = v128.load_splat<f64>(g);
            s = f64x2.add(s, f64x2.mul(v128.load(a, 0), v));
            t = f64x2.add(t, f64x2.mul(v128.load(a, 16), v));
            g += 8;
          }
          v128.store(w + r, s, 0);
          v128.store(w + r, t, 16);
        }
        for (; r < column; r += 16) {
          let s = f64x2.splat(0);
          const end = b + r + size;
          let g = f;
          for (let a = b + r; a < end; a += column) {
            s = f64x2.add(s, f64x2.mul(v128.load(a), v128.load_splat<f64>(g)));
            g += 8;
          }
          v128.store(w + r, s);
        }
        f += <usize>nj << 3;
        const to = (<usize>values + load<i32>(place + (<usize>c << 2)) + under - c) << 3;
        r = 0;
        for (; r + 32 <= column; r += 32) {
          let s = f64x2.splat(0), t = s, a = firstA + r;
          for (let d: usize = 0; d < column; d += 8) {
            const v = v128.load_splat<f64>(w + d);
            s = f64x2.add(s, f64x2.mul(v128.load(a, 0), v));
            t = f64x2.add(t, f64x2.mul(v128.load(a, 16), v));
            a += padded;
          }
          v128.store(to + r, s, 0);
          v128.store(to + r, t, 16);
        }
        for (; r < column; r += 16) {
          let s = f64x2.splat(0);
          let a = firstA + r;
          for (let d: usize = 0; d < column; d += 8) {
            s = f64x2.add(s, f64x2.mul(v128.load(a), v128.load_splat<f64>(w + d)));
            a += padded;
          }
          if (r + 16 <= column) v128.store(to + r, s);
          else store<f64>(to + r, f64x2.extract_lane(s, 0));
        }
      }
      b += size;
    }
    place += <usize>nj << 2;
  }
}
