import { describe, expect, it } from 'vitest';
import { fitCase, goldenCase, plainCaseIds, positions, thetaInModelOrder } from './golden.js';

/** |a - b| at most `relative` times |b| plus `absolute`. */
function expectNear(actual: number, expected: number, relative: number, absolute = 0): void {
  expect(Math.abs(actual - expected), `${actual} against ${expected}`).toBeLessThanOrEqual(
    relative * Math.abs(expected) + absolute,
  );
}

describe.each(plainCaseIds)('%s', (id) => {
  const spec = goldenCase(id);
  const want = spec.results;
  const model = fitCase(spec);
  const { data } = model;
  // Boundary estimates are flatter.
  const loose = want.singular ? 20 : 1;
  const sigma: number = want.sigma;

  it('finds the optimum, and not a better one than there is', () => {
    expect(data.certificate.converged).toBe(true);
    expect(data.nobs).toBe(want.nobs);
    expect(data.df).toBe(want.df);
    const slack = want.nobs > 20000 ? 1e-6 : 1e-8;
    expectNear(data.objective, want.objective, 0, slack);
    expectNear(data.logLik, want.logLik, 0, slack);
    expectNear(data.AIC, want.AIC, 0, slack);
    expectNear(data.BIC, want.BIC, 0, slack);
    expectNear(data.sigma, sigma, 1e-6 * loose);
    if (want.singular !== undefined) expect(data.certificate.singular).toBe(want.singular);
  });

  it('has the fixed effects and their covariance', () => {
    expect(data.beta.names).toEqual(want.beta.names);
    want.beta.values.forEach((b: number, i: number) => expectNear(data.beta.values[i], b, 1e-7, 1e-6 * want.se[i]));
    want.se.forEach((s: number, i: number) => expectNear(data.se[i], s, 1e-6 * loose));
    want.vcov.forEach((row: number[], i: number) =>
      row.forEach((v, j) => expectNear(data.vcov[i][j], v, 0, 2e-6 * loose * want.se[i] * want.se[j])),
    );
    if (want.droppedColumns) expect(data.droppedColumns).toEqual([want.droppedColumns].flat());
  });

  it('has theta and the variance components', () => {
    if (!want.thetaNames) return expect(data.theta).toEqual([]);
    const at = positions(want.thetaNames, data.thetaNames);
    expect(at).not.toContain(-1);
    want.theta.forEach((t: number, i: number) => expectNear(data.theta[at[i]], t, 1e-5, 5e-6 * loose));
    for (const term of want.varcorr) {
      // lme4 calls further terms on one factor Subject.1 and so on.
      const group = term.group.replace(/\.\d+$/, '');
      const found = data.varcorr.find(
        (v) =>
          v.group === group && v.names.length === term.names.length && v.names.every((n) => term.names.includes(n)),
      );
      expect(found).toMatchObject({ group });
      const order = positions(term.names, found!.names);
      term.sd.forEach((s: number, i: number) => expectNear(found!.sd[order[i]], s, 1e-5 * loose, 1e-5 * loose * sigma));
      if (!term.corr || term.names.length === 1) continue;
      order.forEach((k, i) =>
        order.forEach((l, j) => {
          if (term.sd[i] > 1e-3 * sigma && term.sd[j] > 1e-3 * sigma)
            expectNear(found!.corr![k][l], term.corr[i][j], 0, 1e-5 * loose);
        }),
      );
    }
  });

  it('has the conditional modes and variances', () => {
    const ranef: Record<string, { levels: string[]; names: string[]; values: number[][] }> = want.ranef ?? {};
    for (const [group, r] of Object.entries(ranef)) {
      expect(data.ngroups[group]).toBe(want.ngroups[group]);
      const found = data.ranef[group];
      const columns = positions(r.names, found.names);
      const rows = positions(r.levels, found.levels);
      r.values.forEach((row: number[], i: number) =>
        row.forEach((v, j) => expectNear(found.values[rows[i]][columns[j]], v, 1e-5 * loose, 1e-5 * loose * sigma)),
      );
      const blocks = want.condVar?.[group];
      if (!Array.isArray(blocks?.[0]?.[0]) || Array.isArray(blocks[0][0][0])) continue;
      const variances = model.conditionalVariances(group);
      blocks.forEach((block: number[][], i: number) =>
        block.forEach((row, a) =>
          row.forEach((v, b) =>
            expectNear(variances[rows[i]][columns[a]][columns[b]], v, 1e-4 * loose, 1e-5 * loose * sigma ** 2),
          ),
        ),
      );
    }
  });

  it('has fitted values, residuals and leverages', () => {
    want.fitted?.forEach((v: number, i: number) => expectNear(model.fitted[i], v, 1e-7, 1e-5 * loose * sigma));
    want.residuals?.forEach((v: number, i: number) => expectNear(model.residuals[i], v, 1e-7, 1e-5 * loose * sigma));
    want.pearsonResiduals?.forEach((v: number, i: number) =>
      expectNear(model.pearsonResiduals()[i], v, 1e-6, 1e-5 * loose * sigma),
    );
    const h = model.leverages();
    want.hatvalues?.forEach((v: number, i: number) => expectNear(h[i], v, 1e-5 * loose, 1e-8));
    if (want.hatvaluesSum)
      expectNear(
        h.reduce((s, v) => s + v, 0),
        want.hatvaluesSum,
        1e-5 * loose,
      );
  });

  it('has the parts of the criterion and of L', () => {
    const { devcomp, L } = data;
    if (want.devcomp) {
      for (const part of ['wrss', 'ussq', 'pwrss', 'sigmaML', 'sigmaREML'] as const) {
        expectNear(devcomp[part], want.devcomp[part], 1e-5 * loose, 1e-6 * sigma ** 2);
      }
    }
    if (want.L) {
      expect(L.q).toBe(want.L.q);
      expect(L.nnzA).toBe(want.L.nnzA);
      expect(L.nnz).toBeLessThanOrEqual(1.1 * want.L.nnz);
      expectNear(devcomp.ldL2, want.L.logdetL2, 1e-5 * loose, 1e-6);
      expectNear(devcomp.ldRX2, want.L.logdetRX2, 1e-5 * loose, 1e-6);
    }
  });

  it('agrees at given theta: objective, parts and gradient', () => {
    for (const point of want.objectiveAt ?? []) {
      const there = point[spec.reml ? 'REML' : 'ML'];
      const found = model.objectiveAt(thetaInModelOrder(model, want.thetaNames, point.theta));
      expectNear(found.objective, there.objective, 1e-10);
      expectNear(found.pwrss, there.pwrss, 1e-9);
      expectNear(found.ldL2, there.logdetL2, 1e-9, 1e-9);
      expectNear(found.ldRX2, there.logdetRX2, 1e-9, 1e-9);
      if (!there.gradient) continue;
      const at = positions(want.thetaNames, data.thetaNames);
      const scale = Math.max(1, ...there.gradient.map(Math.abs));
      there.gradient.forEach((g: number, i: number) => expectNear(found.gradient[at[i]], g, 0, 1e-8 * scale));
    }
  });
});
