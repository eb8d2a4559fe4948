const buffer = new DataView(new ArrayBuffer(8));

/**
 * Natural logarithm of a positive number from additions, multiplications and divisions alone, so that every machine gives the
 * same bits (Math.log may differ in the last one). Error below 2 units in the last place.
 *
 * log(2^k m) = k log 2 + 2 atanh(s), s = (m - 1) / (m + 1), m in [sqrt(1/2), sqrt(2)); the series of atanh to s^21.
 */
export function deterministicLog(x: number): number {
  // Subnormal numbers have no exponent of their own.
  if (x < 2.2250738585072014e-308) return deterministicLog(x * 2 ** 54) - 54 * Math.LN2;
  buffer.setFloat64(0, x);
  const high = buffer.getUint32(0);
  let k = (high >>> 20) - 1023;
  buffer.setUint32(0, (high & 0x000fffff) | 0x3ff00000);
  let m = buffer.getFloat64(0);
  if (m > Math.SQRT2) {
    m /= 2;
    k++;
  }
  const s = (m - 1) / (m + 1);
  const z = s * s;
  let series = 1 / 21;
  for (let d = 19; d >= 1; d -= 2) series = series * z + 1 / d;
  return k * Math.LN2 + 2 * s * series;
}
