import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { symmetricEigen } from '../../src/optimizer/symmetric-eigen.js';
import { normal, uniform } from '../random-models.js';

/** Largest deviation of H V - V D, and of V'V - I. */
function deviations(H: Float64Array, n: number) {
  const { values, vectors } = symmetricEigen(H, n);
  let residual = 0;
  let gram = 0;
  for (let k = 0; k < n; k++) {
    for (let i = 0; i < n; i++) {
      let s = -values[k] * vectors[k * n + i];
      let g = k === i ? -1 : 0;
      for (let j = 0; j < n; j++) {
        s += H[j * n + i] * vectors[k * n + j];
        g += vectors[k * n + j] * vectors[i * n + j];
      }
      residual = Math.max(residual, Math.abs(s));
      gram = Math.max(gram, Math.abs(g));
    }
  }
  return { values, residual, gram };
}

const symmetric = (n: number, entry: (i: number, j: number) => number) => {
  const H = new Float64Array(n * n);
  for (let j = 0; j < n; j++) for (let i = 0; i <= j; i++) H[j * n + i] = H[i * n + j] = entry(i, j);
  return H;
};

describe('eigenvalues and eigenvectors of a symmetric matrix', () => {
  it('satisfy their definition, for orders on both sides of the change of method and any scale and rank', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 26 }),
        fc.integer({ min: 1, max: 1_000_000 }),
        fc.integer({ min: 0, max: 30 }),
        fc.integer({ min: -140, max: 140 }),
        (n, seed, rank, power) => {
          const gauss = normal(uniform(seed));
          const columns = Array.from({ length: rank }, () => Float64Array.from({ length: n }, gauss));
          const scale = 10 ** power;
          const H = symmetric(n, (i, j) => {
            let s = 0;
            columns.forEach((x, k) => (s += (k % 3 === 0 ? -1 : 1) * x[i] * x[j] * scale));
            return s;
          });
          const { values, residual, gram } = deviations(H, n);
          const size = Math.max(scale, ...H.map(Math.abs));
          expect(residual).toBeLessThanOrEqual(2e-14 * n * size);
          expect(gram).toBeLessThan(1e-13);
          for (let k = 1; k < n; k++) expect(values[k]).toBeGreaterThanOrEqual(values[k - 1]);
        },
      ),
    );
  });

  it.each([6, 9, 20])('of the second difference of %i points are 2 - 2 cos', (n) => {
    const H = symmetric(n, (i, j) => (i === j ? 2 : j === i + 1 ? -1 : 0));
    symmetricEigen(H, n).values.forEach((v, k) =>
      expect(v).toBeCloseTo(2 - 2 * Math.cos(((k + 1) * Math.PI) / (n + 1)), 13),
    );
  });

  it('of diagonal, zero and constant matrices are exact or known', () => {
    const n = 12;
    expect([
      ...symmetricEigen(
        symmetric(n, (i, j) => (i === j ? ((i * 5) % n) - 3 : 0)),
        n,
      ).values,
    ]).toEqual(Array.from({ length: n }, (_, k) => k - 3));
    expect(symmetricEigen(new Float64Array(n * n), n).values.every((v) => v === 0)).toBe(true);
    const { values } = symmetricEigen(
      symmetric(n, () => 1),
      n,
    );
    expect(values[n - 1]).toBeCloseTo(n, 12);
    for (let k = 0; k < n - 1; k++) expect(Math.abs(values[k])).toBeLessThan(1e-13);
  });
});
