import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  ar1,
  ar1LevelsWithInitialVariance,
  ar1WithInitialVariance,
  lambdaOf,
  relativeCovariance,
  structureFor,
} from '../src/index.js';
import { expectClose, structureContract } from './contract.js';
import { levelContract } from './level-contract.js';

/** The process step by step at whole times: covariances of U_0, U_1, ... from U_t = rho U_{t-1} + nu_t. */
function recursion(rho: number, ratio: number, length: number): number[][] {
  const C = Array.from({ length }, () => new Array<number>(length).fill(0));
  for (let i = 0; i < length; i++) {
    C[i][i] = i === 0 ? ratio * ratio : rho * rho * C[i - 1][i - 1] + 1;
    for (let j = i + 1; j < length; j++) C[i][j] = C[j][i] = C[i][i] * rho ** (j - i);
  }
  return C;
}

const times = (nc: number) => Array.from({ length: nc }, (_, j) => j + Math.floor(j / 2) + (j > 9 ? 80 : 0));
const pars = fc
  .tuple(
    fc.double({ min: 0.05, max: 2, noNaN: true }),
    fc.double({ min: -0.9, max: 0.9, noNaN: true }),
    fc.double({ min: 0.05, max: 3, noNaN: true }),
  )
  .map((v) => Float64Array.from(v));

structureContract('AR(1) with a general initial variance', (nc) => ar1WithInitialVariance(nc, times(nc)), {
  sizes: [1, 2, 3, 4, 16],
  parLength: (nc) => (nc > 1 ? 3 : 1),
  homogeneous: true,
  par: (nc) => pars.map((v) => v.slice(0, nc > 1 ? 3 : 1)),
  covariance(par, nc) {
    const at = times(nc);
    const C = recursion(par[1] ?? 0, par[2] ?? 1, at[nc - 1] + 1);
    return Float64Array.from({ length: nc * nc }, (_, k) => par[0] ** 2 * C[at[k % nc]][at[Math.floor(k / nc)]]);
  },
});

const series = { times: [0, 1, 3, 4, 7, 2, 5, 1, 90], starts: [0, 5, 7, 9] };
const seriesOf = (k: number) => series.starts.findIndex((s, i) => k >= s && k < series.starts[i + 1]);

levelContract(
  'AR(1) series with a general initial variance',
  ar1LevelsWithInitialVariance(series),
  ([rho, ratio]) => {
    const C = recursion(rho, ratio, 91);
    return (i, j) => {
      const s = seriesOf(i);
      const from = series.times[series.starts[s]];
      return s === seriesOf(j) ? C[series.times[i] - from][series.times[j] - from] : 0;
    };
  },
  pars.map((v) => v.slice(1)),
);

describe('the stationary process', () => {
  it('has the initial ratio 1 / sqrt(1 - rho^2)', () => {
    for (const rho of [-0.7, 0, 0.4, 0.95]) {
      const sd = 1.3;
      const free = lambdaOf(ar1WithInitialVariance(6), Float64Array.of(sd, rho, 1 / Math.sqrt(1 - rho * rho)));
      const stationary = lambdaOf(ar1(6), Float64Array.of(sd / Math.sqrt(1 - rho * rho), rho));
      expectClose(relativeCovariance(free, 6), relativeCovariance(stationary, 6), 1e-13);
    }
  });
  it('is the default of the tag, and stationary = FALSE the other', () => {
    const indicator = { levels: ['1', '2', '3'], columnLevels: [0, 1, 2] };
    const made = (args: Record<string, boolean>) => structureFor({ name: 'ar1', args, nc: 3, indicator });
    expect(made({}).parLength).toBe(2);
    expect(made({ stationary: false }).parNames(['a', 'b', 'c'])).toEqual(['*', 'rho', 'initial']);
    expect(() => made({ stationary: false, hom: false })).toThrow(/leave hom out/);
  });
});
