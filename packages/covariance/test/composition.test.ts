import { describe, expect, it } from 'vitest';
import { ar1, compoundSymmetry, constrain, diagonal, kronecker, unstructured } from '../src/index.js';
import { sdsAnd, structureContract } from './contract.js';

const lower = (par: Float64Array, i: number, j: number) => (i < j ? 0 : i === 0 ? par[0] : par[1 + j]);

structureContract(
  'Kronecker product of an unstructured pair and AR(1)',
  (nc) => kronecker(unstructured(2), ar1(nc / 2)),
  {
    sizes: [4, 6, 16],
    parLength: () => 4,
    homogeneous: true,
    par: sdsAnd(
      () => 3,
      () => [[-0.9, 0.9]],
    ),
    covariance(par, nc) {
      const n = nc / 2;
      return Float64Array.from({ length: nc * nc }, (_, k) => {
        const [r, c] = [k % nc, Math.floor(k / nc)];
        const [i, j] = [Math.floor(r / n), Math.floor(c / n)];
        const S = lower(par, i, 0) * lower(par, j, 0) + lower(par, i, 1) * lower(par, j, 1);
        return S * par[3] ** Math.abs((r % n) - (c % n));
      });
    },
  },
);

// All standard deviations but the first equal, correlation held at 0.25.
const equalSds = (nc: number) =>
  constrain(compoundSymmetry(nc), {
    fixed: new Map([[nc, 0.25]]),
    tied: new Map(Array.from({ length: nc - 2 }, (_, k) => [k + 2, 1])),
  });

structureContract('compound symmetry with tied and fixed parameters', equalSds, {
  sizes: [3, 4, 16],
  parLength: () => 2,
  homogeneous: true,
  par: sdsAnd(
    () => 2,
    () => [],
  ),
  covariance: (par, nc) =>
    Float64Array.from({ length: nc * nc }, (_, k) => {
      const [i, j] = [k % nc, Math.floor(k / nc)];
      return par[Math.min(i, 1)] * par[Math.min(j, 1)] * (i === j ? 1 : 0.25);
    }),
});

describe('mistakes in compositions', () => {
  it('name what cannot be', () => {
    expect(() => kronecker(unstructured(2), diagonal(3))).toThrow(/needs one standard deviation for all its columns/);
    expect(() => constrain(ar1(3), { fixed: new Map([[1, 1.5]]) })).toThrow(/par 1 of "ar1" cannot be held at 1.5/);
    expect(() => constrain(ar1(3), { fixed: new Map([[7, 1]]) })).toThrow(/par 7 of "ar1" cannot be held/);
    expect(() => constrain(diagonal(2), { tied: new Map([[0, 1]]), fixed: new Map([[1, 2]]) })).toThrow(
      /par 0 of "diag" cannot equal par 1: tie it to a free par/,
    );
  });
});
