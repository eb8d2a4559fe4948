import { describe, expect, it } from 'vitest';
import { explainFit, fitModel, singularDirections } from '../../src/index.js';
import { fitCase, goldenCase } from '../golden.js';
import { normal, uniform } from '../random-models.js';

const gauss = normal(uniform(21));
const n = 120;
const g = Array.from({ length: n }, (_, i) => `g${Math.floor(i / 10)}`);
const x = Array.from({ length: n }, (_, i) => i % 10);
const noise = x.map(() => gauss());
const topics = (findings: readonly { topic: string }[]) => findings.map((f) => f.topic);

describe('a fit in plain words', () => {
  it('has nothing to say where nothing is wrong', () => {
    expect(explainFit(fitCase(goldenCase('sleepstudy-rs-reml')))).toEqual([]);
  });

  it('names the effect whose variance is zero', () => {
    const [finding] = explainFit(fitCase(goldenCase('dyestuff2-ml')));
    expect(finding.topic).toBe('singular');
    expect(finding.message).toMatch(/standard deviation of \(Intercept\) by Batch is estimated as zero/);
  });

  it('names the direction of a perfect correlation', () => {
    const level = g.map((name) => Math.sin(1 + 3 * Number(name.slice(1))));
    // Noise that has no part in the groups' own lines, so that these are exactly collinear.
    const y = x.map((v, i) => 5 + level[i] * (2 + v) + [1, -1, -1, 1, 0, 0, 1, -1, -1, 1][v]);
    const model = fitModel('y ~ x + (x | g)', { y, x, g });
    const [{ direction, names }] = singularDirections(model);
    // b = (2, 1) times a number: 1 (Intercept) - 2 x has no variance.
    expect(names).toEqual(['(Intercept)', 'x']);
    const [a, b] = direction;
    expect(a / b).toBeCloseTo(-0.5, 3);
    const finding = explainFit(model).find((f) => f.topic === 'singular')!;
    expect(finding.message).toMatch(/no variance along/);
    expect(finding.advice).toMatch(/\|\|/);
  });

  it('writes a lost column as a combination of others', () => {
    const y = x.map((v, i) => v + noise[i]);
    const table = { y, x, g, z: x.map((v) => 3 - 2 * v), none: x.map(() => 0) };
    const found = explainFit(fitModel('y ~ x + z + none + (1 | g)', table)).filter((f) => f.topic === 'rank');
    expect(found[0].message).toMatch(/z has no coefficient of its own: it is 3 \(Intercept\) - 2 x$/);
    expect(found[1].message).toMatch(/none .* it is zero in every row/);
  });

  it('remarks on sizes, few levels, and a search that was stopped', () => {
    const y = x.map((v, i) => v + noise[i] + (i % 3));
    const big = x.map((v, i) => 1e6 * (v + Math.sin(i)));
    const h = x.map((_, i) => 'abc'[i % 3]);
    const found = explainFit(fitModel('y ~ big + (1 | g) + (1 | h)', { y, big, g, h }));
    expect(topics(found)).toContain('scale');
    expect(found.find((f) => f.topic === 'levels')!.message).toMatch(/^h has 3 levels/);
    const stopped = explainFit(fitCase(goldenCase('sleepstudy-rs-reml'), { maxEvaluations: 1, start: [3, 2, 3] }));
    expect(stopped[0]).toMatchObject({ severity: 'problem', topic: 'convergence' });
    expect(stopped[0].advice).toMatch(/maxEvaluations/);
  });
});
