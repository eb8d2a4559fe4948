/** Powers of ten that are doubles exactly. */
const POWER = Float64Array.from({ length: 23 }, (_, k) => Number(`1e${k}`));

/** Whole numbers below this are doubles exactly. */
const EXACT = 2 ** 53;

/** Splits a double into halves of 26 bits (Dekker 1971). */
const SPLITTER = 2 ** 27 + 1;

/**
 * The double nearest to the plain decimal number in bytes start..end-1 (sign, digits, point, exponent; surrounding blanks); undefined where
 * the text is something else, or so long or so far from one that the caller must take a slower road.
 *
 * Up to 19 digits and 10^22: a whole number and a power of ten, both exact, are multiplied or divided. When the digits fit into 53 bits one
 * operation rounds once (Clinger 1990); otherwise both halves of the digits are carried through, and the result is used where an error
 * bound shows that it rounds the same way.
 */
export function parseDecimal(bytes: Uint8Array, start: number, end: number): number | undefined {
  let at = start;
  let stop = end;
  while (at < stop && bytes[at] === 32) at++;
  while (at < stop && bytes[stop - 1] === 32) stop--;
  let c = bytes[at]!;
  const negative = c === 45;
  if (negative || c === 43) at++;
  // The first 15 digits, then up to four more.
  let high = 0;
  let low = 0;
  let digits = 0;
  let more = 0;
  let point = -1;
  let some = false;
  for (; at < stop; at++) {
    c = bytes[at]! - 48;
    if (c >= 0 && c <= 9) {
      some = true;
      if (digits === 0 && c === 0) {
        if (point >= 0) point++;
        continue;
      }
      if (digits < 15) {
        high = high * 10 + c;
        digits++;
      } else if (more < 4) {
        low = low * 10 + c;
        more++;
      } else return undefined;
      if (point >= 0) point++;
    } else if (c === -2 && point < 0) point = 0;
    else break;
  }
  if (!some) return undefined;
  let exponent = point > 0 ? -point : 0;
  if (at < stop) {
    if (c !== 53 && c !== 21) return undefined; // e or E, less 48
    at++;
    const sign = bytes[at];
    if (sign === 45 || sign === 43) at++;
    if (at >= stop || stop - at > 3) return undefined;
    let e = 0;
    for (; at < stop; at++) {
      c = bytes[at]! - 48;
      if (c < 0 || c > 9) return undefined;
      e = e * 10 + c;
    }
    exponent += sign === 45 ? -e : e;
  }
  if (digits === 0) return negative ? -0 : 0;
  if (exponent < -22 || exponent > 22) return undefined;
  const whole = high * POWER[more]! + low;
  let value: number;
  if (more === 0 || whole < EXACT) value = exponent < 0 ? whole / POWER[-exponent]! : whole * POWER[exponent]!;
  else if (exponent <= 0) {
    const quotient = longQuotient(high, POWER[more]!, low, POWER[-exponent]!);
    if (quotient === undefined) return undefined;
    value = quotient;
  } else return undefined;
  return negative ? -value : value;
}

/** (high scale + low) / divisor rounded once; undefined where the error bound leaves two candidates. */
function longQuotient(high: number, scale: number, low: number, divisor: number): number | undefined {
  // head + tail = high scale + low exactly: high scale has at most 64 bits.
  const product = high * scale;
  const head = product + low;
  const tail = productError(high, scale, product) + (low - (head - product));
  const first = head / divisor;
  const back = first * divisor;
  const second = (head - back - productError(first, divisor, back) + tail) / divisor;
  const value = first + second;
  // The two parts together are off by less than 2^-100 of the value: far less than this share of the second one's bound.
  const slack = Math.abs(second) * 2 ** -40 + Math.abs(first) * 2 ** -95;
  return first + (second + slack) === value && first + (second - slack) === value ? value : undefined;
}

/** a b - product exactly, where product is a b rounded. */
function productError(a: number, b: number, product: number): number {
  const p = SPLITTER * a;
  const ah = p - (p - a);
  const al = a - ah;
  const q = SPLITTER * b;
  const bh = q - (q - b);
  const bl = b - bh;
  return al * bl - (product - ah * bh - al * bh - ah * bl);
}
