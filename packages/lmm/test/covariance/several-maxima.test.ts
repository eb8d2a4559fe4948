import { describe, expect, it } from 'vitest';
import { fitModel } from '../../src/index.js';
import { normal, uniform } from '../random-models.js';

describe('AR(1) beside noise, where the likelihood has ridges and several maxima', () => {
  const formula = 'y ~ 1 + ar1(1 | g, time = t)';
  /** Little or no autocorrelation, at times all noise, at times none: what is left for the process lies anywhere. */
  const data = Array.from({ length: 14 }, (_, d) => {
    const random = uniform(900 + d);
    const gauss = normal(random);
    const [series, times] = d % 2 ? [8, 6] : [1, 40];
    const [rho, state, noise] = [
      [0, 0, 1],
      [0.3, 0.3, 1],
      [-0.5, 0.3, 0.5],
      [0.9, 1, 0.1],
    ][d % 4];
    const y: number[] = [];
    const g: string[] = [];
    const t: number[] = [];
    for (let s = 0; s < series; s++) {
      let u = (state * gauss()) / Math.sqrt(1 - rho * rho);
      for (let k = 0; k < times; k++) {
        if (k > 0) u = rho * u + state * gauss();
        if (random() < 0.1) continue;
        y.push(u + noise * gauss());
        g.push(`s${s}`);
        t.push(k);
      }
    }
    return { y, g, t };
  });

  it.each(data.map((table, d) => [d, table] as const))('no other start finds a better one, data %i', (d, table) => {
    const reml = d % 3 === 0;
    const found = fitModel(formula, table, { reml }).data;
    expect(found.certificate.message).toMatch(/^converged/);
    for (const sd of [0.2, 1, 5])
      for (const rho of [-0.9, -0.4, 0.1, 0.5, 0.95]) {
        const other = fitModel(formula, table, { reml, start: [sd, rho] }).data;
        // Beside rho = 1 and -1 the precision of the states has entries of 10^12, and the criterion an error of up to 10^-3.
        const slack = /edge/.test(other.certificate.message) ? 5e-3 : 1e-7;
        if (other.certificate.converged) expect(found.objective).toBeLessThan(other.objective + slack);
      }
  });
});
