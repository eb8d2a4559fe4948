import { describe, expect, it } from 'vitest';
import { anova, fitMatrices, termHypotheses, type AnovaType, type DdfMethod } from '../../src/index.js';
import { fitCase, goldenCase, plainCaseIds } from '../golden.js';
import { expectAllNear } from './near.js';
import { fitOwn, readOwn } from './own-models.js';

interface Table {
  terms: string[];
  sumSq: number[];
  numDF: (number | null)[];
  denDF: number[];
  F: number[];
  p: number[];
}

const kinds: readonly (readonly [string, AnovaType, DdfMethod])[] = [
  ['anovaTypeI', 'I', 'satterthwaite'],
  ['anovaTypeII', 'II', 'satterthwaite'],
  ['anovaTypeIII', 'III', 'satterthwaite'],
  ['anovaTypeIIIKR', 'III', 'kenward-roger'],
];

describe('analysis of variance of the golden cases, as lmerTest', () => {
  const cases = plainCaseIds
    .map(goldenCase)
    .filter((c) => !c.results.singular && kinds.some(([field]) => c.results[field]?.terms?.length));
  it.each(cases.map((c) => [c.id, c] as const))('%s', (_, spec) => {
    const model = fitCase(spec);
    for (const [field, type, ddf] of kinds) {
      const want: Table | undefined = spec.results[field];
      // pbkrtest leaves weights out of V.
      if (!want?.terms || (ddf === 'kenward-roger' && spec.weights)) continue;
      const got = anova(model, { type, ddf });
      expect(got.terms).toEqual(want.terms);
      // null: a term without columns of its own
      expect(got.numDF).toEqual(want.numDF.map((v) => v ?? 0));
      // lmerTest rounds type III hypotheses to seven digits.
      expectAllNear(got.F, want.F, 5e-7, 0, `${field} F`);
      expectAllNear(got.denDF, want.denDF, 1e-5, 0, `${field} denDF`);
      expectAllNear(got.sumSq, want.sumSq, 5e-7, 0, `${field} sumSq`);
      expectAllNear(got.p, want.p, 1e-4, 0, `${field} p`);
    }
  });
});

describe('analysis of variance of unbalanced layouts, as lmerTest', () => {
  type Own = Record<'I' | 'II' | 'III' | 'KR', Table> & { data: string; formula: string; weights?: string | null };
  // Without an intercept lmerTest tests the first factor marginally, not orthogonally to the terms that contain it.
  const models = Object.entries(readOwn<Record<string, Own>>('lmertest')).filter(([name]) => name !== 'crossed-noint');
  it.each(models)('%s', (_, want) => {
    const model = fitOwn(want.data, want.formula, { weights: want.weights ?? undefined });
    for (const [field, type, ddf] of [
      ['I', 'I', 'satterthwaite'],
      ['II', 'II', 'satterthwaite'],
      ['III', 'III', 'satterthwaite'],
      ['KR', 'III', 'kenward-roger'],
    ] as const) {
      if (!want[field]?.terms) continue;
      const got = anova(model, { type, ddf });
      const at = want[field].terms.map((term) => got.terms.indexOf(term));
      const pick = (x: readonly number[]) => at.map((i) => x[i]);
      expect(pick(got.numDF)).toEqual(want[field].numDF);
      expectAllNear(pick(got.F), want[field].F, 1e-6, 0, `${field} F`);
      expectAllNear(pick(got.denDF), want[field].denDF, 1e-6, 0, `${field} denDF`);
      expectAllNear(pick(got.p), want[field].p, 1e-4, 0, `${field} p`);
    }
  });
});

describe('hypotheses of terms', () => {
  it('of type III are the sum-to-zero coefficients, whatever contrasts the model was fitted with', () => {
    const formula = 'y ~ a * b + x + (1 | g)';
    const sum = fitOwn('crossed', formula, { contrasts: { a: 'sum', b: 'sum' } });
    const helmert = fitOwn('crossed', formula, { contrasts: { a: 'helmert' } });
    const treatment = fitOwn('crossed', formula);
    expectAllNear(anova(helmert, { ddf: 'none' }).F, anova(sum, { ddf: 'none' }).F, 1e-9);
    expectAllNear(anova(treatment, { ddf: 'none' }).F, anova(sum, { ddf: 'none' }).F, 1e-9);
    // With sum contrasts every hypothesis is about the term's own coefficients.
    for (const { L } of termHypotheses(sum, 'III'))
      for (const l of L) expect(l.filter((v) => Math.abs(v) > 1e-9).length).toBe(1);
  });

  it('need a formula', () => {
    const one = new Float64Array(6).fill(1);
    const y = Float64Array.from([1, 2, 4, 3, 5, 9]);
    const model = fitMatrices({ y, X: { names: ['1'], columns: [one] }, terms: [] });
    expect(() => anova(model)).toThrow(/no formula/);
    expect(() => anova(model, { type: 'IV' as 'I' })).toThrow(/I, II or III/);
  });
});
