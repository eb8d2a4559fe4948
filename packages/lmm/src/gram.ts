import { ROW_BLOCK } from './row-blocks.js';

/**
 * Adds the upper triangle of B'B to `out` (width by width, column-major), for a block of rows stored by columns, each of
 * {@link ROW_BLOCK} places of which `count` are used. Tiles of 4 by 2 columns keep eight sums in registers; 2 flops for each entry of the
 * triangle and row. Sums by blocks keep the rounding error small.
 */
export function addGram(B: Float64Array, width: number, count: number, out: Float64Array): void {
  for (let c = 0; c < width; c += 2) {
    const c0 = c * ROW_BLOCK;
    const second = c + 1 < width;
    const tiles = second ? (c + 2) >> 2 : 0;
    for (let k = 0; k < tiles; k++) addTile(B, 4 * k * ROW_BLOCK, c0, count, width, 4 * k, c, out);
    for (let r = 4 * tiles; r <= c; r++) out[c * width + r] += dotColumns(B, r, c, count);
    if (second) for (let r = 4 * tiles; r <= c + 1; r++) out[(c + 1) * width + r] += dotColumns(B, r, c + 1, count);
  }
}

function dotColumns(B: Float64Array, r: number, c: number, count: number): number {
  const a = r * ROW_BLOCK;
  const b = c * ROW_BLOCK;
  let s = 0;
  for (let i = 0; i < count; i++) s += B[a + i] * B[b + i];
  return s;
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
