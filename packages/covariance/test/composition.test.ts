import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  ar1,
  ar1Levels,
  compoundSymmetry,
  constrain,
  diagonal,
  factorAnalytic,
  fixed,
  homogeneousDiagonal,
  independentLevels,
  knownCovariance,
  kronecker,
  kroneckerLevels,
  lambdaOf,
  overLevels,
  relativeCovariance,
  sum,
  thetaDerivativeInto,
  unstructured,
} from '../src/index.js';
import { expectClose, sdsAnd, structureContract } from './contract.js';
import { levelContract } from './level-contract.js';

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

/** Entry (i, j) of the covariance with lower factor of order 2 given by three numbers. */
const pair = ([a, b, c]: ArrayLike<number> & Iterable<number>, i: number, j: number) =>
  [
    [a * a, a * b],
    [a * b, b * b + c * c],
  ][i][j];

structureContract('Kronecker product of two unstructured pairs', () => kronecker(unstructured(2), unstructured(2)), {
  sizes: [4],
  parLength: () => 5,
  homogeneous: true,
  covariance: (par, nc) =>
    Float64Array.from({ length: nc * nc }, (_, k) => {
      const [r, c] = [k % nc, Math.floor(k / nc)];
      return pair(par, r >> 1, c >> 1) * pair([1, par[3], par[4]], r & 1, c & 1);
    }),
});

const K3 = [
  [2, 1, 0.5],
  [1, 2, 1],
  [0.5, 1, 2],
];
structureContract('Kronecker product with a known matrix', (nc) => kronecker(diagonal(nc / 3), fixed(K3)), {
  sizes: [3, 6],
  homogeneous: true,
  parLength: (nc) => nc / 3,
  covariance: (par, nc) =>
    Float64Array.from({ length: nc * nc }, (_, k) => {
      const [r, c] = [k % nc, Math.floor(k / nc)];
      const [i, j] = [Math.floor(r / 3), Math.floor(c / 3)];
      return i === j ? par[i] ** 2 * K3[r % 3][c % 3] : 0;
    }),
});

structureContract('sum of compound symmetry and AR(1)', (nc) => sum(compoundSymmetry(nc, { hom: true }), ar1(nc)), {
  sizes: [2, 3, 4, 16],
  parLength: () => 4,
  homogeneous: true,
  par: () =>
    fc
      .tuple(
        fc.double({ min: 0.05, max: 2, noNaN: true }),
        fc.double({ min: -0.06, max: 0.9, noNaN: true }),
        fc.double({ min: 0.05, max: 2, noNaN: true }),
        fc.double({ min: -0.9, max: 0.9, noNaN: true }),
      )
      .map((v) => Float64Array.from(v)),
  derivativeTolerance: 1e-5,
  covariance: (par, nc) =>
    Float64Array.from({ length: nc * nc }, (_, k) => {
      const [i, j] = [k % nc, Math.floor(k / nc)];
      return par[0] ** 2 * (i === j ? 1 : par[1]) + par[2] ** 2 * par[3] ** Math.abs(i - j);
    }),
});

structureContract('sum of an unstructured and a diagonal part', (nc) => sum(unstructured(nc), diagonal(nc)), {
  sizes: [1, 2, 3],
  parLength: (nc) => (nc * (nc + 1)) / 2 + nc,
  par: (nc) =>
    fc
      .array(fc.double({ min: 0.2, max: 2, noNaN: true }), {
        minLength: (nc * (nc + 1)) / 2 + nc,
        maxLength: (nc * (nc + 1)) / 2 + nc,
      })
      .map((v) => Float64Array.from(v)),
  derivativeTolerance: 1e-5,
  covariance(par, nc) {
    const S = relativeCovariance(lambdaOf(unstructured(nc), par), nc);
    for (let j = 0; j < nc; j++) S[j * nc + j] += par[(nc * (nc + 1)) / 2 + j] ** 2;
    return S;
  },
});

describe('a sum at the boundary', () => {
  const both = sum(compoundSymmetry(3, { hom: true }), ar1(3));
  const derivative = (par: Float64Array, k: number) => {
    const out = new Float64Array(6);
    thetaDerivativeInto(both, par, k, new Float64Array(20), out);
    return [...out];
  };
  it('is the other part when one vanishes, and zero with finite derivatives when both do', () => {
    const one = Float64Array.of(0, 0.1, 2, 0.5);
    expectClose(lambdaOf(both, one), lambdaOf(ar1(3), one.subarray(2)), 1e-14);
    const none = Float64Array.of(0, 0.1, 0, 0.5);
    expect([...lambdaOf(both, none)]).toEqual(new Array(9).fill(0));
    for (let k = 0; k < 4; k++) {
      expect(derivative(one, k).every(Number.isFinite)).toBe(true);
      expect(derivative(none, k).every(Number.isFinite)).toBe(true);
    }
    expect(both.isSingular(one, new Float64Array(3).fill(1), 1e-4)).toBe(true);
  });
});

