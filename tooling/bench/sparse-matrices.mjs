// Matrices for the sparse benchmarks, all deterministic: crossed factors as mixed models make them, grids, random.
import { readTable } from '../golden/index.mjs';
import { crossProductLower, tripletsToCsc } from '../../packages/sparse/dist/index.js';

/** sfc32 generator with normal deviates. */
export function generator(seed) {
  let [a, b, c, d] = [0x9e3779b9 | 0, 0x243f6a88 | 0, seed | 0, 1];
  const next = () => {
    const t = (((a + b) | 0) + d) | 0;
    d = (d + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + t) | 0;
    return t >>> 0;
  };
  for (let i = 0; i < 20; i++) next();
  const uniform = () => (next() + 0.5) / 4294967296;
  const normal = () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
  return { uniform, normal, below: (n) => Math.floor(uniform() * n) };
}

/** Draws 0 .. weights.length - 1 in proportion to the weights. */
function sampler(weights, random) {
  const sums = new Float64Array(weights.length);
  let total = 0;
  weights.forEach((w, i) => {
    sums[i] = total += w;
  });
  return () => {
    const t = random.uniform() * total;
    let [low, high] = [0, weights.length - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (sums[middle] > t) high = middle;
      else low = middle + 1;
    }
    return low;
  };
}

/** Z'Z (lower triangle) of grouping factors given as level numbers; with a covariate, an intercept and slope per level. */
function groupedCrossProduct(factors, covariate) {
  const [rows, cols, values] = [[], [], []];
  const k = covariate ? 2 : 1;
  const n = factors[0].length;
  let offset = 0;
  for (const codes of factors) {
    let levels = 0;
    for (let i = 0; i < n; i++) {
      levels = Math.max(levels, codes[i] + 1);
      for (let e = 0; e < k; e++) {
        rows.push(offset + k * codes[i] + e);
        cols.push(i);
        values.push(e === 0 ? 1 : covariate[i]);
      }
    }
    offset += k * levels;
  }
  return crossProductLower(tripletsToCsc({ nrow: offset, ncol: n, rows, cols, values }));
}

/** Lower triangle of the Laplacian of a grid. */
export function grid(sides) {
  const n = sides.reduce((a, b) => a * b, 1);
  const [rows, cols, values] = [[], [], []];
  for (let i = 0; i < n; i++) {
    rows.push(i);
    cols.push(i);
    values.push(2 * sides.length);
    let stride = 1;
    for (const side of sides) {
      if (Math.floor(i / stride) % side < side - 1) {
        rows.push(i + stride);
        cols.push(i);
        values.push(-1);
      }
      stride *= side;
    }
  }
  return tripletsToCsc({ nrow: n, ncol: n, rows, cols, values });
}

function insteval() {
  const { columns } = readTable('InstEval');
  const codes = ['s', 'd', 'dept'].map((name) => {
    const levels = new Map();
    return columns[name].map((v) => {
      if (!levels.has(v)) levels.set(v, levels.size);
      return levels.get(v);
    });
  });
  return groupedCrossProduct(codes);
}

/** A million ratings of 3706 items by 6040 users, popularity skewed, no pair twice. */
function ratings() {
  const random = generator(5);
  const [users, items, n] = [6040, 3706, 1_000_000];
  const user = sampler(
    Array.from({ length: users }, () => Math.exp(random.normal()) + 0.1),
    random,
  );
  const item = sampler(
    Array.from({ length: items }, () => Math.exp(1.5 * random.normal()) + 0.02),
    random,
  );
  const seen = new Uint8Array(users * items);
  const [u, i] = [new Int32Array(n), new Int32Array(n)];
  for (let k = 0; k < n; k++) {
    do {
      u[k] = k < users ? k : user();
      i[k] = item();
    } while (seen[u[k] * items + i[k]]);
    seen[u[k] * items + i[k]] = 1;
  }
  return groupedCrossProduct([u, i]);
}

/** Three crossed factors with an intercept and a slope each. */
function threeFactors() {
  const random = generator(6);
  const n = 130_000;
  const draw = [
    [3000, 0.7],
    [1150, 0.7],
    [350, 0.5],
  ].map(([levels, spread]) =>
    sampler(
      Array.from({ length: levels }, () => Math.exp(spread * random.normal())),
      random,
    ),
  );
  const codes = draw.map(() => new Int32Array(n));
  const covariate = new Float64Array(n);
  for (let k = 0; k < n; k++) {
    draw.forEach((next, f) => {
      codes[f][k] = next();
    });
    covariate[k] = random.normal();
  }
  return groupedCrossProduct(codes, covariate);
}

function randomCrossProduct() {
  const random = generator(3);
  const [n, m] = [4000, 8000];
  const [rows, cols, values] = [[], [], []];
  for (let k = 0; k < m; k++) {
    rows.push(random.below(n));
    cols.push(random.below(n));
    values.push(0.3 * random.normal());
  }
  return crossProductLower(tripletsToCsc({ nrow: n, ncol: n, rows, cols, values }));
}

/** name -> { make, beta }: the matrix factorised is make() + beta I. */
export const matrices = {
  insteval: { make: insteval, beta: 1 },
  'grid2d-100': { make: () => grid([100, 100]), beta: 0 },
  'grid2d-300': { make: () => grid([300, 300]), beta: 0 },
  'grid3d-30': { make: () => grid([30, 30, 30]), beta: 0 },
  'random-4000': { make: randomCrossProduct, beta: 1 },
  'three-factors': { make: threeFactors, beta: 1 },
  ratings: { make: ratings, beta: 1 },
};
