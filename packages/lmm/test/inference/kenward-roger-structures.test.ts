import { describe, expect, it } from 'vitest';
import { contrastTest, fitModel, kenwardRoger } from '../../src/index.js';
import { expectAllNear, expectNear } from './near.js';
import { fitOwn, readOwn } from './own-models.js';

interface Dense {
  readonly data: string;
  readonly formula: string;
  readonly residual: string;
  readonly logLik: number;
  readonly se: number[];
  readonly df: number[];
  readonly vcov: number[][];
  readonly tests: { readonly L: number[][]; readonly F: number; readonly df: number }[];
}

const cases = Object.entries(readOwn<Record<string, Dense>>('kenward-roger-structures'));

describe('Kenward-Roger where V is not linear in variances', () => {
  it.each(cases)("%s: nlme's estimates and the definition with dense V", (_, want) => {
    const model = fitOwn(want.data, want.formula, { residual: want.residual });
    // nlme stops within 1e-5 of the optimum or so, which the answers inherit.
    expectNear(model.data.logLik, want.logLik, 0, 1e-5);
    const got = kenwardRoger(model);
    expectAllNear(got.se, want.se, 1e-4);
    expectAllNear(got.df, want.df, 1e-3);
    want.tests.forEach(({ L, F, df }) => {
      const test = contrastTest(model, L, { ddf: 'kenward-roger' });
      expectNear(test.F, F, 1e-3);
      expectNear(test.denDF, df, 1e-3);
    });
  });

  it('refuses one long series instead of running for minutes', () => {
    const t = Array.from({ length: 20_000 }, (_, i) => i);
    const y = t.map((i) => Math.sin(i * i) + Math.sin(i / 3));
    const model = fitModel('y ~ 1', { y, t }, { residual: 'ar1(t | 1)' });
    expect(() => kenwardRoger(model)).toThrow(/Satterthwaite/);
  });
});
