import { readGolden, readTable } from '@blup/golden';
import { describe, expect, it } from 'vitest';
import { fitModel, linearCombination, type EffectWeight } from '../src/index.js';
import { fitCase, goldenCase } from './golden.js';

interface OneWay {
  mu: number;
  sigma2: number;
  tau2: number;
  theta: number;
  objective: number;
  seMu: number;
}

const oneWay = readGolden<{ cases: { data: string; ML: OneWay; REML: OneWay }[] }>('theory/balanced-oneway.json').cases;
const response: Record<string, string> = {
  Rail: 'travel ~ 1 + (1 | Rail)',
  Dyestuff: 'Yield ~ 1 + (1 | Batch)',
  Dyestuff2: 'Yield ~ 1 + (1 | Batch)',
};

describe('balanced one-way layout, closed forms', () => {
  for (const { data, ...criteria } of oneWay) {
    for (const [name, want] of Object.entries(criteria).filter(([k]) => k === 'ML' || k === 'REML') as [
      string,
      OneWay,
    ][]) {
      it(`${data} by ${name}`, () => {
        const { columns, categories } = readTable(data);
        const { data: got } = fitModel(response[data], columns, { reml: name === 'REML', categories });
        const close = (a: number, b: number) =>
          expect(Math.abs(a - b)).toBeLessThanOrEqual(1e-8 * Math.max(1, Math.abs(b)));
        close(got.beta.values[0], want.mu);
        close(got.sigma ** 2, want.sigma2);
        close(got.varcorr[0].sd[0] ** 2, want.tau2);
        close(got.theta[0], want.theta);
        close(got.objective, want.objective);
        close(got.se[0], want.seMu);
      });
    }
  }
});

describe('Neyman and Scott: sigma with a mean for every pair', () => {
  it('by ML is half of what REML finds, and REML is the mean squared difference over 2', () => {
    const { columns, categories } = readTable('NeymanScott');
    const y = columns.y as number[];
    const groups = columns.i as string[];
    const byGroup = new Map<string, number[]>();
    y.forEach((v, k) => byGroup.set(String(groups[k]), [...(byGroup.get(String(groups[k])) ?? []), v]));
    let squares = 0;
    for (const [a, b] of byGroup.values()) squares += (a - b) ** 2;
    const k = byGroup.size;
    const options = { categories };
    const ml = fitModel('y ~ 0 + i', columns, { ...options, reml: false }).data;
    const reml = fitModel('y ~ 0 + i', columns, options).data;
    expect(reml.sigma ** 2).toBeCloseTo(squares / (2 * k), 10);
    expect(ml.sigma ** 2).toBeCloseTo(squares / (4 * k), 10);
  });
});

interface Henderson {
  case: string;
  sigma: number;
  bNames: string[];
  beta: number[];
  b: number[];
  C11: number[][];
  C22diag: number[];
  combinations: { lambda1: number[]; lambda2: { index: number[]; value: number[] }; estimate: number; mse: number }[];
}

/** `Worker:Machine[6:A].(Intercept)` */
function effectOf(name: string, weight: number): EffectWeight {
  const [, group, level, column] = /^(.*)\[(.*)\]\.(.*)$/.exec(name)!;
  return { group, level, name: column, weight };
}

describe.each(['sleepstudy', 'machines', 'penicillin'])('Henderson: mixed model equations of %s', (id) => {
  const want = readGolden<Henderson>(`theory/henderson-${id}.json`);
  const model = fitCase(goldenCase(want.case));
  const { data } = model;
  const near = (a: number, b: number, scale: number) =>
    expect(Math.abs(a - b)).toBeLessThanOrEqual(1e-6 * Math.max(scale, Math.abs(b)));

  it('has their solution', () => {
    want.beta.forEach((b, k) => near(data.beta.values[k], b, want.sigma));
    want.b.forEach((b, k) => {
      const { group, level, name } = effectOf(want.bNames[k], 1);
      const modes = data.ranef[group];
      near(modes.values[modes.levels.indexOf(level)][modes.names.indexOf(name)], b, want.sigma);
    });
  });

  it('has their inverse: covariance of beta, prediction errors of b', () => {
    want.C11.forEach((row, i) => row.forEach((v, j) => near(data.vcov[i][j], v, want.sigma ** 2)));
    const none = want.beta.map(() => 0);
    want.C22diag.forEach((v, k) =>
      near(linearCombination(model, none, [effectOf(want.bNames[k], 1)]).mse, v, want.sigma ** 2),
    );
  });

  it('predicts linear combinations with their mean squared errors', () => {
    for (const { lambda1, lambda2, estimate, mse } of want.combinations) {
      const effects = lambda2.index.map((k, i) => effectOf(want.bNames[k], lambda2.value[i]));
      const got = linearCombination(model, lambda1, effects);
      near(got.estimate, estimate, want.sigma);
      near(got.mse, mse, want.sigma ** 2);
    }
  });
});

describe('comparisons of nested models', () => {
  const { lrt, ranova } = readGolden<{
    lrt: { smaller: string; larger: string; chisq: number; df: number }[];
    ranova: { data: string; formula: string; logLik: number[]; npar: number[] }[];
  }>('theory/comparisons.json');

  it.each(lrt)('$smaller in $larger', ({ smaller, larger, chisq, df }) => {
    const a = fitCase(goldenCase(smaller)).data;
    const b = fitCase(goldenCase(larger)).data;
    expect(a.objective - b.objective).toBeCloseTo(chisq, 6);
    expect(b.df - a.df).toBe(df);
  });

  it.each(ranova)('$data: $formula', ({ data, formula, logLik, npar }) => {
    const { columns, categories } = readTable(data);
    const full = fitModel(formula, columns, { categories }).data;
    expect(full.logLik).toBeCloseTo(logLik[0], 6);
    expect(full.df).toBe(npar[0]);
  });
});
