import { readCase } from '@blup/golden';
import { expect, test } from 'vitest';
import { blupJson, expectNear, modelWords } from './cases.js';

/** A case as the command line asks for it. */
function fitCase(id: string, ...more: string[]) {
  const { reml, results } = readCase(id);
  return { got: blupJson('fit', ...modelWords(id), '--ddf', 'all', ...more), want: results, reml };
}

interface Modes {
  levels: string[];
  names: string[];
  values: number[][];
}

interface Parts {
  objective: number;
  logdetL2: number;
  logdetRX2: number;
  pwrss: number;
  beta: number[];
  gradient: number[];
}

const pick = <T>(list: readonly T[], order: readonly number[]): T[] => order.map((k) => list[k]!);

test.each([
  'sleepstudy-rs-reml',
  'sleepstudy-zc-ml',
  'sleepstudy-weights-offset-reml',
  'sleepstudy-subset-ml',
  'sleepstudy-na-reml',
  'sleepstudy-p0-ml',
  'sleepstudy-lm-weights-ml',
  'sleepstudy-rankdef-ml',
  'sleepstudy-poly2-ml',
  'cake-sum-reml',
  'ergostool-helmert-reml',
  'pastes-nested-reml',
  'penicillin-ml',
  'dyestuff2-reml',
  'machines-noint-ml',
])('the JSON of %s has the reference numbers', (id) => {
  const { got, want } = fitCase(id);
  expect(got.nobs).toBe(want.nobs);
  expect(got.df).toBe(want.df);
  for (const field of ['objective', 'logLik', 'AIC', 'BIC']) expectNear(got[field], want[field], 1e-10, field);
  expectNear(got.sigma, want.sigma, 1e-6, 'sigma');
  expect(got.converged).toBe(true);
  expect(got.singular).toBe(want.singular ?? false);
  expect(got.beta.names).toEqual(want.beta.names);
  expectNear(got.beta.values, want.beta.values, 1e-6, 'beta');
  expectNear(got.se, want.se, 1e-6, 'se');
  expectNear(got.vcov, want.vcov, 2e-6, 'vcov');
  if (want.confintWald) {
    expect(got.confintWald.names).toEqual(want.confintWald.names);
    expectNear(got.confintWald.lower, want.confintWald.lower, 1e-6, 'confintWald.lower');
    expectNear(got.confintWald.upper, want.confintWald.upper, 1e-6, 'confintWald.upper');
  }
  expect(got.droppedColumns).toEqual(want.droppedColumns ?? []);
  if (want.fitted) expectNear(got.fitted.slice(0, want.fitted.length), want.fitted, 1e-6, 'fitted');
  if (want.residuals) expectNear(got.residuals.slice(0, want.residuals.length), want.residuals, 1e-5, 'residuals');
  expect(got.omittedRows).toEqual(want.omittedRows ?? []);
  if (!want.thetaNames) return;

  const order = want.thetaNames.map((name: string) => got.thetaNames.indexOf(name));
  expectNear(pick(got.theta, order), want.theta, 1e-5, 'theta');
  for (const term of want.varcorr) {
    const mine = got.varcorr.find((t: { group: string }) => t.group === term.group);
    expect(mine.names).toEqual(term.names);
    expectNear(mine.sd, term.sd, 1e-5, 'sd');
    if (!want.singular) expectNear(mine.corr, term.corr, 1e-5, 'corr');
  }
  expect(got.ngroups).toEqual(want.ngroups);
  for (const [group, modes] of Object.entries(want.ranef as Record<string, Modes>)) {
    expect(got.ranef[group].levels).toEqual(modes.levels);
    expect(got.ranef[group].names).toEqual(modes.names);
    expectNear(got.ranef[group].values, modes.values, 1e-5, `ranef ${group}`);
    expect(got.condVar[group]).toHaveLength(modes.levels.length);
  }
  for (const [group, blocks] of Object.entries(want.condVar as Record<string, number[][][]>)) {
    if (Array.isArray(blocks[0]?.[0]))
      expectNear(got.condVar[group].slice(0, blocks.length), blocks, 2e-5, `condVar ${group}`);
  }
  expectNear(got.hatvalues.slice(0, want.hatvalues.length), want.hatvalues, 1e-5, 'hatvalues');
  expectNear(got.hatvaluesSum, want.hatvaluesSum, 1e-5, 'hatvaluesSum');
  for (const [field, value] of Object.entries(want.devcomp)) {
    if (!want.singular) expectNear(got.devcomp[field], value, 2e-5, `devcomp.${field}`);
  }
  expect(got.L.q).toBe(want.L.q);
  expect(got.L.nnzA).toBe(want.L.nnzA);
  expect(got.L.nnz).toBeLessThanOrEqual(1.1 * want.L.nnz);
  expectNear(got.L.logdetL2, want.L.logdetL2, 1e-4, 'logdetL2');
  expect([...got.L.perm].toSorted((a, b) => a - b)).toEqual(Array.from({ length: want.L.q }, (_, i) => i));
});

