import { readTable } from '@blup/golden';
import { describe, expect, it } from 'vitest';
import { fitModel, lmm, ModelError } from '../src/index.js';
import { denseLikelihood, fitDense } from '../src/oracle/index.js';
import { goldenCase } from './golden.js';

const machines = readTable('Machines').columns;
const sleepstudy = readTable('sleepstudy').columns;

const numbers = (x: readonly unknown[]): number[] => x.map(Number);
const ones = (n: number): number[] => Array.from({ length: n }, () => 1);
/** Indicator columns of the combinations of some factors. */
function indicators(columns: Record<string, readonly unknown[]>, names: string[]): number[][] {
  const keys = columns[names[0]].map((_, i) => names.map((name) => String(columns[name][i])).join(':'));
  return [...new Set(keys)].map((level) => keys.map((key) => (key === level ? 1 : 0)));
}

describe('lmm: one variance for each block', () => {
  it('fits Machines with workers and workers on machines', () => {
    const { beta, theta } = lmm('score ~ Machine', machines, [['Worker'], ['Worker', 'Machine']]);
    const want = goldenCase('machines-practical-ml').results;
    want.extra.practicalTheta.forEach((t: number, i: number) => expect(theta[i]).toBeCloseTo(t, 7));
    want.beta.values.forEach((b: number, i: number) => expect(beta[i]).toBeCloseTo(b, 8));
  });

  it('is ordinary regression for an empty list', () => {
    const { beta, theta } = lmm('score ~ Machine', machines);
    const want = goldenCase('machines-lm-ml').results;
    expect(Math.exp(theta[0])).toBeCloseTo(want.sigma, 10);
    expect(theta).toHaveLength(1);
    want.beta.values.forEach((b: number, i: number) => expect(beta[i]).toBeCloseTo(b, 10));
  });

  it('multiplies indicators by numeric variables', () => {
    const { theta } = lmm('Reaction ~ Days', sleepstudy, [['Subject'], ['Subject', 'Days']]);
    const want = goldenCase('sleepstudy-zc-ml').results;
    expect(theta[0]).toBeCloseTo(Math.log(want.sigma), 6);
    expect(theta[1]).toBeCloseTo(Math.log(want.varcorr[0].sd[0]), 6);
    expect(theta[2]).toBeCloseTo(Math.log(want.varcorr[1].sd[0]), 6);
  });

  it('takes a block of numeric variables alone, against the dense oracle', () => {
    const { beta, theta } = lmm('Reaction ~ 1', sleepstudy, [['Subject'], ['Days']]);
    const n = sleepstudy.Reaction.length;
    const oracle = fitDense({
      y: numbers(sleepstudy.Reaction),
      X: [ones(n)],
      blocks: [indicators(sleepstudy, ['Subject']), [numbers(sleepstudy.Days)]],
    });
    expect(beta[0]).toBeCloseTo(oracle.beta[0], 4);
    oracle.theta.forEach((t, i) => expect(theta[i]).toBeCloseTo(t, 5));
  });

  it('says which block is wrong', () => {
    expect(() => lmm('score ~ Machine', machines, [['Worker'], []])).toThrow(
      new ModelError('bad-option', 'block 2 names no variables'),
    );
    expect(() => lmm('score ~ Machine', machines, [['Wrker']])).toThrow(/block 1 names Wrker, but the table has only/);
  });
});

describe('the dense QR oracle', () => {
  const n = machines.score.length;
  const machineB = machines.Machine.map((m) => (m === 'B' ? 1 : 0));
  const machineC = machines.Machine.map((m) => (m === 'C' ? 1 : 0));
  const model = {
    y: numbers(machines.score),
    X: [ones(n), machineB, machineC],
    blocks: [indicators(machines, ['Worker']), indicators(machines, ['Worker', 'Machine'])],
  };

  it('has the likelihood of the reference at its optimum, and the estimates', () => {
    const want = goldenCase('machines-practical-ml').results;
    const likelihood = denseLikelihood(model);
    expect(likelihood.minus2LogLik(want.extra.practicalTheta)).toBeCloseTo(want.objective, 8);
    want.beta.values.forEach((b: number, i: number) =>
      expect(likelihood.beta(want.extra.practicalTheta)[i]).toBeCloseTo(b, 8),
    );
    const fitted = fitDense(model);
    fitted.theta.forEach((t, i) => expect(t).toBeCloseTo(want.extra.practicalTheta[i], 5));
    expect(fitted.minus2LogLik).toBeCloseTo(want.objective, 8);
  });

  it('agrees with the sparse road away from the optimum', () => {
    const sparse = fitModel('score ~ Machine + (1 | Worker) + (1 | Worker:Machine)', machines, { reml: false });
    for (const [sd1, sd2] of [
      [1, 2],
      [0.3, 0.1],
      [5, 0.01],
    ]) {
      const { pwrss, objective } = sparse.objectiveAt([sd1, sd2]);
      const sigma = Math.sqrt(pwrss / n);
      const theta = [Math.log(sigma), Math.log(sd1 * sigma), Math.log(sd2 * sigma)];
      expect(denseLikelihood(model).minus2LogLik(theta)).toBeCloseTo(objective, 8);
    }
  });

  it('refuses more columns of Z than rows', () => {
    expect(() =>
      denseLikelihood({
        y: [1, 2],
        X: [[1, 1]],
        blocks: [
          [
            [1, 0],
            [0, 1],
            [1, 1],
          ],
        ],
      }),
    ).toThrow(RangeError);
  });
});
