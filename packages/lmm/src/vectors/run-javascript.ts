import { FACTOR_TAKEN_OUT, RELATIVE } from './vector-program.js';

/** Runs the instructions code[at] to code[end - 1] on `m`: the same operations in the same order as in WebAssembly, hence the same bits. */
export function runInJavaScript(m: Float64Array, code: Int32Array, at: number, end: number, stretch: number): void {
  const shift = stretch - RELATIVE;
  const placeOf = (place: number) => (place >= RELATIVE ? place + shift : place);
  for (let pc = at; pc < end; pc += 6) {
    const z = placeOf(code[pc + 1]);
    const x = placeOf(code[pc + 2]);
    const y = placeOf(code[pc + 3]);
    const n = code[pc + 4];
    switch (code[pc]) {
      case 0:
        for (let i = 0; i < n; i++) m[z + i] = m[x + i];
        break;
      case 1: {
        const f = m[y];
        for (let i = 0; i < n; i++) m[z + i] = f * m[x + i];
        break;
      }
      case 2: {
        const f = m[y];
        if (f !== 0) for (let i = 0; i < n; i++) m[z + i] += f * m[x + i];
        break;
      }
      case 3: {
        const f = m[y];
        for (let i = 0; i < n; i++) m[z + i] -= f * m[x + i];
        break;
      }
      case 4:
        for (let i = 0; i < n; i++) m[z + i] = m[x + i] * m[y + i];
        break;
      case 5:
        for (let i = 0; i < n; i++) m[z + i] -= m[x + i] * m[y + i];
        break;
      case 6:
        for (let i = 0; i < n; i++) {
          const root = Math.sqrt(m[x + i]);
          m[z + i] = root;
          m[y + i] = 1 / root;
        }
        break;
      case 7:
        m[z] += dot(m, x, y, n);
        break;
      case 9: {
        const f = m[y];
        const g = m[y + 1];
        const w = placeOf(code[pc + 5]);
        if (g === 0) for (let i = 0; i < n; i++) m[z + i] = f * m[x + i];
        else for (let i = 0; i < n; i++) m[z + i] = f * m[x + i] + g * m[w + i];
        break;
      }
      default:
        multiplyUp(m, z, x, n);
    }
  }
}

/** Summed as two vectors of two do it. */
function dot(m: Float64Array, x: number, y: number, n: number): number {
  let s0 = 0;
  let s1 = 0;
  let t0 = 0;
  let t1 = 0;
  for (let i = 0; i < n; i += 4) {
    s0 += m[x + i] * m[y + i];
    s1 += m[x + i + 1] * m[y + i + 1];
    t0 += m[x + i + 2] * m[y + i + 2];
    t1 += m[x + i + 3] * m[y + i + 3];
  }
  return s0 + t0 + (s1 + t1);
}

/** Even entries and odd ones: two products side by side. */
function multiplyUp(m: Float64Array, z: number, x: number, n: number): void {
  let even = m[z];
  let odd = 1;
  let count = m[z + 1];
  for (let i = 0; i < n; i += 2) {
    even *= m[x + i];
    odd *= m[x + i + 1];
    if (even > FACTOR_TAKEN_OUT) {
      even /= FACTOR_TAKEN_OUT;
      count++;
    }
    if (odd > FACTOR_TAKEN_OUT) {
      odd /= FACTOR_TAKEN_OUT;
      count++;
    }
  }
  let both = even * odd;
  if (both > FACTOR_TAKEN_OUT) {
    both /= FACTOR_TAKEN_OUT;
    count++;
  }
  m[z] = both;
  m[z + 1] = count;
}
