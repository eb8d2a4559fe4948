/** Rows are worked on in blocks of this size: a block of a few columns stays in the first-level cache. */
export const ROW_BLOCK = 512;

/** Calls `visit(start, count)` for consecutive blocks of rows. */
export function forEachRowBlock(n: number, visit: (start: number, count: number) => void): void {
  for (let start = 0; start < n; start += ROW_BLOCK) visit(start, Math.min(ROW_BLOCK, n - start));
}

/** out[i] = scale[start + i] * x[start + i] for a block; `scale` null means 1. */
export function weightedBlockInto(
  x: Float64Array,
  scale: Float64Array | null,
  start: number,
  count: number,
  out: Float64Array,
): void {
  if (scale) for (let i = 0; i < count; i++) out[i] = x[start + i] * scale[start + i];
  else for (let i = 0; i < count; i++) out[i] = x[start + i];
}

/** out = W^1/2 (y - offset) on a block of rows. */
export function responseBlockInto(
  y: Float64Array,
  offset: Float64Array | null,
  sqrtWeights: Float64Array | null,
  start: number,
  count: number,
  out: Float64Array,
): void {
  weightedBlockInto(y, null, start, count, out);
  if (offset) for (let i = 0; i < count; i++) out[i] -= offset[start + i];
  if (sqrtWeights) for (let i = 0; i < count; i++) out[i] *= sqrtWeights[start + i];
}