describe('constraints on what stands over levels', () => {
  const times = [0, 1, 3, 4];
  const row = ar1Levels({ times, starts: [0, 4] });
  const field = overLevels(homogeneousDiagonal(1), kroneckerLevels(row, row, ['row', 'column']));
  it('hold and tie numbers of the precision', () => {
    expect(field.parNames(['x'])).toEqual(['*', 'rho row', 'rho column']);
    const tied = constrain(field, { tied: new Map([[2, 1]]) });
    expect(tied.parNames(['x'])).toEqual(['*', 'rho row']);
    expect([tied.parLength, tied.thetaLength, tied.levels!.parLength]).toEqual([2, 2, 1]);
    const held = constrain(field, { fixed: new Map([[1, 0.3]]) });
    expect(held.parNames(['x'])).toEqual(['*', 'rho column']);
    const theta = new Float64Array(2);
    held.thetaInto(Float64Array.of(2, 0.7), theta);
    expect([...theta]).toEqual([2, 0.7]);
    expect(held.natural!(Float64Array.of(2, 0.7), ['x']).map(({ name, value }) => [name, value])).toEqual([
      ['sd', 2],
      ['rho row', 0.3],
      ['rho column', 0.7],
    ]);
    expect(() => constrain(field, { tied: new Map([[1, 0]]) })).toThrow(
      /one is of the columns, the other of the levels/,
    );
  });
  const one = (min: number, max: number) => fc.double({ min, max, noNaN: true }).map((v) => Float64Array.of(v));
  const correlation = (a: number, b: number) => (i: number, j: number) =>
    a ** Math.abs(times[i >> 2] - times[j >> 2]) * b ** Math.abs(times[i & 3] - times[j & 3]);
  levelContract(
    'AR(1) x AR(1)',
    field.levels!,
    ([a, b]) => correlation(a, b),
    fc.tuple(one(-0.9, 0.9), one(-0.9, 0.9)).map(([a, b]) => Float64Array.of(a[0], b[0])),
  );
  levelContract(
    'AR(1) x AR(1) with one rho',
    constrain(field, { tied: new Map([[2, 1]]) }).levels!,
    ([a]) => correlation(a, a),
    one(-0.9, 0.9),
  );
  levelContract(
    'AR(1) x AR(1) with one rho held',
    constrain(field, { fixed: new Map([[1, 0.3]]) }).levels!,
    ([a]) => correlation(0.3, a),
    one(-0.9, 0.9),
  );
  levelContract(
    'independent rows of AR(1)',
    kroneckerLevels(independentLevels(2), row),
    ([a]) =>
      (i, j) =>
        i >> 2 === j >> 2 ? a ** Math.abs(times[i & 3] - times[j & 3]) : 0,
    one(-0.9, 0.9),
  );
});

describe('semi-definite matrices', () => {
  // Two copies of one effect, and one that is the sum of two others
  const copies = [
    [1, 1, 0.2],
    [1, 1, 0.2],
    [0.2, 0.2, 1],
  ];
  const total = [
    [1, 0, 1],
    [0, 1, 1],
    [1, 1, 2],
  ];
  it('are known covariances like others', () => {
    for (const matrix of [copies, total]) {
      for (const made of [fixed(matrix), knownCovariance(matrix)]) {
        const par = new Float64Array(made.parLength).fill(1.5);
        const S = relativeCovariance(lambdaOf(made, par), 3);
        const f = made.parLength ? 2.25 : 1;
        expectClose(
          S,
          Float64Array.from(matrix.flat(), (v) => f * v),
          1e-14,
        );
      }
    }
  });
  it('are told from indefinite ones', () => {
    const bad = copies.map((r) => [...r]);
    bad[0][1] = bad[1][0] = 1.01;
    expect(() => fixed(bad)).toThrow(/not positive semi-definite: its leading 2 by 2 block/);
    const hidden = [
      [1, 1, 0.2],
      [1, 1, 0.5],
      [0.2, 0.5, 1],
    ];
    expect(() => fixed(hidden)).toThrow(/not positive semi-definite: its leading 2 by 2 block/);
    expect(() => fixed([[0]])).toThrow(/is zero/);
    expect(() =>
      fixed([
        [1, 2],
        [1, 1],
      ]),
    ).toThrow(/not symmetric and finite: entry \(1, 2\) is 2, entry \(2, 1\) 1/);
  });
});

describe('mistakes in compositions', () => {
  it('name what cannot be', () => {
    expect(() => kronecker(unstructured(2), factorAnalytic(3))).toThrow(
      /begins with the standard deviation of its first/,
    );
    const series = overLevels(homogeneousDiagonal(1), ar1Levels({ times: [0, 1], starts: [0, 2] }));
    expect(() => kronecker(unstructured(2), series)).toThrow(/"ar1" has correlated levels/);
    expect(() => sum(ar1(3), ar1(4))).toThrow(/"ar1" has 3 columns, "ar1" 4/);
    expect(() => constrain(ar1(3), { fixed: new Map([[1, 1.5]]) })).toThrow(/par 1 of "ar1" cannot be held at 1.5/);
    expect(() => constrain(ar1(3), { fixed: new Map([[7, 1]]) })).toThrow(/par 7 of "ar1" cannot be held/);
    expect(() => constrain(diagonal(2), { tied: new Map([[0, 1]]), fixed: new Map([[1, 2]]) })).toThrow(
      /par 0 of "diag" cannot equal par 1: tie it to a free par/,
    );
  });
});
