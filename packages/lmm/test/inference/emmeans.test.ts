import { describe, expect, it } from 'vitest';
import {
  contrasts,
  emmeans,
  emtrends,
  fitModel,
  pairs,
  type Adjustment,
  type DdfMethod,
  type MeanWeights,
} from '../../src/index.js';
import { fitCase, goldenCase, plainCaseIds } from '../golden.js';
import { expectAllNear, expectNear } from './near.js';
import { fitOwn, readOwn } from './own-models.js';

interface Contrasts {
  contrast: string[];
  estimate: (number | null)[];
  se: (number | null)[];
  df: (number | null)[];
  t: (number | null)[];
  p: (number | null)[];
  lower: (number | null)[];
  upper: (number | null)[];
}
interface Own {
  formula: string[] | string;
  data: string;
  call: {
    specs: string[];
    by?: string[];
    trend?: string;
    at?: Record<string, number[]>;
    ddf?: DdfMethod;
    weights?: MeanWeights;
  };
  means: Omit<Contrasts, 'contrast' | 't' | 'p'> & { levels: string[][][] };
  contrasts: Partial<Record<Adjustment, Contrasts>>;
}

describe('estimated marginal means of unbalanced models, as emmeans', () => {
  it.each(Object.entries(readOwn<Record<string, Own>>('emmeans')))('%s', (_, want) => {
    const model = fitOwn(want.data, String(want.formula));
    const { specs, trend, ...options } = want.call;
    const means = trend ? emtrends(model, specs, trend, options) : emmeans(model, specs, options);
    expect(means.levels.map((l) => l.map(String))).toEqual(want.means.levels.map((l) => l.map(([v]) => v)));
    expect(means.estimable).toEqual(want.means.estimate.map((v) => v !== null));
    expectAllNear(means.estimate, want.means.estimate, 1e-6);
    expectAllNear(means.se, want.means.se, 1e-6);
    expectAllNear(means.df, want.means.df, 1e-6);
    expectAllNear(means.lower, want.means.lower, 1e-6);
    expectAllNear(means.upper, want.means.upper, 1e-6);
    for (const [adjust, expected] of Object.entries(want.contrasts) as [Adjustment, Contrasts][]) {
      const got = pairs(means, { adjust });
      expect(got.contrast).toEqual(expected.contrast);
      expectAllNear(got.estimate, expected.estimate, 1e-6);
      expectAllNear(got.t, expected.t, 1e-6);
      // R's studentised range is good to about 1e-7, and 1 - (1 - p)^m loses small p.
      expectAllNear(got.p, expected.p, adjust === 'tukey' || adjust === 'sidak' ? 1e-5 : 1e-4, 1e-6, adjust);
      expectAllNear(got.lower, expected.lower, 1e-5, 1e-6, adjust);
      expectAllNear(got.upper, expected.upper, 1e-5, 1e-6, adjust);
    }
  });
});

describe('estimated marginal means of the golden cases', () => {
  const cases = plainCaseIds.map(goldenCase).filter((c) => c.results.emmeans);
  it.each(cases.map((c) => [c.id, c] as const))('%s', (_, spec) => {
    const model = fitCase(spec);
    for (const [field, ddf] of [
      ['satterthwaite', 'satterthwaite'],
      ['kenwardRoger', 'kenward-roger'],
    ] as const) {
      const want = spec.results.emmeans[field];
      const factor = want.specs.replace('~ ', '');
      const means = emmeans(model, factor, { ddf });
      expect(means.levels.map(([l]) => l)).toEqual(want.grid[factor]);
      expectAllNear(means.estimate, want.emmean, 1e-8);
      expectAllNear(means.se, want.se, 1e-7);
      expectAllNear(means.df, want.df, 1e-6);
      expectAllNear(means.lower, want.lower, 1e-6);
      const got = pairs(means, { adjust: 'none' });
      expect(got.contrast).toEqual(want.pairs.contrast);
      expectAllNear(got.estimate, want.pairs.estimate, 1e-7, 1e-8);
      expectAllNear(got.df, want.pairs.df, 1e-6);
      expectAllNear(got.p, want.pairs.p, 1e-5);
    }
  });
});

