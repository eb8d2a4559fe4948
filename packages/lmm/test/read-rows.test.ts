import { composite, scalar, unstructured } from '@blup/covariance';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { accumulateCrossProducts, findBases, type Bases } from '../src/accumulate.js';
import { solveUpperInPlace } from '../src/dense.js';
import type { CrossProducts } from '../src/cross-products.js';
import type { ModelMatrices, RandomEffectsTerm } from '../src/model-matrices.js';
import { leastSquaresOf } from '../src/one-factor/levelwise-least-squares.js';
import { penalizedLeastSquares } from '../src/penalized-least-squares.js';
import { profiledObjective } from '../src/profiled-objective.js';
import { rowProducts } from '../src/products/row-products.js';
import { PACKED_ROWS, packedAt, productAt } from '../src/products/column-products.js';
import { readRows, readRowsOnce } from '../src/read-rows.js';
import { normal, uniform } from './random-models.js';

interface Shape {
  seed?: number;
  n?: number;
  p?: number;
  /** Whether the first column of X is one. */
  constant?: boolean;
  /** Columns of Z by term: 0 is the intercept, j a column of X, -1 a column that X lacks. */
  terms?: number[][];
  weighted?: boolean;
  offset?: boolean;
  /** Added to every column of X but the intercept, and to y. */
  shift?: number;
  /** Times which X's part of y is larger than noise. */
  signal?: number;
}

function modelOf({
  seed = 1,
  n = 600,
  p = 3,
  constant = true,
  terms = [[0, 1]],
  weighted = false,
  offset = false,
  shift = 0,
  signal = 1,
}: Shape): ModelMatrices {
  const random = uniform(seed);
  const gauss = normal(random);
  const ones = new Float64Array(n).fill(1);
  const column = () => Float64Array.from({ length: n }, () => 3 * gauss() + shift);
  const columns = Array.from({ length: p }, (_, j) => (j === 0 && constant ? ones : column()));
  const made = terms.map((which, t): RandomEffectsTerm => {
    const nl = 7 + 12 * t;
    const nc = which.length;
    return {
      group: `g${t}`,
      names: which.map(String),
      columns: which.map((j) => (j === 0 ? ones : j < 0 ? column() : columns[j]!)),
      levels: Array.from({ length: nl }, (_, l) => `${l}`),
      // Unbalanced: later levels have fewer rows.
      levelIdx: Int32Array.from({ length: n }, (_, i) => (i < nl ? i : Math.floor(nl * random() ** 2))),
      structure: nc === 1 ? scalar() : unstructured(nc),
    };
  });
  const y = Float64Array.from({ length: n }, (_, i) => {
    const x = columns.reduce((s, c, j) => s + (c[i]! - (j > 0 ? shift : 0)) * Math.sin(j + 1), 0);
    return shift + signal * x + gauss() + made.reduce((s, t) => s + Math.cos(t.levelIdx[i]!), 0);
  });
  return {
    responseName: 'y',
    y,
    X: { names: columns.map((_, j) => `x${j}`), columns },
    terms: made,
    weights: weighted ? Float64Array.from({ length: n }, () => 0.2 + random()) : null,
    offset: offset ? Float64Array.from({ length: n }, () => gauss()) : null,
  };
}

/** The same products row by row, from the bases alone. */
function byRows(m: ModelMatrices, { fixed, terms: bases }: Bases): CrossProducts {
  return accumulateCrossProducts(m, { fixed: { ...fixed, gram: null }, terms: bases });
}

/** Largest difference of two arrays, over the largest number of the second. */
function distance(a: ArrayLike<number>, b: ArrayLike<number>, unit = 0): number {
  expect(a.length).toBe(b.length);
  let most = 0;
  let size = unit;
  for (let i = 0; i < b.length; i++) {
    most = Math.max(most, Math.abs(a[i]! - b[i]!));
    size = Math.max(size, Math.abs(b[i]!));
  }
  return size === 0 ? most : most / size;
}

/** Least-squares coefficients by the columns of X. */
function coefficients({ fixed: { R, c } }: Bases): Float64Array {
  const beta = c.slice();
  solveUpperInPlace(R, beta.length, beta);
  return beta;
}

function expectSame(a: CrossProducts, b: CrossProducts, tolerance: number): void {
  expect(Math.abs(a.yty / b.yty - 1)).toBeLessThan(tolerance);
  expect(distance(a.XtX, b.XtX)).toBeLessThan(tolerance);
  expect(distance(a.ZtX, b.ZtX)).toBeLessThan(tolerance);
  expect(distance(a.Zty, b.Zty)).toBeLessThan(tolerance);
  // Q1'y~ is nothing but rounding: by the length of y~.
  expect(distance(a.Xty, b.Xty, Math.sqrt(b.yty))).toBeLessThan(tolerance);
  a.terms.forEach((t, k) => expect(distance(t.blocks, b.terms[k]!.blocks)).toBeLessThan(tolerance));
  a.pairs.forEach((pair, k) => {
    expect(pair.rowIdx).toEqual(b.pairs[k]!.rowIdx);
    expect(distance(pair.blocks, b.pairs[k]!.blocks)).toBeLessThan(tolerance);
  });
  expect([a.n, a.p, a.q, a.sumLogWeights]).toEqual([b.n, b.p, b.q, b.sumLogWeights]);
}

