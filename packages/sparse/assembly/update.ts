import { nmadd } from './tiles';

/** map[rows[i]] = i for the real rows of a panel (padding rows are -1). Indices of 32-bit integers. */
export function setMap(rows: u32, count: i32, map: u32): void {
  const r = <usize>rows << 2, m = <usize>map << 2;
  for (let i = 0; i < count; ++i) {
    const row = load<i32>(r + (<usize>i << 2));
    if (row >= 0) store<i32>(m + (<usize>row << 2), i);
  }
}

/**
 * offsets[i - first] = index of the double where row rows[i] begins in the target panel, for first <= i < count, or
 * `nowhere` for rows before `from` and padding.
 */
export function rowOffsets(
  first: i32, from: i32, count: i32, rows: usize, map: usize, target: u32, width: i32, nowhere: u32, offsets: usize,
): void {
  for (let i = first; i < count; ++i) {
    const row = load<i32>(rows + (<usize>i << 2));
    let offset = nowhere;
    if (i >= from && row >= 0) {
      const place = load<i32>(map + (<usize>row << 2));
      offset = target + (place >> 2) * (width << 2) + (place & 3);
    }
    store<u32>(offsets + (<usize>(i - first) << 2), offset);
  }
}

// @ts-ignore: decorator
@inline
function addTo(address: usize, value: f64): void {
  store<f64>(address, load<f64>(address) + value);
}

/** One column of a tile (minus the product, four rows in x and y) into the target at its four row addresses. */
// @ts-ignore: decorator
@inline
function scatterColumn(
  x: v128, y: v128, i: i32, rows: usize, map: usize, o0: usize, o1: usize, o2: usize, o3: usize, adjacent: bool,
): void {
  const column = <usize>load<i32>(map + (<usize>load<i32>(rows + (<usize>i << 2)) << 2)) << 5;
  if (adjacent) {
    const t = o0 + column;
    v128.store(t, f64x2.add(v128.load(t, 0), x), 0);
    v128.store(t, f64x2.add(v128.load(t, 16), y), 16);
  } else {
    addTo(o0 + column, f64x2.extract_lane(x, 0));
    addTo(o1 + column, f64x2.extract_lane(x, 1));
    addTo(o2 + column, f64x2.extract_lane(y, 0));
    addTo(o3 + column, f64x2.extract_lane(y, 1));
  }
}

/**
 * Subtracts from the target panel what a factored panel (K columns at `source`, `count` rows listed at `rows`) contributes:
 * its rows from .. to - 1 are columns of the target, its rows from .. count - 1 rows of the target; `map` gives the
 * target's place of a row. Doubles: source, target, trash. 32-bit integers: rows, map, offsets (room for count).
 */
export function updateTarget(
  source: u32, K: i32, from: i32, to: i32, count: i32, rows: u32, map: u32, target: u32, width: i32, trash: u32,
  offsets: u32,
): void {
  const rowAt = <usize>rows << 2, mapAt = <usize>map << 2, offsetAt = <usize>offsets << 2;
  const first = from & ~3, strip = <usize>K << 5;
  rowOffsets(first, from, count, rowAt, mapAt, target, width, trash, offsetAt);
  const base = (<usize>source << 3) + <usize>(first >> 2) * strip;
  for (let R = first; R < count; R += 4) {
    const row = base + <usize>((R - first) >> 2) * strip, o = offsetAt + (<usize>(R - first) << 2);
    const p0 = load<u32>(o, 0), p1 = load<u32>(o, 4), p2 = load<u32>(o, 8), p3 = load<u32>(o, 12);
    const o0 = <usize>p0 << 3, o1 = <usize>p1 << 3, o2 = <usize>p2 << 3, o3 = <usize>p3 << 3;
    const adjacent = p1 == p0 + 1 && p2 == p0 + 2 && p3 == p0 + 3;
    const last = min(R + 4, to), end = row + strip;
    for (let J = first; J < last; J += 4) {
      let a = row, b = base + <usize>((J - first) >> 2) * strip;
      let c0 = f64x2.splat(0), c1 = c0, c2 = c0, c3 = c0, c4 = c0, c5 = c0, c6 = c0, c7 = c0;
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
      // One column after another, the next ones moving up.
      for (let c = J; c < min(J + 4, to); ++c) {
        if (c >= from) scatterColumn(c0, c1, c, rowAt, mapAt, o0, o1, o2, o3, adjacent);
        c0 = c2;
        c1 = c3;
        c2 = c4;
        c3 = c5;
        c4 = c6;
        c5 = c7;
      }
    }
  }
}