describe('contrasts of means', () => {
  const model = fitOwn('crossed', 'y ~ a * b + x + (1 | g)');
  const means = emmeans(model, 'a');

  it('are differences of the means, by any method', () => {
    const [low, mid, top] = means.estimate;
    expectAllNear(pairs(means).estimate, [low - mid, low - top, mid - top], 1e-12);
    expectAllNear(contrasts(means, 'revpairwise').estimate, [mid - low, top - low, top - mid], 1e-12);
    expectAllNear(contrasts(means, 'trt.vs.ctrl').estimate, [mid - low, top - low], 1e-12);
    const mean = (low + mid + top) / 3;
    expectAllNear(contrasts(means, 'eff').estimate, [low - mean, mid - mean, top - mean], 1e-12);
    const own = contrasts(means, { linear: [-1, 0, 1] }, { adjust: 'tukey' });
    expectAllNear(own.estimate, [top - low], 1e-12);
    // Tukey's adjustment is for pairwise differences.
    expect(own.adjust).toBe('sidak');
  });

  it('are ordered: none below Sidak below Bonferroni, Holm between none and Bonferroni', () => {
    const p = (adjust: Adjustment) => pairs(means, { adjust }).p;
    p('none').forEach((v, i) => {
      expect(p('sidak')[i]).toBeGreaterThanOrEqual(v);
      expect(p('bonferroni')[i]).toBeGreaterThanOrEqual(p('sidak')[i]);
      expect(p('holm')[i]).toBeGreaterThanOrEqual(v);
      expect(p('holm')[i]).toBeLessThanOrEqual(p('bonferroni')[i]);
      expect(p('tukey')[i]).toBeLessThanOrEqual(p('bonferroni')[i]);
    });
  });

  it('refuse what does not exist', () => {
    expect(() => emmeans(model, 'c')).toThrow(/do not read a column c; they read: a, b, x/);
    expect(() => emmeans(model, 'a', { at: { a: ['nowhere'] } })).toThrow(/no level nowhere/);
    expect(() => emtrends(model, 'a', 'b')).toThrow(/no numeric column/);
    expect(() => contrasts(means, { two: [1, -1] })).toThrow(/needs 3 numbers/);
    expect(() => contrasts(means, 'poly' as 'eff')).toThrow(/no contrast method/);
    expect(() => pairs(means, { adjust: 'fdr' as 'none' })).toThrow(/tukey, bonferroni/);
  });

  it('know the grand mean, columns called __proto__, and offsets', () => {
    const table = new Map<string, (number | string)[]>([
      ['y', [1, 2, 4, 3, 6, 5, 8, 9]],
      ['__proto__', ['a', 'b', 'a', 'b', 'a', 'b', 'a', 'b']],
      ['o', [1, 1, 1, 1, 3, 3, 3, 3]],
      ['g', ['1', '1', '2', '2', '3', '3', '4', '4']],
    ]);
    const fit = fitModel('y ~ `__proto__` + (1 | g)', table);
    const levels = emmeans(fit, '__proto__');
    expect(levels.levels).toEqual([['a'], ['b']]);
    expectNear(emmeans(fit, []).estimate[0], (levels.estimate[0] + levels.estimate[1]) / 2, 1e-12);
    const moved = fitModel('y ~ `__proto__` + offset(10 * o) + (1 | g)', table);
    // Offsets stand at both values of o.
    expectNear(emmeans(moved, []).offset[0], 20, 1e-12);
  });

  it('agree with emtrends: the slope of a line is the difference of means one apart', () => {
    const slopes = fitOwn('crossed', 'y ~ a * x + (1 | g)');
    const at = (x: number) => emmeans(slopes, 'a', { at: { x } }).estimate;
    const trend = emtrends(slopes, 'a', 'x');
    expect(trend.quantity).toBe('x.trend');
    at(3).forEach((v, i) => expectNear(trend.estimate[i], v - at(2)[i], 1e-8));
  });
});
