import { readGolden } from '@blup/golden';
import { describe, expect, it } from 'vitest';
import { fitModel, influence, refitter, residuals, simulate } from '../../src/index.js';

const golden = readGolden('covariance/residual-structures.json');
interface Fit {
  id: string;
  data: string;
  formula: string;
  residual: string;
  reml: boolean;
  beta: number[];
  pearson: number[];
  normalized: number[];
}
/** nlme takes another square root for cs and arma, and another row order where groups do not stand in the order of their levels. */
const fits = (golden.fits as Fit[]).filter(
  ({ id, residual }) => !/fitted|cs\(|arma|gau/.test(residual) && !id.startsWith('chick'),
);
const modelOf = (fit: Fit) => fitModel(fit.formula, golden.data[fit.data], { residual: fit.residual, reml: fit.reml });

describe.each(fits)('$id: after the fit', (fit) => {
  const model = modelOf(fit);
  const { nobs } = model.data;

  it("has nlme's Pearson and normalized residuals as scaled and whitened ones", () => {
    const scaled = residuals(model, 'scaled');
    const whitened = residuals(model, 'whitened');
    fit.pearson.forEach((v, k) => expect(Math.abs(scaled[10 * k] - v)).toBeLessThan(2e-5));
    fit.normalized.forEach((v, k) => expect(Math.abs(whitened[10 * k] - v)).toBeLessThan(2e-5));
  });

  it("has normalised residuals of which the squares sum up to r'V^-1 r / sigma^2", () => {
    const sum = residuals(model, 'normalised').reduce((s, v) => s + v * v, 0);
    expect(sum / (fit.reml ? nobs - fit.beta.length : nobs)).toBeCloseTo(1, 10);
  });

  it('is found again by refits, whatever came before', () => {
    const { refit } = refitter(model);
    refit(simulate(model, { seed: 5 })[0]);
    expect(refit(model.optimum.matrices.y).objective).toBeCloseTo(model.data.objective, 8);
  });
});

describe('simulated residuals', () => {
  it('have the correlation and the standard deviations of the structure', () => {
    const model = modelOf(fits.find(({ id }) => id === 'orthodont-us-sex')!);
    const { natural, sigma } = model.data;
    const at = (name: string) => natural[0].values[natural[0].names.indexOf(name)];
    const draws = simulate(model, { seed: 11, nsim: 4000 });
    const table = golden.data.Orthodont as { Sex: string[]; age: number[] };
    const boy = table.Sex.indexOf('Male');
    expect(table.age.slice(boy, boy + 2)).toEqual([8, 10]);
    const error = (row: number) => draws.map((y) => y[row] - model.fitted[row]);
    const [a, b] = [error(boy), error(boy + 1)];
    const moment = (x: number[], y: number[]) => x.reduce((s, v, i) => s + v * y[i], 0) / x.length;
    // Four standard errors of 4000 draws
    expect(Math.abs(Math.sqrt(moment(a, a)) / (sigma * at('ratio Male')) - 1)).toBeLessThan(4 / Math.sqrt(8000));
    const r = moment(a, b) / Math.sqrt(moment(a, a) * moment(b, b));
    expect(Math.abs(r - at('cor 10.8'))).toBeLessThan((4 * (1 - r * r)) / Math.sqrt(4000));
  });
});

describe('influence under a residual structure', () => {
  it('is that of a fit to the other rows', () => {
    const table = golden.data.Orthodont as Record<string, (string | number)[]>;
    const residual = 'strata(Sex) * ar1(1 | Subject)';
    const formula = 'distance ~ age + (1 | Subject)';
    const [one] = influence(fitModel(formula, table, { residual }), 'Subject', { groups: ['M10'] });
    const rest = fitModel(formula, table, { residual, subset: 'Subject != "M10"' });
    rest.data.beta.values.forEach((v, k) => expect(one.beta[k]).toBeCloseTo(v, 6));
    expect(one.sigma).toBeCloseTo(rest.data.sigma, 6);
  });
});
