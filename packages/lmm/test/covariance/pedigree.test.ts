import { readPedigree, relationshipInverse } from '@blup/covariance';
import { readGolden } from '@blup/golden';
import { describe, expect, it } from 'vitest';
import { fitModel, pedigree } from '../../src/index.js';

interface Fit {
  id: string;
  formula: string;
  reml: boolean;
  objective: number;
  sigma: number;
  beta: number[];
  se: number[];
  groups: string[];
  /** Covariance matrices of the columns, by group; for animals the additive ones. */
  Sigma: number[][];
}

const golden = readGolden('covariance/pedigree.json') as {
  pedigree: { animal: string[]; sire: (string | null)[]; dam: (string | null)[] };
  names: string[];
  inbreeding: number[];
  logDetA: number;
  Ainv: { row: number[]; col: number[]; value: number[] };
  data: Record<string, (number | string)[]>;
  fits: Fit[];
};

describe('a pedigree in no order against the dense matrix of R', () => {
  const family = readPedigree(golden.pedigree);
  const place = new Map(family.names.map((name, i) => [name, i]));
  const at = golden.names.map((name) => place.get(name)!);

  it('has its inbreeding, its log-determinant and its inverse, entry by entry', () => {
    golden.inbreeding.forEach((f, i) => expect(family.inbreeding[at[i]]).toBeCloseTo(f, 12));
    expect(Math.max(...golden.inbreeding)).toBeGreaterThan(0.1);
    const inverse = relationshipInverse(family);
    expect(family.mendelian.reduce((sum, v) => sum + Math.log(v), 0)).toBeCloseTo(golden.logDetA, 10);
    const entries = new Map<string, number>();
    for (let j = 0; j < inverse.n; j++)
      for (let e = inverse.colPtr[j]; e < inverse.colPtr[j + 1]; e++) {
        const i = inverse.rowIdx[e];
        entries.set(`${Math.max(i, j)} ${Math.min(i, j)}`, inverse.values[e]);
      }
    const { row, col, value } = golden.Ainv;
    value.forEach((v, e) => {
      const [i, j] = [at[row[e]], at[col[e]]];
      expect(entries.get(`${Math.max(i, j)} ${Math.min(i, j)}`)).toBeCloseTo(v, 9);
    });
    // Nothing more than contributions that cancel
    expect([...entries.values()].filter((v) => Math.abs(v) > 1e-12)).toHaveLength(value.length);
  });

  it.each(golden.fits)('fits $id as lme4 does with Z L', (fit) => {
    const { formula, reml } = fit;
    const { data } = fitModel(formula, golden.data, { reml, covariance: { animal: pedigree(golden.pedigree) } });
    expect(data.certificate.converged).toBe(true);
    expect(Math.abs(data.objective - fit.objective)).toBeLessThan(1e-8);
    expect(data.sigma / fit.sigma).toBeCloseTo(1, 6);
    fit.beta.forEach((v, k) => expect(Math.abs(data.beta.values[k] - v)).toBeLessThan(1e-5 * fit.se[k]));
    fit.se.forEach((v, k) => expect(data.se[k] / v).toBeCloseTo(1, 6));
    fit.groups.forEach((group, t) => {
      const { sd, corr } = data.varcorr.find((v) => v.group === group)!;
      const largest = Math.max(...fit.Sigma[t]);
      fit.Sigma[t].forEach((v, k) => {
        const [i, j] = [k % sd.length, Math.floor(k / sd.length)];
        const own = sd[i] * sd[j] * (i === j ? 1 : corr![i][j]);
        expect(Math.abs(own - v)).toBeLessThan(1e-5 * largest);
      });
    });
  });
});
