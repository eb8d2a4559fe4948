import { ROW_BLOCK } from './row-blocks.js';

/**
 * Adds the upper triangle of B'B to `out` (width by width, column-major), for a block of rows stored by columns, each of
 * {@link ROW_BLOCK} places of which `count` are used. Tiles of 4 by 2 columns keep eight sums in registers; 2 flops for each entry of the
 * triangle and row. Sums by blocks keep the rounding error small.
 */
export function addGram(B: Float64Array, width: number, count: number, out: Float64Array): void {
  for (let c = 0; c < width; c += 2) {
    const two = c + 1 < width;
    const c0 = c * ROW_BLOCK;
    const c1 = two ? c0 + ROW_BLOCK : c0;
    let r = 0;
    for (; r + 4 <= c + 2 && two && r + 4 <= width; r += 4) addTile(B, r * ROW_BLOCK, c0, count, width, r, c, out);
    for (; r <= c + 1 && r < width; r++) {
      const r0 = r * ROW_BLOCK;
      let s = 0;
      let t = 0;
      for (let i = 0; i < count; i++) {
        const v = B[r0 + i];
        s += v * B[c0 + i];
        t += v * B[c1 + i];
      }
      if (r <= c) out[c * width + r] += s;
      if (two) out[(c + 1) * width + r] += t;
    }
  }
}

/** Rows r..r+3 by columns c, c+1 of the triangle. Entries below the diagonal, if the tile has any, are written and never read. */
function addTile(
  B: Float64Array,
  r0: number,
  c0: number,
  count: number,
  width: number,
  r: number,
  c: number,
  out: Float64Array,
): void {
  const r1 = r0 + ROW_BLOCK;
  const r2 = r1 + ROW_BLOCK;
  const r3 = r2 + ROW_BLOCK;
  const c1 = c0 + ROW_BLOCK;
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  let t0 = 0;
  let t1 = 0;
  let t2 = 0;
  let t3 = 0;
  for (let i = 0; i < count; i++) {
    const x = B[c0 + i];
    const y = B[c1 + i];
    const v0 = B[r0 + i];
    s0 += v0 * x;
    t0 += v0 * y;
    const v1 = B[r1 + i];
    s1 += v1 * x;
    t1 += v1 * y;
    const v2 = B[r2 + i];
    s2 += v2 * x;
    t2 += v2 * y;
    const v3 = B[r3 + i];
    s3 += v3 * x;
    t3 += v3 * y;
  }
  const a = c * width + r;
  out[a] += s0;
  out[a + 1] += s1;
  out[a + 2] += s2;
  out[a + 3] += s3;
  const b = a + width;
  out[b] += t0;
  out[b + 1] += t1;
  out[b + 2] += t2;
  out[b + 3] += t3;
}
