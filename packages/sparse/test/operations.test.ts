import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  analyze,
  conditionEstimate,
  createFactor,
  crossProduct,
  crossProductLower,
  type CscMatrix,
  factorize,
  inertia,
  inverseDiagonalInto,
  multiplySymmetricInto,
  normFrobenius,
  quadraticForm,
  reach,
  refineInPlace,
  residualInto,
  sampleInto,
  solveInPlace,
  solveLInPlace,
  solveLSparse,
  symmetricNorm1,
  transpose,
  tripletsToCsc,
} from '../src/index.js';
import { denseInverse, denseSymmetric, gridLaplacian, randomSpd, relativeError, uniform } from './oracle.js';

const phases = [
  { name: 'simplicial', method: 'simplicial', form: 'LL' },
  { name: 'supernodal', method: 'supernodal', form: 'LL' },
  { name: "L D L'", method: 'simplicial', form: 'LDL' },
] as const;
const spd = fc
  .record({ n: fc.integer({ min: 1, max: 50 }), perRow: fc.double({ min: 0, max: 8, noNaN: true }), seed: fc.nat() })
  .map(({ n, perRow, seed }) => randomSpd(n, perRow, seed));

describe.each(phases)('$name', ({ method, form }) => {
  const factorOf = (A: CscMatrix, beta = 0) => {
    const factor = createFactor(analyze(A, { method }), { form });
    expect(factorize(factor, A.values, beta)).toBe(-1);
    return factor;
  };

  test('quadratic form, diagonal of the inverse, samples: against the dense inverse', () => {
    fc.assert(
      fc.property(spd, (A) => {
        const n = A.ncol;
        const { inverse } = denseInverse(denseSymmetric(A), n);
        const factor = factorOf(A);
        const b = Float64Array.from({ length: n }, (_, i) => Math.sin(i + 1));
        let expected = 0;
        for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) expected += b[i] * inverse[i + n * j] * b[j];
        expect(Math.abs(quadraticForm(factor, b) - expected)).toBeLessThan(1e-10 * Math.max(1, expected));
        const diagonal = new Float64Array(n);
        inverseDiagonalInto(factor, diagonal);
        expect(
          relativeError(
            diagonal,
            Float64Array.from({ length: n }, (_, i) => inverse[i * (n + 1)]),
          ),
        ).toBeLessThan(1e-11);
        // The images of the unit vectors are the columns of a matrix square root: their outer products sum to the inverse.
        const sum = new Float64Array(n * n);
        const [z, x] = [new Float64Array(n), new Float64Array(n)];
        for (let k = 0; k < n; k++) {
          z.fill(0);
          z[k] = 1;
          sampleInto(factor, z, x);
          for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) sum[i + n * j] += x[i] * x[j];
        }
        expect(relativeError(sum, inverse)).toBeLessThan(1e-11);
      }),
      { numRuns: 40 },
    );
  });

  test('condition estimate: at most the truth, at least a third of it on these', () => {
    fc.assert(
      fc.property(spd, fc.double({ min: 0, max: 2, noNaN: true }), (A, beta) => {
        const n = A.ncol;
        const dense = denseSymmetric(A);
        for (let i = 0; i < n; i++) dense[i * (n + 1)] += beta;
        const norm = (m: Float64Array) => {
          let largest = 0;
          for (let j = 0; j < n; j++) {
            largest = Math.max(
              largest,
              m.subarray(j * n, j * n + n).reduce((s, v) => s + Math.abs(v), 0),
            );
          }
          return largest;
        };
        expect(symmetricNorm1(A, beta)).toBeCloseTo(norm(dense), 12);
        const truth = norm(dense) * norm(denseInverse(dense, n).inverse);
        const estimate = conditionEstimate(factorOf(A, beta), A, beta);
        expect(estimate).toBeLessThanOrEqual(truth * (1 + 1e-10));
        expect(estimate).toBeGreaterThan(truth / 3);
      }),
    );
  });

  test('refinement repairs a solution with the wrong last digits', () => {
    const A = gridLaplacian([12, 12], 1e-6);
    const factor = factorOf(A, 0.5);
    const x = Float64Array.from({ length: A.ncol }, (_, i) => Math.cos(i));
    const b = new Float64Array(A.ncol);
    multiplySymmetricInto(A, x, b);
    for (let i = 0; i < A.ncol; i++) b[i] += 0.5 * x[i];
    const y = x.map((v, i) => v * (1 + 1e-5 * Math.sin(i)));
    expect(refineInPlace(factor, A, 0.5, b, y)).toBeGreaterThan(1e-6);
    expect(relativeError(y, x)).toBeLessThan(1e-13);
    const r = new Float64Array(A.ncol);
    residualInto(A, 0.5, b, y, r);
    expect(Math.max(...r.map(Math.abs))).toBeLessThan(1e-13);
  });
});

