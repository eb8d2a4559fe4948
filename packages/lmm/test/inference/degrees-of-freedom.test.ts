import { describe, expect, it } from 'vitest';
import { readTable } from '@blup/golden';
import { contrastTest, fitModel, kenwardRoger, profile, satterthwaite, series } from '../../src/index.js';
import { fitCase, goldenCase, plainCaseIds, positions } from '../golden.js';
import { expectAllNear, expectNear } from './near.js';
import { fitOwn, readOwn } from './own-models.js';

const cases = plainCaseIds.map(goldenCase);

describe("Satterthwaite's degrees of freedom", () => {
  it.each(cases.filter((c) => c.results.satterthwaite && !c.results.singular).map((c) => [c.id, c] as const))(
    '%s: as lmerTest, and as exact derivatives with dense V',
    (_, spec) => {
      const model = fitCase(spec);
      const want = spec.results.satterthwaite;
      const at = positions(spec.results.beta.names, model.data.beta.names);
      const got = satterthwaite(model);
      const pick = (x: readonly number[]) => at.map((k) => x[k]);
      if (want.dfExact) expectAllNear(pick(got.df), want.dfExact, 1e-7);
      expectAllNear(pick(got.df), want.df, 1e-5);
      if (want.t) expectAllNear(pick(got.t), want.t, 1e-7);
      if (want.p) expectAllNear(pick(got.p), want.p, 1e-4);
    },
  );

  it('are those of the linear model where there are no random effects, whatever the weights', () => {
    const model = fitModel(
      'y ~ x',
      { x: [1, 2, 3, 4, 5, 6], y: [1, 3, 2, 5, 4, 6], w: [1, 2, 1, 3, 1, 2] },
      { weights: 'w' },
    );
    expectAllNear(satterthwaite(model).df, [4, 4], 1e-12);
    const known = fitModel('y ~ x', { x: [1, 2, 3, 4, 5, 6], y: [1, 3, 2, 5, 4, 6] }, { sigma: 1 });
    expect(satterthwaite(known).df).toEqual([Infinity, Infinity]);
  });

  it('leave a variance at zero out, as if the model had been fitted without it', () => {
    const { table, without } = zeroVariance();
    const model = fitModel('y ~ x + (1 | g) + (1 | h)', table);
    expect(model.data.certificate.singular).toBe(true);
    expectAllNear(satterthwaite(model).df, satterthwaite(fitModel(without, table)).df, 1e-6);
  });
});

