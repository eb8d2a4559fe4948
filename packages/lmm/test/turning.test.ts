import { describe, expect, it } from 'vitest';
import { fitModel } from '../src/index.js';
import { normal, uniform } from './random-models.js';

/**
 * A slope with large variance whose intercept has nearly none, and a third column that is a mixture: in the order of the columns the factor is
 * pivoted as badly as can be.
 */
function badlyPivoted(seed: number) {
  const random = uniform(seed);
  const gauss = normal(random);
  const groups = 40;
  const n = groups * 12;
  const g = Array.from({ length: n }, (_, i) => `g${Math.floor(i / 12)}`);
  const [a, b, c] = [0, 1, 2].map(() => Array.from({ length: n }, () => gauss()));
  const effect = Array.from({ length: groups }, () => {
    const z = [gauss(), gauss()];
    return [0.02 * z[0], 3 * z[0] + 0.1 * z[1], 2 * z[1], z[0] - z[1]];
  });
  const y = g.map((_, i) => {
    const e = effect[Math.floor(i / 12)];
    return e[0] + e[1] * a[i] + e[2] * b[i] + e[3] * c[i] + gauss();
  });
  return { y, a, b, c, g };
}

describe('covariances of low rank', () => {
  it.each([1, 2, 3])('are found whatever the order of the columns (%i)', (seed) => {
    const table = badlyPivoted(seed);
    const orders = ['a + b + c', 'c + b + a', 'b + c + a'];
    const fits = orders.map((columns) => fitModel(`y ~ 1 + (${columns} | g)`, table).data);
    for (const fit of fits) {
      expect(fit.certificate.converged).toBe(true);
      expect(fit.certificate.singular).toBe(true);
      expect(fit.certificate.evaluations).toBeLessThan(60);
      expect(Math.abs(fit.objective - fits[0].objective)).toBeLessThan(1e-7);
      expect(Math.abs(fit.sigma / fits[0].sigma - 1)).toBeLessThan(1e-6);
      const sd = (name: string) => fit.varcorr[0].sd[fit.varcorr[0].names.indexOf(name)];
      const sd0 = (name: string) => fits[0].varcorr[0].sd[fits[0].varcorr[0].names.indexOf(name)];
      for (const name of ['(Intercept)', 'a', 'b', 'c']) expect(Math.abs(sd(name) - sd0(name))).toBeLessThan(1e-4);
    }
  });
});

/** Two crossed factors whose effects on three and four columns are combinations of fewer independent ones, or none. */
function ofLowRank(seed: number) {
  const random = uniform(seed);
  const gauss = normal(random);
  const n = 300;
  const columns = Array.from({ length: 3 }, () => Float64Array.from({ length: n }, () => gauss()));
  const y = Float64Array.from({ length: n }, () => gauss());
  const codes = [3, 4].map((nc) => {
    const nl = 5 + Math.floor(15 * random());
    const rank = Math.floor(nc * random());
    const mix = Array.from({ length: nc }, () => Array.from({ length: rank }, () => gauss()));
    const level = Int32Array.from({ length: n }, (_, i) => (i < nl ? i : Math.floor(nl * random())));
    const independent = Array.from({ length: nl }, () => Array.from({ length: rank }, () => gauss()));
    for (let i = 0; i < n; i++) {
      mix.forEach((row, c) => {
        const effect = row.reduce((s, v, k) => s + v * independent[level[i]][k], 0);
        y[i] += effect * (c === 0 ? 1 : columns[c - 1][i]);
      });
    }
    return level;
  });
  const [a, b, c] = columns;
  return { y, a, b, c, g: codes[0], h: codes[1] };
}

describe('variances that vanish', () => {
  it.each(Array.from({ length: 40 }, (_, k) => k + 1))('are zero, and leave nothing near zero behind (%i)', (seed) => {
    const table = ofLowRank(seed);
    const { certificate, par } = fitModel('y ~ a + (a + b | g) + (a + b + c | h)', table, { factors: ['g', 'h'] }).data;
    expect(certificate.message).not.toMatch(/limit|improve/);
    expect(certificate.converged).toBe(true);
    for (const value of par) if (value !== 0) expect(Math.abs(value)).toBeGreaterThan(1e-9);
  });
});
