/**
 * Deterministic random numbers for the benchmark data: the splitmix32 generator and Marsaglia's polar method. The same on every machine.
 */
export function generator(seed) {
  let state = seed >>> 0;
  const word = () => {
    state = (state + 0x9e3779b9) >>> 0;
    let z = state;
    z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    return (z ^ (z >>> 15)) >>> 0;
  };
  const uniform = () => (word() * 2097152 + (word() >>> 11)) / 9007199254740992;
  let spare = null;
  const normal = () => {
    if (spare !== null) {
      const v = spare;
      spare = null;
      return v;
    }
    for (;;) {
      const x = 2 * uniform() - 1;
      const y = 2 * uniform() - 1;
      const s = x * x + y * y;
      if (s === 0 || s >= 1) continue;
      const f = Math.sqrt((-2 * Math.log(s)) / s);
      spare = y * f;
      return x * f;
    }
  };
  return { uniform, normal, below: (n) => Math.floor(uniform() * n) };
}

/** Draws 0..weights.length-1 with probabilities in proportion to the weights. */
export function weightedDraw(weights, random) {
  const cumulative = new Float64Array(weights.length);
  let total = 0;
  weights.forEach((w, i) => (cumulative[i] = total += w));
  return () => {
    const at = random.uniform() * total;
    let low = 0;
    let high = weights.length - 1;
    while (low < high) {
      const mid = (low + high) >> 1;
      if (cumulative[mid] > at) high = mid;
      else low = mid + 1;
    }
    return low;
  };
}

/** `count` vectors from N(0, C C'), C given by the rows of a lower triangle. */
export const effects = (random, count, C) =>
  Array.from({ length: count }, () => {
    const z = C.map(() => random.normal());
    return C.map((row) => row.reduce((s, v, j) => s + v * z[j], 0));
  });
