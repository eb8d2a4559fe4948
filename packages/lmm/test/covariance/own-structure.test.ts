import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { unstructured } from '@blup/covariance';
import { describe, expect, it } from 'vitest';
import { circulant } from './circulant.js';
import { fitModel } from '../../src/index.js';
import { differences } from '../dense.js';
import { normal, uniform } from '../random-models.js';
import { marginalObjective } from './marginal.js';

const read = (path: string) => readFileSync(fileURLToPath(new URL(path, import.meta.url)), 'utf8');

const gauss = normal(uniform(8));
const seasons = ['spring', 'summer', 'autumn', 'winter'];
const rows = 240;
const table = {
  site: Array.from({ length: rows }, (_, i) => `s${i % 20}`),
  season: Array.from({ length: rows }, (_, i) => seasons[Math.floor(i / 20) % 4]),
  y: new Float64Array(rows),
};
// Effects of a site: what it has in common all year, and a part that moves round the year.
const common = Float64Array.from({ length: 20 }, gauss);
const round = Array.from({ length: 20 }, () => [gauss(), gauss()]);
table.y = table.y.map((_, i) => {
  const angle = (Math.PI / 2) * (Math.floor(i / 20) % 4);
  return common[i % 20] + round[i % 20][0] * Math.cos(angle) + round[i % 20][1] * Math.sin(angle) + gauss();
});

describe('a structure of the user', () => {
  it('is the one that the README writes', () => {
    const code = /```ts\n(import \{ byCholesky[\s\S]*?)```/.exec(read('../../../covariance/README.md'))![1];
    expect(read('./circulant.ts').trim()).toBe(code.trim());
  });

  const categories = { season: seasons };
  const structures = new Map([['circulant', circulant]]);

  it('fits from a formula, with the objective and gradient of the dense marginal Gaussian', () => {
    const model = fitModel('y ~ 1 + circulant(0 + season | site)', table, { structures, categories });
    const { data, optimum } = model;
    expect(data.certificate.message).toBe('converged');
    expect(data.parNames).toEqual(['site.*', 'site.rho']);
    const { matrices } = optimum;
    const dense = (par: ArrayLike<number>) =>
      marginalObjective(
        matrices,
        [
          (i, j) => {
            if (i >> 2 !== j >> 2) return 0;
            const apart = Math.abs((i % 4) - (j % 4));
            return par[0] ** 2 * par[1] ** Math.min(apart, 4 - apart);
          },
        ],
        true,
      ).objective;
    expect(Math.abs(dense(data.par) - data.objective)).toBeLessThan(1e-9 * Math.abs(data.objective));
    for (const slope of differences(dense, data.par, 1e-2)) expect(Math.abs(slope)).toBeLessThan(1e-4);
  });

  it('lies below the unstructured model, which contains it', () => {
    const own = fitModel('y ~ 1 + circulant(0 + season | site)', table, { structures, categories, reml: false });
    const all = fitModel('y ~ 1 + free(0 + season | site)', table, {
      structures: new Map([['free', ({ nc }: { nc: number }) => unstructured(nc)]]),
      categories,
      reml: false,
    });
    expect(all.data.objective).toBeLessThan(own.data.objective);
    expect(all.data.df - own.data.df).toBe(8);
  });
});
