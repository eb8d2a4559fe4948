import { readGolden, readTable } from '@blup/golden';
import { describe, expect, it } from 'vitest';
import { fitModel, modelFromJSON, summarize, varCorr, varianceIntervals } from '../../src/index.js';

const { columns } = readTable('Orthodont');
const golden = readGolden('covariance/residual-structures.json');

describe('the report of structures', () => {
  const model = fitModel('distance ~ age + (1 | Subject)', columns, { residual: 'strata(Sex) * ar1(1 | Subject)' });
  const parts = varCorr(model);

  it('has one entry for each term and one for the residuals, sigma last', () => {
    expect(parts.map(({ group, structure }) => [group, structure])).toEqual([
      ['Subject', 'scalar'],
      ['Residual', 'strata * ar1'],
    ]);
    expect(parts[1].names).toEqual(['rho', 'sd Female', 'sd Male', 'sigma']);
    expect(parts[1].estimate[1]).toBeCloseTo(model.data.sigma, 12);
    const all = varianceIntervals(model);
    expect(parts.flatMap((p) => p.se)).toEqual(all.se);
    expect(parts.flatMap((p) => p.lower)).toEqual(all.lower);
  });

  it('stands in the summary and in its JSON, with standard errors', () => {
    const text = model.summary();
    const [rho] = parts[1].estimate;
    const [se] = parts[1].se;
    const line = /Residual +strata \* ar1 +rho +(-?[\d.]+) +([\d.]+)\n/.exec(text)!;
    expect(Number(line[1])).toBeCloseTo(rho, 3);
    expect(Number(line[2])).toBeCloseTo(se, 4);
    expect(text).toMatch(/sd Male +[\d.]+ +[\d.]+\n/);
    expect(summarize(modelFromJSON(JSON.stringify(model)))).toBe(text);
    expect(model.data.naturalSe![1][0]).toBe(se);
  });

  it('shows many columns of one structure by its parameters, and a held one without error', () => {
    const ar1 = fitModel('distance ~ age + ar1(0 + factor(age) | Subject)', columns, { fixedPar: [null, 0.9] });
    const text = ar1.summary();
    expect(text).toMatch(/Subject +4 columns, ar1 +[\d.]+ +[\d.]+\n/);
    expect(text).toMatch(/ +rho +0\.9000?\n/);
    expect(varCorr(ar1)[0].se[1]).toBeNaN();
    expect(ar1.data.naturalSe![0][1]).toBeNull();
  });

  it('leaves the summary of ordinary models as it is, and takes no Hessian for them', () => {
    const plain = fitModel('distance ~ age + (age | Subject)', columns);
    expect(plain.summary()).not.toMatch(/Covariance structures/);
    expect(plain.data.naturalSe).toBeNull();
    expect(varCorr(plain)[1]).toMatchObject({ group: 'Residual', structure: 'independent', names: ['sigma'] });
  });

  it('is the same whatever the unit of the covariate', () => {
    const { data } = golden;
    const table = data.Dialyzer as Record<string, number[]>;
    const scaled = { ...table, pressure10: table.pressure.map((v) => 10 * v) };
    const formula = 'rate ~ pressure * QB';
    const a = varCorr(fitModel(formula, scaled, { residual: 'varpower(pressure)' }))[0];
    const b = varCorr(fitModel(formula, scaled, { residual: 'varpower(pressure10)' }))[0];
    expect(b.estimate[0]).toBeCloseTo(a.estimate[0], 7);
    expect(b.se[0] / a.se[0]).toBeCloseTo(1, 6);
    // sd(1) = sd(10) 10^-power, of which the error follows from those of both and their correlation
    expect(b.estimate[1] / (a.estimate[1] * 10 ** -a.estimate[0])).toBeCloseTo(1, 6);
  });
});
