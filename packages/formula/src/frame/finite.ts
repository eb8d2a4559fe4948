/** Whether all values are finite: v - v is 0 for finite numbers, else NaN. Four chains of sums, so that memory sets the pace. */
export function allFinite(values: Float64Array): boolean {
  const n = values.length;
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  let i = 0;
  for (; i + 3 < n; i += 4) {
    const v = values[i]!;
    const w = values[i + 1]!;
    const x = values[i + 2]!;
    const y = values[i + 3]!;
    a += v - v;
    b += w - w;
    c += x - x;
    d += y - y;
  }
  for (; i < n; i++) a += values[i]! - values[i]!;
  return a + b + c + d === 0;
}