test.each(['simplicial', 'supernodal'] as const)('%s: a sparse right-hand side touches its reach only', (method) => {
  const A = gridLaplacian([15, 14, 4], 0.2);
  const n = A.ncol;
  const factor = createFactor(analyze(A, { method }));
  factorize(factor, A.values);
  const random = uniform(1);
  for (let k = 0; k < 10; k++) {
    const rows = [Math.floor(random() * n), Math.floor(random() * n)].filter((v, i, a) => a.indexOf(v) === i);
    const values = rows.map(() => random());
    const dense = new Float64Array(n);
    rows.forEach((i, t) => (dense[factor.symbolic.permInv[i]] = values[t]));
    solveLInPlace(factor, dense);
    const sparse = solveLSparse(factor, { rows, values });
    expect(sparse.rows).toEqual(reach(factor, rows));
    const back = new Float64Array(n);
    sparse.rows.forEach((i, t) => (back[i] = sparse.values[t]));
    expect(relativeError(back, dense)).toBeLessThan(1e-14);
  }
});

test('inertia counts the signs of the eigenvalues', () => {
  // The Laplacian of a path of n points has the eigenvalues 2 - 2 cos(pi k / (n + 1)).
  const n = 25;
  const A = gridLaplacian([n], 0);
  const shift = -0.9;
  const below = [...Array(n).keys()].filter((k) => 2 - 2 * Math.cos((Math.PI * (k + 1)) / (n + 1)) + shift < 0).length;
  const factor = createFactor(analyze(A), { form: 'LDL' });
  expect(factorize(factor, A.values, shift)).toBe(-1);
  expect(inertia(factor)).toEqual({ positive: n - below, negative: below });
  expect(() => sampleInto(factor, new Float64Array(n), new Float64Array(n))).toThrow(/indefinite/);
});

test("A A' + beta I from A, for new values of A without new patterns", () => {
  const random = uniform(6);
  const [n, m] = [40, 70];
  const A = tripletsToCsc({
    nrow: n,
    ncol: m,
    rows: Array.from({ length: 300 }, () => Math.floor(random() * n)),
    cols: Array.from({ length: 300 }, () => Math.floor(random() * m)),
    values: Array.from({ length: 300 }, () => random() - 0.5),
  });
  const product = crossProduct(A);
  const factor = createFactor(analyze(product.lower));
  const values = new Float64Array(product.lower.rowIdx.length);
  for (const scale of [1, 3]) {
    const B = { ...A, values: A.values.map((v) => scale * v) };
    product.valuesInto(B.values, values);
    const expected = crossProductLower(B);
    expect(product.lower.rowIdx).toEqual(expected.rowIdx);
    expect(product.lower.colPtr).toEqual(expected.colPtr);
    expect(relativeError(values, expected.values)).toBeLessThan(1e-14);
    expect(factorize(factor, values, 2)).toBe(-1);
    const b = new Float64Array(n).fill(1);
    solveInPlace(factor, b);
    const r = new Float64Array(n);
    residualInto({ ...product.lower, values }, 2, new Float64Array(n).fill(1), b, r);
    expect(Math.max(...r.map(Math.abs))).toBeLessThan(1e-13);
  }
  expect(normFrobenius(transpose(A))).toBeCloseTo(Math.sqrt(A.values.reduce((s, v) => s + v * v, 0)), 12);
  expect(() => product.valuesInto(new Float64Array(3), values)).toThrow(/got arrays/);
});
