import { caseIds, readCase, readTable } from '@blup/golden';
import { describe, expect, it } from 'vitest';
import { fitModel } from '../../src/index.js';

/** Structured cases of lme4 2.1, all but the two series that Kalman filters made (see series.test.ts). */
const ids = caseIds().filter((id) => readCase(id).tags?.includes('structured') && !/^(ar1long|nile)/.test(id));

describe('structured random effects against lme4 2.1', () => {
  it.each(ids)('%s', (id) => {
    const c = readCase(id);
    const t = readTable(c.data);
    const { data, optimum } = fitModel(c.formula, t.columns, { reml: c.reml, categories: t.categories });
    expect(data.certificate.message).toBe('converged');
    expect(data.parNames).toEqual(c.results.par.names);
    expect(Math.abs(data.objective - c.results.objective)).toBeLessThan(1e-8);
    c.results.par.values.forEach((v: number, k: number) => expect(data.par[k]).toBeCloseTo(v, 6));
    expect(data.sigma / c.results.sigma).toBeCloseTo(1, 7);
    c.results.se.forEach((v: number, k: number) => expect(data.se[k] / v).toBeCloseTo(1, 6));
    expect(data.df).toBe(c.results.df);

    const { objective, composite } = optimum;
    const m = composite.thetaLength;
    const theta = new Float64Array(m);
    const byTheta = new Float64Array(m);
    const J = new Float64Array(m * composite.parLength);
    for (const at of c.results.objectiveAt) {
      const want = at[c.reml ? 'REML' : 'ML'];
      const par = Float64Array.from(at.par);
      composite.thetaInto(par, theta);
      expect(Math.abs(objective.evaluate(theta) / want.objective - 1)).toBeLessThan(1e-12);
      objective.gradientInto(byTheta);
      objective.jacobianInto(par, J);
      const largest = Math.max(1, ...want.gradient.map(Math.abs));
      want.gradient.forEach((g: number, k: number) => {
        let s = 0;
        for (let i = 0; i < m; i++) s += byTheta[i] * J[k * m + i];
        expect(Math.abs(s - g)).toBeLessThan(1e-8 * largest);
      });
    }
  });
});
