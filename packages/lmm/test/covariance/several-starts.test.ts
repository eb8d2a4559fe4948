import { describe, expect, it } from 'vitest';
import { fitModel, series, type FittedModel } from '../../src/index.js';

/** Numbers in (0, 1) from a seed (Mulberry32). */
function uniforms(seed: number): () => number {
  let s = seed >>> 0;
  return () => {
    s = (s + 0x6d2b79f5) | 0;
    let t = Math.imul(s ^ (s >>> 15), 1 | s);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

function noisySeries(seed: number, rho: number, su: number, se: number) {
  const u = uniforms(seed);
  const normal = () => Math.sqrt(-2 * Math.log(1 - u())) * Math.cos(2 * Math.PI * u());
  let a = normal();
  const t = Array.from({ length: 60 }, (_, i) => i);
  const y = t.map(() => {
    const v = 1 + su * a + se * normal();
    a = rho * a + Math.sqrt(1 - rho * rho) * normal();
    return v;
  });
  return { y, t, g: t.map(() => 's') };
}

const fit = (table: ReturnType<typeof noisySeries>, start?: number[]): FittedModel =>
  fitModel('y ~ 1 + (1 | g)', table, {
    reml: false,
    covariance: { g: series({ kind: 'ar1', time: 't' }) },
    ...(start && { start }),
  });

describe('AR(1) with noise, whose likelihood has ridges', () => {
  it.each([
    [5, 0.99, 0.3, 1],
    [20, 0, 0, 1],
    [26, 0, 1, 1],
    [56, 0, 0, 1],
    [72, -0.9, 0, 1],
    [100, 0.9, 0, 0.02],
  ])('seed %i: no start of a grid leads lower', (seed, rho, su, se) => {
    const table = noisySeries(seed, rho, su, se);
    const model = fit(table);
    expect(model.data.certificate.converged).toBe(true);
    for (const sd of [0.3, 2])
      for (const r of [-0.9, -0.3, 0.3, 0.95])
        expect(fit(table, [sd, r]).data.objective).toBeGreaterThan(model.data.objective - 1e-4);
  });

  it('says so where the noise vanishes', () => {
    const messages = Array.from({ length: 8 }, (_, k) => fit(noisySeries(k + 1, 0.6, 1, 0)).data.certificate);
    expect(messages.every(({ converged }) => converged)).toBe(true);
    const edge = messages.filter(({ message }) => message.includes('edge of its range'));
    expect(edge.length).toBeGreaterThan(0);
    for (const { message } of edge) expect(message).toMatch(/residual variance goes to zero/);
  });

  it('takes groups of one row, gaps, and a series without effect', () => {
    const table = noisySeries(11, 0.7, 1, 0.5);
    const g = table.t.map((i) => (i < 50 ? 's' : `alone${i}`));
    const t = table.t.map((i) => (i < 20 ? i : 3 * i));
    const model = fit({ ...table, g, t });
    expect(Number.isFinite(model.data.objective)).toBe(true);
    expect(model.data.certificate.converged).toBe(true);
    const residual = fitModel('y ~ 1', { ...table, g, t }, { residual: 'ar1(t | g)' });
    expect(residual.data.certificate.converged).toBe(true);
    expect(Math.abs(residual.data.par[0])).toBeLessThan(1);
  });
});
