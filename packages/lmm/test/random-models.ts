import { diagonal, scalar, unstructured } from '@blup/covariance';
import fc from 'fast-check';
import type { ModelMatricesInput, RandomEffectsTerm } from '../src/index.js';

/** A deterministic stream of numbers in (0, 1) from an integer seed (mulberry32). */
export function uniform(seed: number): () => number {
  let s = seed >>> 0;
  return () => {
    s = (s + 0x6d2b79f5) >>> 0;
    let t = Math.imul(s ^ (s >>> 15), 1 | s);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return (((t ^ (t >>> 14)) >>> 0) + 0.5) / 4294967296;
  };
}

/** Standard normal numbers from uniform ones (Box and Muller). */
export function normal(random: () => number): () => number {
  return () => Math.sqrt(-2 * Math.log(random())) * Math.cos(2 * Math.PI * random());
}

export interface ModelShape {
  seed: number;
  n: number;
  p: number;
  /** Levels and columns of each term; `nested` terms subdivide the first one. */
  terms: { nl: number; nc: number; diagonal: boolean; nested: boolean }[];
  weighted: boolean;
  offset: boolean;
}

export const modelShapes: fc.Arbitrary<ModelShape> = fc.record({
  seed: fc.integer({ min: 1, max: 1_000_000 }),
  n: fc.integer({ min: 24, max: 48 }),
  p: fc.integer({ min: 0, max: 3 }),
  terms: fc.array(
    fc.record({
      nl: fc.integer({ min: 2, max: 6 }),
      nc: fc.integer({ min: 1, max: 3 }),
      diagonal: fc.boolean(),
      nested: fc.boolean(),
    }),
    { minLength: 1, maxLength: 3 },
  ),
  weighted: fc.boolean(),
  offset: fc.boolean(),
});

/** An unbalanced model of a shape: crossed, nested and partially crossed terms of any number of columns, with every level occupied. */
export function modelOf(shape: ModelShape): ModelMatricesInput {
  const { n, p } = shape;
  const random = uniform(shape.seed);
  const gauss = normal(random);
  const column = (k: number) =>
    k === 0 ? new Float64Array(n).fill(1) : Float64Array.from({ length: n }, () => gauss());
  const terms: RandomEffectsTerm[] = [];
  shape.terms.forEach((t, k) => {
    let levelIdx = Int32Array.from({ length: n }, (_, i) => (i < t.nl ? i : Math.floor(random() * t.nl)));
    let nl = t.nl;
    if (t.nested && k > 0) {
      const outer = terms[0];
      const codes = new Map<number, number>();
      levelIdx = levelIdx.map((v, i) => {
        const key = outer.levelIdx[i] * t.nl + v;
        if (!codes.has(key)) codes.set(key, codes.size);
        return codes.get(key)!;
      });
      nl = codes.size;
    }
    terms.push({
      group: `g${k}`,
      names: Array.from({ length: t.nc }, (_, c) => `z${c}`),
      columns: Array.from({ length: t.nc }, (_, c) => column(c)),
      levels: Array.from({ length: nl }, (_, l) => `l${l}`),
      levelIdx,
      structure: t.nc === 1 ? scalar() : t.diagonal ? diagonal(t.nc) : unstructured(t.nc),
    });
  });
  const X = Array.from({ length: p }, (_, k) => column(k));
  const y = Float64Array.from({ length: n }, (_, i) => {
    let v = 2 * gauss();
    for (let k = 0; k < p; k++) v += (k + 1) * X[k][i];
    for (const t of terms) v += Math.sin(3 * t.levelIdx[i] + 1) * t.columns[0][i];
    return v;
  });
  return {
    y,
    X: { names: X.map((_, k) => `x${k}`), columns: X },
    terms,
    weights: shape.weighted ? Float64Array.from({ length: n }, () => 0.3 + 2 * random()) : null,
    offset: shape.offset ? Float64Array.from({ length: n }, () => 5 * gauss()) : null,
  };
}
