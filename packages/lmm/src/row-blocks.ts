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
