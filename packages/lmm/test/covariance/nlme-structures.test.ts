import { readGolden } from '@blup/golden';
import { describe, expect, it } from 'vitest';
import { fitModel, varCorr } from '../../src/index.js';

interface Fit {
  id: string;
  data: string;
  formula: string;
  residual: string;
  reml: boolean;
  logLik: number;
  sigma: number;
  beta: number[];
  se: number[];
  names: string[];
  values: number[];
  intervals: ([number, number, number] | null)[] | null;
}

const golden = readGolden('covariance/residual-structures.json') as {
  data: Record<string, Record<string, (number | string)[]>>;
  fits: Fit[];
};

/** A natural parameter of the residuals, or the ratio a/b of the standard deviations of two strata. */
function parameter({ names, values }: { names: readonly string[]; values: readonly number[] }, wanted: string): number {
  const at = (name: string) => values[names.indexOf(name)];
  const [a, b] = wanted.split('/');
  if (b === undefined) return at(wanted);
  const sd = (level: string) => at(`sd ${level}`) ?? at(`ratio ${level}`) ?? 1;
  return sd(a) / sd(b);
}

/**
 * The likelihood is as high as nlme's or higher. Where variances depend on fitted values nlme stops its rounds at about 1e-6, and the criterion
 * is not stationary in the fitted values.
 */
describe('variance functions, ARMA, spatial correlations and products against nlme', () => {
  it.each(golden.fits)('$id', (fit) => {
    const { data } = fitModel(fit.formula, golden.data[fit.data], { residual: fit.residual, reml: fit.reml });
    const byFitted = fit.residual.includes('fitted');
    expect(data.certificate.converged).toBe(true);
    const rise = data.logLik - fit.logLik;
    expect(rise).toBeGreaterThan(byFitted ? -5e-6 : -1e-8);
    expect(rise).toBeLessThan(byFitted ? 5e-6 : 1e-6);
    fit.beta.forEach((v, k) => expect(Math.abs(data.beta.values[k] - v)).toBeLessThan(1e-4 * data.se[k]));
    // By ML nlme's gls divides the residual sum of squares by n - p for standard errors, and lme by n.
    if (fit.reml) fit.se.forEach((v, k) => expect(data.se[k] / v).toBeCloseTo(1, 4));
    const residuals = data.natural.at(-1)!;
    fit.values.forEach((v, k) => expect(parameter(residuals, fit.names[k]) / v).toBeCloseTo(1, byFitted ? 4 : 5));
    // nlme's sigma: at 1 or 0 of the covariate, in the first stratum of the data
    const origin = residuals.names.findIndex((name) => name.startsWith('sd at'));
    if (origin >= 0) expect(residuals.values[origin] / fit.sigma).toBeCloseTo(1, byFitted ? 3 : 5);
  });
});

/** Parameters whose Wald intervals nlme takes on our scale: atanh rho of ar1, log range, logit nugget, powers and rates as they are. */
const sameScale = /^(ar1|exp|gau|varpower|varexp|varpower \* ar1|varexp \* ar1)$/;

describe('standard errors of natural parameters against nlme', () => {
  it('are those behind its intervals, as far as its numerical Hessian goes', () => {
    let compared = 0;
    for (const fit of golden.fits) {
      if (fit.residual.includes('fitted') || !fit.intervals) continue;
      const model = fitModel(fit.formula, golden.data[fit.data], { residual: fit.residual, reml: fit.reml });
      if (!sameScale.test(model.data.residual!)) continue;
      const own = varCorr(model).at(-1)!;
      fit.names.forEach((name, k) => {
        const at = own.names.indexOf(name);
        const interval = fit.intervals![k];
        if (!interval) return;
        const [lower, , upper] = interval;
        const width = upper - lower;
        expect(Math.abs(own.lower[at] - lower)).toBeLessThan(0.02 * width);
        expect(Math.abs(own.upper[at] - upper)).toBeLessThan(0.02 * width);
        compared++;
      });
    }
    expect(compared).toBeGreaterThanOrEqual(9);
  });
});

describe('variances by fitted values', () => {
  it('are those of a covariate with the fitted values of the fit', () => {
    const fit = golden.fits.find(({ id }) => id === 'bodyweight-power-fitted-exp')!;
    const table = golden.data[fit.data];
    const model = fitModel(fit.formula, table, { residual: fit.residual });
    const again = fitModel(fit.formula, { ...table, v: model.fitted }, { residual: 'varpower(v) * exp(Time | Rat)' });
    expect(again.data.objective).toBeCloseTo(model.data.objective, 7);
    model.fitted.forEach((v, i) => expect(again.fitted[i]).toBeCloseTo(v, 6));
    expect(again.data.par.at(-1)).toBeCloseTo(model.data.par.at(-1)!, 7);
  });
});
