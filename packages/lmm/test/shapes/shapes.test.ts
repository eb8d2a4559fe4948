import { tableFromArrays } from 'apache-arrow';
import { describe, expect, it } from 'vitest';
import { augment, fitModel, glance, tidy } from '../../src/index.js';
import { fitCase, goldenCase } from '../golden.js';
import { afterFit } from '../prediction/after-fit.js';

const spec = goldenCase('sleepstudy-rs-reml');
const model = fitCase(spec);
const want = spec.results;
const near = (actual: unknown, expected: readonly number[]) => {
  expect(actual).toBeInstanceOf(Float64Array);
  expected.forEach((v, i) =>
    expect(Math.abs((actual as Float64Array)[i] - v)).toBeLessThan(1e-6 * Math.max(1, Math.abs(v))),
  );
};

describe('tidy', () => {
  it('has the columns and terms of broom.mixed', () => {
    const columns = tidy(model);
    expect(Object.keys(columns)).toEqual(['effect', 'group', 'term', 'estimate', 'std.error', 'statistic']);
    expect(columns.effect).toEqual(['fixed', 'fixed', 'ran_pars', 'ran_pars', 'ran_pars', 'ran_pars']);
    expect(columns.group).toEqual([null, null, 'Subject', 'Subject', 'Subject', 'Residual']);
    expect(columns.term).toEqual([
      '(Intercept)',
      'Days',
      'sd__(Intercept)',
      'sd__Days',
      'cor__(Intercept).Days',
      'sd__Observation',
    ]);
    const { sd, corr } = want.varcorr[0];
    near(columns.estimate, [...want.beta.values, ...sd, corr[0][1], want.sigma]);
    near((columns['std.error'] as Float64Array).slice(0, 2), want.se);
    near(
      (columns.statistic as Float64Array).slice(0, 2),
      want.beta.values.map((b: number, k: number) => b / want.se[k]),
    );
  });

  it('adds degrees of freedom, p values and intervals when asked', () => {
    const columns = tidy(model, { effects: ['fixed'], ddf: 'satterthwaite', confInt: true });
    expect(Object.keys(columns).slice(-4)).toEqual(['df', 'p.value', 'conf.low', 'conf.high']);
    near(columns.df, [17, 17]);
    const plain = tidy(model, { effects: ['fixed'], confInt: true });
    const [low, high] = [plain['conf.low'] as Float64Array, plain['conf.high'] as Float64Array];
    want.beta.values.forEach((b: number, k: number) => {
      expect(low[k]).toBeCloseTo(b - 1.959963984540054 * want.se[k], 4);
      expect(high[k]).toBeCloseTo(b + 1.959963984540054 * want.se[k], 4);
    });
  });

  it('lists conditional modes with their conditional standard errors', () => {
    const columns = tidy(model, { effects: ['ran_vals'] });
    const { levels, values } = want.ranef.Subject;
    expect((columns.level as string[]).slice(0, 3)).toEqual([levels[0], levels[0], levels[1]]);
    near(columns.estimate, values.flat());
    const given: number[][][] = want.condVar.Subject;
    near(
      (columns['std.error'] as Float64Array).slice(0, 6),
      given.flatMap((V) => V.map((row, k) => Math.sqrt(row[k]))),
    );
  });

  it('has the residual alone without random effects', () => {
    const flat = { y: [1, 2, 3, 4, 6, 5, 8, 7], x: [1, 2, 3, 4, 1, 2, 3, 4], g: [...'aabbccdd'] };
    expect(tidy(fitModel('y ~ x', flat)).term).toEqual(['(Intercept)', 'x', 'sd__Observation']);
  });
});

describe('glance', () => {
  it('has one row', () => {
    const columns = glance(model);
    expect(Object.keys(columns)).toEqual(['nobs', 'sigma', 'logLik', 'AIC', 'BIC', 'REMLcrit', 'df.residual']);
    near(
      Float64Array.from(Object.values(columns), (c) => c[0] as number),
      [want.nobs, want.sigma, want.logLik, want.AIC, want.BIC, want.objective, want.nobs - want.df],
    );
    expect(Object.keys(glance(fitCase(goldenCase('sleepstudy-rs-ml'))))).toContain('deviance');
  });
});

describe('augment', () => {
  it('has the data and a row of results for each', () => {
    const columns = augment(model);
    expect(Object.keys(columns).slice(0, 3).sort()).toEqual(['Days', 'Reaction', 'Subject']);
    near(columns['.fitted'], want.fitted);
    near(columns['.hat'], want.hatvalues);
    near(columns['.cooksd'], afterFit('sleepstudy-rs-reml').cooks);
    const { Days } = columns as unknown as { Days: Float64Array };
    const [a, b] = want.beta.values;
    near(
      columns['.fixed'],
      Array.from(Days, (d) => a + b * d),
    );
  });

  it('leaves out the rows that the fit left out, with weights and offset where there are any', () => {
    const spec = goldenCase('sleepstudy-na-reml');
    const columns = augment(fitCase(spec));
    expect(columns['.fitted'].length).toBe(spec.results.nobs);
    expect((columns.Reaction as Float64Array).length).toBe(spec.results.nobs);
    (columns.Reaction as Float64Array).forEach((v, i) =>
      expect(v).toBeCloseTo((columns['.fitted'] as Float64Array)[i] + (columns['.resid'] as Float64Array)[i], 9),
    );
    const weighted = augment(fitCase(goldenCase('sleepstudy-weights-offset-reml')));
    expect(Object.keys(weighted)).toEqual(expect.arrayContaining(['.offset', '.weights', '.wtres']));
  });

  it('goes straight into Arrow, whatever the columns are called', () => {
    const data = Object.create(null) as Record<string, (string | number)[]>;
    data['__proto__'] = [...'aabbccddee'];
    data.constructor = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10] as never;
    data.y = [3, 1, 4, 1, 5, 9, 2, 6, 5, 3];
    const odd = fitModel('y ~ constructor + (1 | `__proto__`)', data);
    const columns = augment(odd);
    expect(columns['__proto__']).toEqual(data['__proto__']);
    for (const shape of [tidy(odd, { effects: ['fixed', 'ran_pars', 'ran_vals'] }), glance(odd), augment(model)]) {
      const table = tableFromArrays(shape as Record<string, Float64Array>);
      expect(table.numRows).toBe(Object.values(shape)[0].length);
    }
  });
});
