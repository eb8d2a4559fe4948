/** Rows at a time: a function that is called often is compiled well early on. */
const STRETCH = 1024;

/** Whether all values are the same number. */
export function isConstant(x: Float64Array): boolean {
  for (let start = 0; start < x.length; start += STRETCH) {
    if (!isSameFrom(x, x[0], start, Math.min(x.length, start + STRETCH))) return false;
  }
  return true;
}

function isSameFrom(x: Float64Array, value: number, start: number, end: number): boolean {
  for (let i = start; i < end; i++) if (x[i] !== value) return false;
  return true;
}