describe('Kenward-Roger', () => {
  const plain = cases.filter((c) => c.results.kenwardRoger && !c.weights);
  it.each(plain.map((c) => [c.id, c] as const))('%s: as pbkrtest', (_, spec) => {
    const model = fitCase(spec);
    const want = spec.results.kenwardRoger;
    const at = positions(spec.results.beta.names, model.data.beta.names);
    const got = kenwardRoger(model);
    const pick = (x: readonly number[]) => at.map((k) => x[k]);
    expectAllNear(pick(got.df), want.df, 1e-7);
    expectAllNear(pick(got.se), want.se, 1e-7);
    expectAllNear(pick(got.p), want.p, 1e-5);
    at.forEach((k, i) => expectAllNear(pick(got.vcov[k]), want.vcov[i], 1e-6, 1e-7 * want.se[i] ** 2));
  });

  interface Dense {
    data: string;
    formula: string;
    weights?: string | null;
    names: string[];
    se: number[];
    df: number[];
    vcov: number[][];
    tests: { L: number[][]; F: number; df: number; p: number }[];
  }
  it.each(Object.entries(readOwn<Record<string, Dense>>('kenward-roger')))(
    '%s: as the definition with dense V, weights included, and F tests of several degrees',
    (_, want) => {
      const model = fitOwn(want.data, want.formula, { weights: want.weights ?? undefined });
      expect(model.data.beta.names).toEqual(want.names);
      const got = kenwardRoger(model);
      // lme4's optimum is good to about 1e-7 here.
      expectAllNear(got.df, want.df, 1e-6);
      expectAllNear(got.se, want.se, 1e-6);
      for (const test of want.tests) {
        const F = contrastTest(model, test.L, { ddf: 'kenward-roger' });
        expectNear(F.denDF, test.df, 1e-6);
        expectNear(F.F, test.F, 1e-6);
        expectNear(F.p, test.p, 1e-4);
      }
    },
  );

  it('has finite answers on singular fits', () => {
    const { table } = zeroVariance();
    const got = kenwardRoger(fitModel('y ~ x + (1 | g) + (1 | h)', table));
    expect([...got.df, ...got.se, ...got.p].every((v) => Number.isFinite(v) && v > 0)).toBe(true);
  });

  it('does not depend on the units of the columns or of the response', () => {
    const spec = goldenCase('sleepstudy-rs-reml');
    const model = fitCase(spec);
    const table = model.source!.table as Record<string, number[]>;
    const scaled = fitModel('Reaction ~ Days + (Days | Subject)', {
      Reaction: table.Reaction.map((v) => 1e6 * v),
      Days: table.Days.map((v) => v / 1e3 + 50),
      Subject: table.Subject,
    });
    expectNear(kenwardRoger(scaled).df[1], kenwardRoger(model).df[1], 1e-6);
    expectNear(satterthwaite(scaled).df[1], satterthwaite(model).df[1], 1e-6);
    expectNear(kenwardRoger(scaled).t[1], kenwardRoger(model).t[1], 1e-6);
  });

  it('counts an unknown sigma only where it is estimated, and takes held ratios as known', () => {
    const { table } = zeroVariance();
    const free = fitModel('y ~ x + (1 | g)', table);
    const held = fitModel('y ~ x + (1 | g)', table, { fixedPar: [free.data.par[0]] });
    // With the ratio known the model is a weighted linear model.
    expectAllNear(kenwardRoger(held).df, [free.data.nobs - 2, free.data.nobs - 2], 1e-8);
    expectAllNear(satterthwaite(held).df, [free.data.nobs - 2, free.data.nobs - 2], 1e-8);
    expectAllNear(kenwardRoger(held).se, held.data.se, 1e-8);
  });

  it('is refused for ML', () => {
    const { table } = zeroVariance();
    expect(() => kenwardRoger(fitModel('y ~ x + (1 | g)', table, { reml: false }))).toThrow(/REML/);
  });
});

describe('F tests', () => {
  const { table } = zeroVariance();
  const model = fitModel('y ~ x + f + (1 | g)', table);

  it.each(['satterthwaite', 'kenward-roger', 'none'] as const)('of one row are squared t tests (%s)', (ddf) => {
    const F = contrastTest(model, [[0, 1, 0, 0]], { ddf });
    const single = ddf === 'kenward-roger' ? kenwardRoger(model) : satterthwaite(model);
    expectNear(F.F, single.t[1] ** 2, 1e-9);
    if (ddf !== 'none') expectNear(F.p, single.p[1], 1e-9);
    expect(F.numDF).toBe(1);
  });

  it('count dependent rows once, and refuse contradictions', () => {
    const two = [
      [0, 0, 1, 0],
      [0, 0, 0, 1],
    ];
    const F = contrastTest(model, two, { ddf: 'none' });
    const again = contrastTest(model, [...two, [0, 0, 1, -1]], { ddf: 'none' });
    expect(again.numDF).toBe(2);
    expectNear(again.F, F.F, 1e-9);
    expect(() => contrastTest(model, [...two, [0, 0, 1, -1]], { rhs: [0, 0, 1] })).toThrow(/contradict/);
    expect(() => contrastTest(model, [[1, 2]])).toThrow(/4 finite weights/);
  });

  it('test other values than zero', () => {
    const { values } = model.data.beta;
    expectNear(contrastTest(model, [[0, 1, 0, 0]], { rhs: [values[1]] }).p, 1, 1e-6);
  });
});

