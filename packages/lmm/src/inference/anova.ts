import { ModelError } from '../errors.js';
import type { FittedModel } from '../fitted-model.js';
import { checkedDdf, contrastTest, type DdfMethod } from './contrast-test.js';
import { termHypotheses, type AnovaType } from './term-hypotheses.js';

/** An analysis of variance table by columns, one entry for each fixed-effects term. */
export interface AnovaTable {
  readonly type: AnovaType;
  readonly ddf: DdfMethod;
  readonly terms: readonly string[];
  /** numDF sigma^2 times F (before Kenward and Roger's scaling): the sum of squares of a linear model with this statistic. */
  readonly sumSq: readonly number[];
  readonly meanSq: readonly number[];
  readonly numDF: readonly number[];
  readonly denDF: readonly number[];
  readonly F: readonly number[];
  readonly p: readonly number[];
}

/**
 * F tests of the fixed-effects terms, of type I, II or III (the default).
 *
 * @throws ModelError `bad-option` for a model without a formula, an unknown type, or Kenward-Roger where it does not apply
 */
export function anova(
  model: FittedModel,
  options: { readonly type?: AnovaType | 1 | 2 | 3; readonly ddf?: DdfMethod } = {},
): AnovaTable {
  const ddf = checkedDdf(options.ddf);
  const type = checkedType(options.type ?? 'III');
  const hypotheses = termHypotheses(model, type);
  const tests = hypotheses.map(({ L }) => contrastTest(model, L, { ddf }));
  const s2 = model.data.sigma ** 2;
  return {
    type,
    ddf,
    terms: hypotheses.map(({ label }) => label),
    sumSq: tests.map((t) => (t.F / t.scale) * s2 * t.numDF),
    meanSq: tests.map((t) => (t.F / t.scale) * s2),
    numDF: tests.map((t) => t.numDF),
    denDF: tests.map((t) => t.denDF),
    F: tests.map((t) => t.F),
    p: tests.map((t) => t.p),
  };
}

function checkedType(type: AnovaType | 1 | 2 | 3): AnovaType {
  const names: readonly AnovaType[] = ['I', 'II', 'III'];
  const found = typeof type === 'number' ? names[type - 1] : names.find((name) => name === type);
  if (!found)
    throw new ModelError('bad-option', `the type of an analysis of variance is I, II or III, not ${String(type)}`);
  return found;
}