describe('one pass over the rows gives the products of two', () => {
  it.each<[string, Shape]>([
    ['columns of Z among those of X', {}],
    ['an intercept alone', { terms: [[0]] }],
    ['a single fixed column', { p: 1, terms: [[0]] }],
    ['as many columns as fill a strip with y', { p: 3, terms: [[0, 1, 2]] }],
    ['a strip of columns, y in the next', { p: 4, terms: [[0, 3]] }],
    ['a column that X lacks', { terms: [[0, -1]] }],
    ['a slope without intercept', { terms: [[1]] }],
    ['X without a constant', { constant: false, terms: [[0, 1]] }],
    ['X and Z without a constant', { constant: false, terms: [[1, 2]] }],
    ['crossed factors', { terms: [[0, 1], [0]], n: 900 }],
    ['crossed factors with slopes of every kind', { terms: [[0, -1, 2], [1], [0, 2]], n: 900 }],
    [
      'weights and offset',
      {
        weighted: true,
        offset: true,
        terms: [
          [0, 2],
          [0, -1],
        ],
      },
    ],
    ['many fixed columns', { p: 31, terms: [[0, 5]], n: 1500, signal: 0.03 }],
    ['many fixed columns, weighted, crossed', { p: 29, terms: [[0, 5], [0]], n: 1500, weighted: true, signal: 0.03 }],
    ['no random effects', { terms: [] }],
    ['x and y far from zero', { shift: 1e6 }],
    ['a response that X explains but for a millionth', { signal: 1e6 }],
  ])('%s', (_, shape) => {
    const m = modelOf(shape);
    const once = readRowsOnce(m)!;
    expect(once.cp).not.toBeNull();
    // Digits that the rows have lost by rounding of large values are no one's.
    const tolerance = shape.shift || (shape.signal ?? 0) > 10 ? 2e-9 : 2e-12;
    expectSame(once.cp!, byRows(m, once.bases), tolerance);
    const careful = findBases(m);
    expect(once.bases.fixed.kept).toEqual(careful.fixed.kept);
    expect(distance(coefficients(once.bases), coefficients(careful))).toBeLessThan(1e-9);
  });

  it('for any shape of model', () => {
    const column = fc.integer({ min: -1, max: 3 });
    fc.assert(
      fc.property(
        fc.record({
          seed: fc.integer({ min: 1, max: 1e6 }),
          n: fc.integer({ min: 80, max: 700 }),
          p: fc.constantFrom(4, 5, 8),
          constant: fc.boolean(),
          terms: fc.array(fc.uniqueArray(column, { minLength: 1, maxLength: 4 }), { maxLength: 3 }),
          weighted: fc.boolean(),
          offset: fc.boolean(),
        }),
        (shape) => {
          const m = modelOf(shape);
          const once = readRowsOnce(m);
          if (once?.cp) expectSame(once.cp, byRows(m, once.bases), 1e-11);
          return true;
        },
      ),
      { numRuns: 80 },
    );
  });
});

describe('level by level', () => {
  it.each<[string, Shape]>([
    ['columns of Z among those of X', { n: 5000 }],
    ['a column that X lacks', { n: 5000, terms: [[0, -1]], weighted: true }],
    ['several terms of one factor', { n: 5000, terms: [[0], [1], [-1, 2]] }],
    ['many fixed columns', { n: 5000, p: 30, terms: [[0, 3]], signal: 0.02 }],
  ])('criterion and gradient are those of the arrays and of the sparse system: %s', (_, shape) => {
    const drawn = modelOf(shape);
    const terms = drawn.terms.map((t) => ({
      ...t,
      levelIdx: drawn.terms[0]!.levelIdx,
      levels: drawn.terms[0]!.levels,
    }));
    const m = { ...drawn, terms };
    const { cp } = readRows(m);
    expect(cp.byLevel).toBeTruthy();
    const structure = composite(terms.map((t) => t.structure));
    const theta = Float64Array.from({ length: structure.thetaLength }, (_, k) => 0.9 - 0.17 * k);
    const evaluated = (products: CrossProducts, levelwise: boolean) => {
      const pls = levelwise ? leastSquaresOf(products, structure) : penalizedLeastSquares(products);
      expect(pls.levels !== null).toBe(levelwise);
      const objective = profiledObjective(products, structure, { reml: true, sigma: null }, pls);
      const value = objective.evaluate(theta);
      const gradient = new Float64Array(theta.length);
      objective.gradientInto(gradient);
      return { value, gradient, u: pls.u, beta: pls.beta };
    };
    const a = evaluated(cp, true);
    const arrays = evaluated(accumulateCrossProducts(m, readRows(m).bases), true);
    const sparse = evaluated(cp, false);
    for (const b of [arrays, sparse]) {
      expect(Math.abs(a.value - b.value)).toBeLessThan(1e-8);
      expect(distance(a.gradient, b.gradient)).toBeLessThan(1e-9);
      expect(distance(a.u, b.u)).toBeLessThan(1e-9);
    }
  });
});

