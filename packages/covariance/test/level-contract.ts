import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LevelStructure } from '../src/index.js';

/** K at par, dense, by rows. */
export function dense(structure: LevelStructure, par: Float64Array): number[][] {
  const { nl, pattern } = structure;
  const values = new Float64Array(pattern.rowIdx.length);
  structure.precisionInto(par, values);
  const K = Array.from({ length: nl }, () => new Array<number>(nl).fill(0));
  for (let j = 0; j < nl; j++) {
    expect(pattern.rowIdx[pattern.colPtr[j]]).toBe(j);
    for (let e = pattern.colPtr[j]; e < pattern.colPtr[j + 1]; e++) {
      if (e > pattern.colPtr[j]) expect(pattern.rowIdx[e]).toBeGreaterThan(pattern.rowIdx[e - 1]);
      K[pattern.rowIdx[e]][j] = K[j][pattern.rowIdx[e]] = values[e];
    }
  }
  return K;
}

/** log|A| by Gauss elimination. */
function logDeterminant(A: readonly (readonly number[])[]): number {
  const M = A.map((row) => [...row]);
  let s = 0;
  for (let k = 0; k < M.length; k++) {
    s += Math.log(M[k][k]);
    for (let i = k + 1; i < M.length; i++) {
      const f = M[i][k] / M[k][k];
      for (let j = k; j < M.length; j++) M[i][j] -= f * M[k][j];
    }
  }
  return s;
}

/** The suite of a precision over levels whose inverse is known in closed form. */
export function levelContract(
  name: string,
  structure: LevelStructure,
  covariance: (par: Float64Array) => (i: number, j: number) => number,
  pars: fc.Arbitrary<Float64Array>,
): void {
  describe(`${name} keeps the contract`, () => {
    it('is the inverse of the covariance', () => {
      fc.assert(
        fc.property(pars, (par) => {
          const K = dense(structure, par);
          const C = covariance(par);
          for (let i = 0; i < K.length; i++)
            for (let j = 0; j < K.length; j++) {
              let s = 0;
              for (let k = 0; k < K.length; k++) s += K[i][k] * C(k, j);
              expect(Math.abs(s - (i === j ? 1 : 0))).toBeLessThan(1e-9);
            }
        }),
        { numRuns: 50 },
      );
    });
    it('knows its log-determinant', () => {
      fc.assert(
        fc.property(pars, (par) => {
          expect(structure.logDeterminant(par)).toBeCloseTo(logDeterminant(dense(structure, par)), 9);
        }),
        { numRuns: 50 },
      );
    });
    it('has derivatives of K and log|K| by every par', () => {
      fc.assert(
        fc.property(pars, (par) => {
          for (let k = 0; k < structure.parLength; k++) {
            const size = structure.pattern.rowIdx.length;
            const at = (h: number) => {
              const moved = par.slice();
              moved[k] += h;
              const values = new Float64Array(size);
              structure.precisionInto(moved, values);
              return [...values, structure.logDeterminant(moved)];
            };
            const h = 1e-4;
            const [a, b, c, d] = [at(2 * h), at(h), at(-h), at(-2 * h)];
            const own = new Float64Array(size);
            structure.precisionDerivativeInto(par, k, own);
            [...own, structure.logDeterminantDerivative(par, k)].forEach((v, e) => {
              const expected = (8 * (b[e] - c[e]) - (a[e] - d[e])) / (12 * h);
              expect(Math.abs(v - expected)).toBeLessThan(1e-6 * Math.max(1, Math.abs(expected)));
            });
          }
        }),
        { numRuns: 50 },
      );
    });
  });
}
