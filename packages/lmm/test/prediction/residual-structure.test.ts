import { readTable } from '@blup/golden';
import { describe, expect, it } from 'vitest';
import { exportModel, fitModel, predict, readModel, reportMarkdown, scoreGroups, tidy } from '../../src/index.js';

const { columns } = readTable('Orthodont');

describe('a model with correlated residuals', () => {
  const model = fitModel('distance ~ age + (1 | Subject)', columns, { residual: 'ar1(age | Subject)' });
  const rows = { age: [8, 11.5], Subject: ['M01', 'F03'] };

  it('is predicted with standard errors, from the model and from JSON', () => {
    const { fit, se } = predict(model, rows, { terms: 'none', se: true });
    const [a, b] = model.data.beta.values;
    const V = model.data.vcov;
    rows.age.forEach((x, i) => {
      expect(fit[i]).toBeCloseTo(a + b * x, 9);
      expect(se![i] ** 2).toBeCloseTo(V[0][0] + 2 * x * V[0][1] + x * x * V[1][1], 9);
    });
    const whole = predict(model, rows, { se: true });
    expect(
      predict(readModel(JSON.stringify(exportModel(model, { standardErrors: true }))), rows, { se: true }),
    ).toEqual(whole);
    predict(model, null).fit.forEach((v, i) => expect(v).toBeCloseTo(model.fitted[i], 9));
    expect(tidy(model).term).toEqual(['(Intercept)', 'age', 'sd__(Intercept)', 'sd__Observation']);
    expect(reportMarkdown(model)).toContain('Random effects');
  });

  it('says what is not there yet instead of a wrong number', () => {
    const tries = [
      () => predict(model, rows, { interval: 'prediction' }),
      () => scoreGroups(model, { age: [8], Subject: ['new'], distance: [20] }),
    ];
    for (const attempt of tries) expect(attempt).toThrow(/independent residuals/);
  });
});