describe('where one pass would lose digits', () => {
  const columnOf = (n: number, f: (i: number) => number) => Float64Array.from({ length: n }, (_, i) => f(i));

  it('nearly dependent columns are orthogonalised row by row', () => {
    const m = modelOf({ n: 700 });
    const gauss = normal(uniform(5));
    const near = m.X.columns[1]!.map((v) => v + 0.1 * gauss());
    const close = { ...m, X: { names: ['1', 'a', 'b'], columns: [m.X.columns[0]!, m.X.columns[1]!, near] } };
    expect(readRowsOnce(close)!.cp).toBeNull();
    const dependent = {
      ...m,
      X: { names: ['1', 'a', 'b'], columns: [m.X.columns[0]!, m.X.columns[1]!, m.X.columns[1]!] },
    };
    expect(readRowsOnce(dependent)).toBeNull();
    expect(readRows(dependent).bases.fixed.dropped).toEqual(Int32Array.of(2));
  });

  it('many columns that explain y are read again with their coefficients', () => {
    const m = modelOf({ p: 31, n: 1500, terms: [[0]], signal: 10 });
    const once = readRowsOnce(m)!;
    expect(once.cp).toBeNull();
    expect(distance(once.bases.fixed.c, findBases(m).fixed.c)).toBeLessThan(1e-12);
  });

  it('a response that is explained exactly is left to the careful road', () => {
    const m = modelOf({ n: 700 });
    const y = columnOf(700, (i) => 2 + 3 * m.X.columns[1]![i]!);
    expect(readRowsOnce({ ...m, y })!.cp).toBeNull();
  });

  it('a column whose first rows tell nothing of its mean is centered again', () => {
    const n = 3e4;
    const m = modelOf({ n, p: 2, terms: [[0]] });
    // One row in 3000 is far away: 256 rows need not meet it.
    const rare = columnOf(n, (i) => (i % 3000 === 1500 ? 1e9 : Math.sin(i)));
    const X = { names: ['1', 'x', 'rare'], columns: [...m.X.columns, rare] };
    const once = readRowsOnce({ ...m, X });
    if (once?.cp) expectSame(once.cp, byRows({ ...m, X }, once.bases), 1e-9);
    const read = readRows({ ...m, X });
    expectSame(read.cp, byRows({ ...m, X }, read.bases), 1e-9);
  });
});

it('sums by level are the same bits with WebAssembly and in plain JavaScript', () => {
  const random = uniform(3);
  const nl = 11;
  const plans = [
    { columns: [0, 1], nl, own: false },
    { columns: [2], nl, own: false },
    { columns: [8, 9, 10], nl, own: true },
    { columns: [0, 1, 2], nl, own: false },
  ];
  for (const width of [3, 4, 7]) {
    const [fast, plain] = [true, false].map((wasm) => rowProducts(width, 11, plans, wasm));
    for (const count of [PACKED_ROWS, 77]) {
      for (let j = 0; j < 11; j++) {
        for (let i = 0; i < count; i++) {
          fast!.packed[packedAt(j) + 4 * i] = plain!.packed[packedAt(j) + 4 * i] = Math.tan(7 * random());
        }
      }
      const levels = plans.map(() => Int32Array.from({ length: count + 3 }, () => Math.floor(nl * random())));
      fast!.add(levels, 3, count);
      plain!.add(levels, 3, count);
    }
    for (let i = 0; i < width; i++) {
      for (let j = 0; j <= i; j++) expect(productAt(fast!.gram, i, j)).toBe(productAt(plain!.gram, i, j));
    }
    plain!.records.forEach(({ first, width: size, nc }) => {
      expect(nc).toBeGreaterThan(0);
      const [a, b] = [fast!, plain!].map(({ memory }) => memory.subarray(first, first + nl * size));
      expect(a!.some((v) => v !== 0)).toBe(true);
      expect(a!.every((v, i) => Object.is(v, b![i]))).toBe(true);
    });
  }
});
