import { readFileSync } from 'node:fs';
import { goldenPath, readCase } from '@blup/golden';
import { fitModel, type FittedModel } from '@blup/lmm';
import { describe, expect, test } from 'vitest';
import { modelTable } from '../src/data/model-table.js';
import { readDelimited } from '../src/data/delimited.js';
import { landscape } from '../src/engine/questions/contours.js';
import { atPar } from '../src/engine/questions/explore.js';
import { groupEffects } from '../src/engine/questions/group-effects.js';
import { groupLines } from '../src/engine/questions/group-lines.js';
import { noPooling } from '../src/engine/questions/no-pooling.js';
import { rowPoints } from '../src/engine/questions/row-points.js';
import { spyPlots } from '../src/engine/questions/spy.js';

const sleep = readDelimited(readFileSync(goldenPath('data/sleepstudy.csv'), 'utf8'));
const fitted = (formula: string, table = sleep): FittedModel => fitModel(formula, modelTable(table, new Map()));
const model = fitted('Reaction ~ Days + (Days | Subject)');
const golden = readCase('sleepstudy-rs-reml').results;

describe('at other parameters', () => {
  test('the criterion and the fixed effects equal those recorded', () => {
    for (const point of golden.objectiveAt) {
      const at = atPar(model, point.theta, 0);
      expect(at.objective / point.REML.objective).toBeCloseTo(1, 10);
      at.beta.forEach((value, k) => expect(value).toBeCloseTo(point.REML.beta[k], 7));
    }
  });

  test('at the estimate the effects are the conditional modes', () => {
    const { effects, beta, sigma } = atPar(model, model.data.par, 0);
    const { values } = model.data.ranef['Subject']!;
    values.forEach((row, l) => row.forEach((value, c) => expect(effects[c]![l]).toBeCloseTo(value, 8)));
    beta.forEach((value, k) => expect(value).toBeCloseTo(golden.beta.values[k], 5));
    expect(sigma).toBeCloseTo(golden.sigma, 5);
  });

  test('large parameters give each group its own fit', () => {
    const alone = noPooling(model, 0);
    const at = atPar(model, [1e4, 0, 1e4], 0);
    alone.alone.forEach((column, c) =>
      column.forEach((value, l) => expect(at.beta[c]! + at.effects[c]![l]!).toBeCloseTo(value, 3)),
    );
  });

  test('each group alone is least squares: subject 308 has intercept 244.19 and slope 21.76', () => {
    const { alone, levels, fixed } = noPooling(model, 0);
    expect(levels[0]).toBe('308');
    expect(alone[0]![0]).toBeCloseTo(244.1927, 4);
    expect(alone[1]![0]).toBeCloseTo(21.7647, 4);
    expect(fixed).toEqual([0, 1]);
  });
});

test('effects come with their conditional standard deviations', () => {
  const { modes, sds, levels } = groupEffects(model, 'Subject');
  expect(levels.length).toBe(18);
  const recorded: number[][][] = golden.condVar['Subject'];
  recorded.forEach((V, l) => V.forEach((row, c) => expect(sds[c]![l]! ** 2 / row[c]!).toBeCloseTo(1, 5)));
  expect(modes.map((column) => column.length)).toEqual([18, 18]);
});

test('rows come in order of their residuals, with the table row they stand in', () => {
  const points = rowPoints(model);
  expect(points.nobs).toBe(180);
  const { y } = model.optimum.matrices;
  points.row.forEach((row, k) => expect(points.observed[k]).toBe(y[row - 1]));
  for (let k = 1; k < 180; k++) expect(points.scaled[k]).toBeGreaterThanOrEqual(points.scaled[k - 1]!);
  expect(points.normal[89]! + points.normal[90]!).toBeCloseTo(0, 12);
});

test('lines: fitted less population is the random part of each row', () => {
  const lines = groupLines(model, sleep, 'Subject', 'Days');
  expect(lines.levels.length).toBe(18);
  const { values } = model.data.ranef['Subject']!;
  lines.level.forEach((l, i) => {
    const b = values[l]!;
    expect(lines.fitted[i]! - lines.population[i]!).toBeCloseTo(b[0]! + b[1]! * Number(lines.x[i]), 8);
  });
});

describe('landscape', () => {
  test('the grid holds the criterion, and nothing on it is below the minimum', () => {
    const zc = fitted('Reaction ~ Days + (Days || Subject)');
    const land = landscape(zc, [0, 1]);
    const [xs, ys] = land.axes;
    expect(land.slice).toBe(false);
    expect(Math.min(...land.rise)).toBeGreaterThan(-1e-8);
    const k = 3 * xs!.length + 5;
    expect(land.rise[k]).toBeCloseTo(zc.objectiveAt([xs![5]!, ys![3]!]).objective - zc.data.objective, 8);
    expect(land.path.at(-1)!.rise).toBeCloseTo(0, 8);
    land.path.forEach(({ at, rise }) => expect(rise).toBeCloseTo(zc.objectiveAt(at).objective - zc.data.objective, 6));
  });
});

describe('spy plots count what CHOLMOD counts', () => {
  test.each([
    ['Penicillin', 'penicillin-reml'],
    ['Pastes', 'pastes-nested-reml'],
  ])('%s', (name, id) => {
    const { formula, results } = readCase(id);
    const table = readDelimited(readFileSync(goldenPath(`data/${name}.csv`), 'utf8'));
    const { natural, permuted, q } = spyPlots(fitted(formula, table));
    expect(q).toBe(results.L.q);
    expect(natural.matrix.nnz).toBe(results.L.nnzA);
    expect(permuted.matrix.nnz).toBe(results.L.nnzA);
    expect(permuted.factor.nnz).toBe(results.L.nnz);
    expect(natural.factor.count.reduce((sum, c) => sum + c, 0)).toBe(natural.factor.nnz);
  });
});
