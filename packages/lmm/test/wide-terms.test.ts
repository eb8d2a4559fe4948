import { describe, expect, it } from 'vitest';
import { fitModel } from '../src/index.js';
import { normal, uniform } from './random-models.js';

const random = uniform(41);
const gauss = normal(random);
const times = 12;
const rows = Array.from({ length: 9 * times * 2 }, (_, i) => ({
  g: `g${Math.floor(i / (2 * times))}`,
  t: String(10 + (i % times)),
  h: `h${Math.floor(4 * random())}`,
  x: gauss(),
  keep: random() < 0.8,
})).filter(({ keep }) => keep);
const effect = new Map<string, number>();
const effectOf = (key: string) => effect.get(key) ?? (effect.set(key, gauss()), effect.get(key)!);
const table = rows.map((row) => ({ ...row, y: 2 + row.x + effectOf(row.g) + effectOf(row.g + row.t) + gauss() }));

describe('terms with many columns', () => {
  it.each([
    'y ~ x + ar1(0 + t | g)',
    'y ~ x + hetar1(0 + t | g) + (1 + x | h)',
    'y ~ x + toep(0 + t | g)',
    'y ~ cs(t | g)',
  ])('%s: information by parameters that move all entries is that by entries, by the chain rule', (formula) => {
    const { objective, composite, par, theta } = fitModel(formula, table, {
      factors: ['t'],
      maxEvaluations: 3,
    }).optimum;
    const m = theta.length;
    const k = par.length;
    const at = par.map((v) => (Math.abs(v) < 1e-3 ? 0.3 : 0.9 * v));
    composite.thetaInto(at, theta);
    expect(Number.isFinite(objective.evaluate(theta))).toBe(true);
    objective.gradientInto(new Float64Array(m));
    const byTheta = new Float64Array(m * m);
    const byPar = new Float64Array(k * k);
    const J = new Float64Array(m * k);
    objective.informationInto(byTheta);
    objective.parInformationInto(at, byPar);
    objective.jacobianInto(at, J);
    const scale = Math.max(...byPar.map(Math.abs));
    for (let i = 0; i < k; i++) {
      for (let j = 0; j < k; j++) {
        let s = 0;
        for (let a = 0; a < m; a++) for (let b = 0; b < m; b++) s += J[i * m + a] * byTheta[b * m + a] * J[j * m + b];
        expect(Math.abs(s - byPar[j * k + i])).toBeLessThan(1e-9 * scale);
      }
    }
  });
});
