import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  ar1Levels,
  CovarianceStructureError,
  randomWalkLevels,
  readPedigree,
  relationshipLevels,
} from '../src/index.js';
import { dense, levelContract } from './level-contract.js';

const times = [0, 1, 3, 4, 8, 2, 5, 1, 2, 3, 4, 9];
const starts = [0, 5, 7, 12];
const seriesOf = (k: number) => starts.findIndex((s, i) => k >= s && k < starts[i + 1]);
const one = (min: number, max: number) => fc.double({ min, max, noNaN: true }).map((v) => Float64Array.of(v));
const none = fc.constant(new Float64Array(0));

levelContract(
  'AR(1)',
  ar1Levels({ times, starts }),
  ([rho]) =>
    (i, j) =>
      seriesOf(i) === seriesOf(j) ? rho ** Math.abs(times[i] - times[j]) : 0,
  one(-0.9, 0.9),
);
levelContract(
  'continuous-time AR(1)',
  ar1Levels({ times: times.map((t) => t / 3), starts }, true),
  ([rho]) =>
    (i, j) =>
      seriesOf(i) === seriesOf(j) ? rho ** Math.abs((times[i] - times[j]) / 3) : 0,
  one(0.1, 0.9),
);
levelContract(
  'random walk',
  randomWalkLevels({ times, starts }, [[-1], [0], [-2]]),
  () => (i, j) => {
    const s = seriesOf(i);
    return s === seriesOf(j) ? Math.min(times[i], times[j]) - [-1, 0, -2][s] : 0;
  },
  none,
);

/** u_k = sum of slopes times gaps; slopes are sums of independent changes: the definition of the walk of order 2. */
function secondOrder(at: readonly number[], first: number): (i: number, j: number) => number {
  // Weight of the change of slope at point m in the value at point i, m and i from `first`
  const weight = (i: number, m: number) => {
    let s = 0;
    for (let k = m; k <= i; k++) s += at[k] - at[k - 1];
    return s;
  };
  return (i, j) => {
    let s = 0;
    for (let m = first; m <= first + Math.min(i, j); m++)
      s += weight(first + i, m) * weight(first + j, m) * ((at[m] - at[m - 2]) / 2);
    return s;
  };
}

const uneven = [0, 1, 2.5, 3, 5, 6];
levelContract(
  'random walk of order 2',
  randomWalkLevels({ times: uneven.slice(2), starts: [0, 4] }, [uneven.slice(0, 2)], 2),
  () => secondOrder(uneven, 2),
  none,
);

const table = {
  animal: ['f', 'e', 'c', 'd', 'g', 'h', 'k'],
  sire: ['c', 'c', 'a', 'a', 'e', null, 'k2'],
  dam: ['e', 'd', 'b', 'b', '', 'b', '0'],
};
const pedigree = readPedigree(table);

/** The relationship matrix by the tabular method (Mrode 2014, section 2.2). */
function tabular({ sire, dam }: typeof pedigree): number[][] {
  const A = Array.from(sire, () => new Array<number>(sire.length).fill(0));
  const of = (i: number, j: number) => (i < 0 || j < 0 ? 0 : A[i][j]);
  for (let i = 0; i < A.length; i++) {
    for (let j = 0; j < i; j++) A[i][j] = A[j][i] = (of(j, sire[i]) + of(j, dam[i])) / 2;
    A[i][i] = 1 + of(sire[i], dam[i]) / 2;
  }
  return A;
}

levelContract(
  'a pedigree with inbreeding',
  relationshipLevels(pedigree),
  () => (i, j) => tabular(pedigree)[i][j],
  none,
);

describe('pedigrees', () => {
  it('puts parents before offspring and adds those that are not listed', () => {
    expect(pedigree.names).toHaveLength(10);
    pedigree.names.forEach((_, i) => {
      expect(pedigree.sire[i]).toBeLessThan(i);
      expect(pedigree.dam[i]).toBeLessThan(i);
    });
    // e is the child of full sibs, f of e and its own father
    expect(pedigree.inbreeding[pedigree.names.indexOf('e')]).toBe(0.25);
    expect(pedigree.inbreeding[pedigree.names.indexOf('f')]).toBe(0.375);
  });

  it('computes inbreeding in random pedigrees, selfing included, as the tabular method does', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(), fc.nat()), { minLength: 1, maxLength: 25 }), (parents) => {
        const name = (k: number, i: number) => (k % (i + 1) === i ? null : `a${k % (i + 1)}`);
        const read = readPedigree({
          animal: parents.map((_, i) => `a${i}`),
          sire: parents.map(([s], i) => name(s, i)),
          dam: parents.map(([, d], i) => name(d, i)),
        });
        const A = tabular(read);
        read.inbreeding.forEach((F, i) => expect(F).toBeCloseTo(A[i][i] - 1, 12));
        const K = dense(relationshipLevels(read), new Float64Array(0));
        A.forEach((row, i) =>
          K.forEach((_, j) => expect(row.reduce((s, v, k) => s + v * K[k][j], 0)).toBeCloseTo(i === j ? 1 : 0, 8)),
        );
      }),
      { numRuns: 60 },
    );
  });

  it('refuses a cycle, a repeated animal, columns of different lengths', () => {
    const read = (animal: string[], sire: string[], dam: string[]) => () => readPedigree({ animal, sire, dam });
    expect(read(['a', 'b', 'c'], ['c', 'a', 'b'], ['', '', ''])).toThrow(/cycle: ".*" is an ancestor of itself/);
    expect(read(['a'], ['a'], [''])).toThrow(/cycle: "a"/);
    expect(read(['a', 'a'], ['', ''], ['', ''])).toThrow(/"a" is listed twice in the pedigree, in rows 1 and 2/);
    expect(read(['a'], [], [''])).toThrow(CovarianceStructureError);
    expect(read([''], [''], [''])).toThrow(/row 1 of the pedigree has no animal/);
  });
});

describe('times of series', () => {
  it('must ascend, and be whole for AR(1)', () => {
    expect(() => ar1Levels({ times: [0, 0], starts: [0, 2] })).toThrow(
      /must ascend without repeats .* 0 comes after 0/,
    );
    expect(() => ar1Levels({ times: [0, 0.5], starts: [0, 2] })).toThrow(/whole numbers, not 0.5/);
    expect(() => ar1Levels({ times: [0, Number.NaN], starts: [0, 2] }, true)).toThrow(/finite, not NaN/);
    expect(() => randomWalkLevels({ times: [1], starts: [0, 1] }, [[1]])).toThrow(/must ascend/);
    expect(() => randomWalkLevels({ times: [1], starts: [0, 1] }, [[0]], 3 as 1)).toThrow(
      /order of a random walk is 1 or 2/,
    );
  });
});