/** A group h without any effect, and groups g with one; a balanced three-level factor. */
function zeroVariance() {
  const n = 60;
  const wave = (i: number) => Math.sin(12.9898 * (i + 1)) * 2;
  const g = Array.from({ length: n }, (_, i) => `g${i % 6}`);
  const h = Array.from({ length: n }, (_, i) => `h${Math.floor(i / 6) % 5}`);
  const x = Array.from({ length: n }, (_, i) => (i * 7) % 11);
  const f = Array.from({ length: n }, (_, i) => 'abc'[Math.floor(i / 2) % 3]);
  const noise = Array.from({ length: n }, (_, i) => wave(i));
  // Take the means of h out of the noise, so that its variance is estimated at zero.
  const y = noise.map((e, i) => {
    const same = noise.filter((_, j) => h[j] === h[i]);
    return 3 + 0.2 * x[i] + (i % 6) + e - same.reduce((a, b) => a + b, 0) / same.length;
  });
  return { table: { y, x, g, h, f }, without: 'y ~ x + (1 | g)' };
}

describe('covariance structures', () => {
  it('give compound symmetry the degrees of freedom of the nested random effects that it equals', () => {
    const cs = fitCase(goldenCase('machines-homcs-reml'));
    const nested = fitCase(goldenCase('machines-practical-reml'));
    expectAllNear(satterthwaite(cs).df, satterthwaite(nested).df, 1e-6);
    expectAllNear(kenwardRoger(cs).df, kenwardRoger(nested).df, 1e-6);
    expectAllNear(kenwardRoger(cs).se, kenwardRoger(nested).se, 1e-6);
  });

  it('give a series by its precision the degrees of freedom that it has by its covariance', () => {
    const { columns, categories } = readTable('sleepstudy');
    const dense = fitCase(goldenCase('sleepstudy-ar1-reml'));
    const sparse = fitModel('Reaction ~ Days + (1 | Subject)', columns, {
      categories,
      covariance: { Subject: series({ kind: 'ar1', time: 'Days' }) },
    });
    expectNear(sparse.data.objective, dense.data.objective, 0, 1e-7);
    expectAllNear(satterthwaite(sparse).df, satterthwaite(dense).df, 1e-5);
    const parameters = profile(sparse, { which: ['Days'] }).parameters;
    const held = fitModel(
      'Reaction ~ 1 + offset(o) + (1 | Subject)',
      { ...columns, o: columns.Days.map((v) => (v as number) * parameters[0].lower) },
      { reml: false, categories, covariance: { Subject: series({ kind: 'ar1', time: 'Days' }) } },
    );
    const free = fitModel('Reaction ~ Days + (1 | Subject)', columns, {
      reml: false,
      categories,
      covariance: { Subject: series({ kind: 'ar1', time: 'Days' }) },
    });
    expectNear(Math.sqrt(held.data.objective - free.data.objective), 1.959963984540054, 1e-6);
    expectAllNear(kenwardRoger(sparse).df, kenwardRoger(dense).df, 1e-5);
    expectAllNear(kenwardRoger(sparse).se, kenwardRoger(dense).se, 1e-6);
  });
});

describe('residual structures', () => {
  it('with compound symmetry give the degrees of freedom of the random intercept that it equals', () => {
    const { columns, categories } = readTable('Orthodont');
    const options = { categories };
    const intercept = fitModel('distance ~ age * Sex + (1 | Subject)', columns, options);
    const residual = fitModel('distance ~ age * Sex', columns, { ...options, residual: 'cs(1 | Subject)' });
    expectNear(residual.data.objective, intercept.data.objective, 0, 1e-7);
    expectAllNear(satterthwaite(residual).df, satterthwaite(intercept).df, 1e-5);
    expectAllNear(kenwardRoger(residual).df, kenwardRoger(intercept).df, 1e-5);
    expectAllNear(kenwardRoger(residual).se, kenwardRoger(intercept).se, 1e-6);
  });
});

describe('degrees of freedom of an effect whose variance no parameter moves', () => {
  it('are infinite: a slope within groups of a balanced layout, sigma known', () => {
    const model = fitOwn('sleepstudy', 'Reaction ~ Days + (1 | Subject)', { sigma: 30 });
    const { df } = satterthwaite(model);
    expect(df[1]).toBe(Infinity);
    expect(df[0]).toBeLessThan(30);
  });
});