test.each(['sleepstudy-rs-reml', 'sleepstudy-rs-ml', 'pastes-nested-reml'])(
  '--at gives objective and gradient of %s',
  (id) => {
    const { want, reml } = fitCase(id);
    const { thetaNames } = fitCase(id).got;
    const order = want.thetaNames.map((name: string) => thetaNames.indexOf(name));
    const points = want.objectiveAt.map(({ theta }: { theta: number[] }) => {
      const mine: number[] = [];
      order.forEach((k: number, i: number) => {
        mine[k] = theta[i]!;
      });
      return mine.join(',');
    });
    const { got } = fitCase(id, '--at', points.join(';'));
    expect(got.objectiveAt).toHaveLength(want.objectiveAt.length);
    (want.objectiveAt as Record<'ML' | 'REML', Parts>[]).forEach((at, i) => {
      const expected = at[reml ? 'REML' : 'ML'];
      const mine = got.objectiveAt[i];
      expectNear(mine.objective, expected.objective, 1e-10, 'objective');
      expectNear(mine.logdetL2, expected.logdetL2, 1e-9, 'logdetL2');
      expectNear(mine.logdetRX2, expected.logdetRX2, 1e-9, 'logdetRX2');
      expectNear(mine.pwrss, expected.pwrss, 1e-9, 'pwrss');
      expectNear(mine.beta, expected.beta, 1e-8, 'beta');
      const size = Math.max(1, ...expected.gradient.map(Math.abs));
      expectNear(
        pick<number>(mine.gradient, order).map((g) => g / size),
        expected.gradient.map((g) => g / size),
        1e-8,
        'gradient',
      );
    });
  },
);

test.each(['sleepstudy-na-reml', 'cake-temp-reml', 'ergostool-sum-reml'])('--ddf gives the tests of %s', (id) => {
  const { got, want } = fitCase(id);
  expectNear(got.satterthwaite.df, want.satterthwaite.dfExact, 1e-5, 'satterthwaite.df');
  expectNear(got.satterthwaite.t, want.satterthwaite.t, 1e-5, 'satterthwaite.t');
  for (const field of ['df', 't', 'se'])
    expectNear(got.kenwardRoger[field], want.kenwardRoger[field], 1e-4, `kenwardRoger.${field}`);
});

test('--ddf all leaves out what an ML fit does not allow', () => {
  const { got } = fitCase('sleepstudy-rs-ml');
  expect(got.satterthwaite.df).toHaveLength(2);
  expect(got).not.toHaveProperty('kenwardRoger');
});

test('terms stand in the order of the formula', () => {
  const { got } = fitCase('pastes-nested-reml');
  expect(got.thetaNames).toEqual(['batch.(Intercept)', 'cask:batch.(Intercept)']);
  expect(got.varcorr.map((t: { group: string }) => t.group)).toEqual(['batch', 'cask:batch']);
  expect(got.ranef['cask:batch'].levels.slice(0, 2)).toEqual(['a:A', 'a:B']);
});
