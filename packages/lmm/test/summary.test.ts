import { readTable } from '@blup/golden';
import { describe, expect, it } from 'vitest';
import { fitModel, ModelError, modelFromJSON, summarize } from '../src/index.js';

const { columns } = readTable('sleepstudy');
const model = fitModel('Reaction ~ 1 + Days + (1 + Days | Subject)', columns);

describe('the printed summary', () => {
  it('of sleepstudy reads as lme4 prints it', () => {
    const text = model.summary();
    // The polished reference: sd 24.74045, 5.92213, 25.59182, correlation 0.06555; 251.405 6.825 36.838; 10.467 1.546 6.771
    expect(text).toMatch(/Linear mixed model fit by REML\nFormula: Reaction ~ 1 \+ Days \+ \(1 \+ Days \| Subject\)/);
    expect(text).toMatch(/REML criterion at convergence: 1743\.6283/);
    expect(text).toMatch(/-3\.9536 -0\.4634 +0\.0231 +0\.4634 +5\.1793/);
    expect(text).toMatch(/Subject +\(Intercept\) +612\.09 +24\.740\n/);
    expect(text).toMatch(/Days +35\.07 +5\.922 +0\.07\n/);
    expect(text).toMatch(/Residual +654\.94 +25\.592\n/);
    expect(text).toMatch(/Number of obs: 180, groups: Subject, 18/);
    expect(text).toMatch(/\(Intercept\) +251\.405 +6\.825 +36\.838\n/);
    expect(text).toMatch(/Days +10\.467 +1\.546 +6\.771\n/);
    expect(text).toMatch(/Days +-0\.138\n/);
  });

  it('by ML shows the likelihood and its criteria', () => {
    const text = fitModel('Reaction ~ Days + (Days | Subject)', columns, { reml: false }).summary();
    expect(text).toMatch(/fit by maximum likelihood/);
    expect(text).toMatch(/1763\.9393 +1783\.0971 +-875\.9697 +1751\.9393 +174/);
  });

  it('tells of dropped columns, singular fits and models without effects', () => {
    const table = { ...columns, Twice: (columns.Days as number[]).map((d) => 2 * d) };
    expect(fitModel('Reaction ~ Days + Twice + (1 | Subject)', table).summary()).toMatch(
      /1 column left out, since earlier ones determine it: Twice/,
    );
    const dyestuff2 = readTable('Dyestuff2').columns;
    expect(fitModel('Yield ~ 1 + (1 | Batch)', dyestuff2).summary()).toMatch(
      /singular fit: the estimate of Batch\.\(Intercept\) is zero/,
    );
    expect(fitModel('Reaction ~ 0 + (1 | Subject)', columns).summary()).toMatch(/No fixed effects/);
    expect(fitModel('Reaction ~ Days', columns).summary()).toMatch(/Linear model fit by REML/);
  });
});

describe('export and reading back', () => {
  it('keeps every digit', () => {
    const text = JSON.stringify(model);
    const back = modelFromJSON(text);
    expect(back).toEqual(JSON.parse(text));
    expect(back.theta).toEqual(model.data.theta);
    expect(back.ranef.Subject.values).toEqual(model.data.ranef.Subject.values);
    expect(summarize(back)).toBe(model.summary());
  });

  it('refuses what is no model, and says why', () => {
    const cases: [unknown, RegExp][] = [
      ['{', /not an exported model: .*JSON/],
      ['[]', /it is not an object/],
      [null, /it is not an object/],
      [{ schemaVersion: 99 }, /its schemaVersion is 99; this version reads 1/],
      [{ ...model.toJSON(), theta: 'x' }, /its "theta" is of kind string, not array/],
      [{ ...model.toJSON(), beta: undefined }, /its "beta" is missing/],
    ];
    for (const [json, message] of cases) {
      expect(() => modelFromJSON(json)).toThrow(ModelError);
      expect(() => modelFromJSON(json)).toThrow(message);
    }
  });
});
