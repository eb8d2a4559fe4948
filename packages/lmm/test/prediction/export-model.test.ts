import { FormulaError } from '@blup/formula';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  exportModel,
  fitMatrices,
  ModelError,
  fitModel,
  predict,
  predictRows,
  readModel,
  rowPredictor,
} from '../../src/index.js';
import { fitCase, goldenCase } from '../golden.js';
import { modelOf, modelShapes } from '../random-models.js';
import { afterFit, afterFitIds } from './after-fit.js';

const throughJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

describe.each(afterFitIds)('%s', (id) => {
  const model = fitCase(goldenCase(id));
  const want = afterFit(id).predict;
  const table = want.newdata;
  const rows = want.conditional.map((_, i) =>
    Object.fromEntries(Object.entries(table).map(([name, values]) => [name, values[i]])),
  );
  const near = (actual: ArrayLike<number>, expected: readonly number[]) =>
    expected.forEach((v, i) => expect(Math.abs(actual[i] - v)).toBeLessThan(1e-6 * Math.abs(v)));

  it('predicts what R predicts', () => {
    near(predict(model, table, { newLevels: 'population' }).fit, want.conditional);
    near(predict(model, table, { terms: 'none' }).fit, want.population);
    for (const [group, expected] of Object.entries(want.only)) {
      near(predict(model, table, { newLevels: 'population', terms: [group] }).fit, expected);
    }
  });

  it('predicts the same from JSON, table by table and row by row', () => {
    const options = { newLevels: 'integrated', interval: 'prediction' } as const;
    const small = readModel(throughJson(exportModel(model)));
    const whole = readModel(JSON.stringify(exportModel(model, { standardErrors: true, summary: true })));
    const direct = predict(model, table, { ...options, df: 'none' });
    expect(predict(whole, table, { ...options, df: 'none' })).toEqual(direct);
    const one = rowPredictor(small, options);
    rows.forEach((row, i) => expect(Math.abs(one(row) - direct.fit[i])).toBeLessThan(1e-11 * Math.abs(direct.fit[i])));
    expect(predict(small, table, { terms: 'none', se: true }).se).toEqual(
      predict(model, table, { terms: 'none', se: true }).se,
    );
    expect(() => predict(small, table, options)).toThrow(/exported without/);
  });
});

// The derivatives behind degrees of freedom are differences in the fitted model, closed forms of Henderson's equations in the exported one.
describe.each(afterFitIds)('%s', (id) => {
  const model = fitCase(goldenCase(id));
  const table = afterFit(id).predict.newdata;
  const whole = readModel(JSON.stringify(exportModel(model, { standardErrors: true })));
  const small = readModel(JSON.stringify(exportModel(model)));

  it.each(['prediction', 'confidence'] as const)(
    'has the same degrees of freedom for %s intervals by two roads',
    (interval) => {
      for (const [source, options] of [
        [whole, { newLevels: 'integrated' }],
        [whole, { newLevels: 'population' }],
        [small, { terms: 'none' }],
      ] as const) {
        const want = predict(model, table, { ...options, interval });
        const got = predict(source, table, { ...options, interval });
        const normal = predict(model, table, { ...options, interval, df: 'none' });
        got.upper!.forEach((v, i) => {
          const half = want.upper![i] - want.fit[i];
          expect((v - got.fit[i]) / half).toBeCloseTo(1, 6);
          expect(half).toBeGreaterThan(normal.upper![i] - normal.fit[i]);
        });
      }
    },
  );
});

describe('an exported model', () => {
  it('that is damaged anywhere is refused with a typed error, at the latest when it predicts', () => {
    const model = fitCase(goldenCase('sleepstudy-rs-reml'));
    const text = JSON.stringify(exportModel(model, { standardErrors: true }));
    const table = { Days: [1, 2], Subject: ['308', 'new'] };
    const hostile = [null, -1, 1.5, 1e308, 'x', '__proto__', [], [null], {}, true];
    let refused = 0;
    const damage = (path: readonly string[]): void => {
      const node = path.reduce((v, k) => v[k], JSON.parse(text));
      const few = Object.keys(node).filter((k) => !(Array.isArray(node) && Number(k) > 1));
      for (const key of few) {
        for (const value of hostile) {
          const copy = JSON.parse(text);
          path.reduce((v, k) => v[k], copy)[key] = value;
          try {
            predict(readModel(copy), table, { newLevels: 'integrated', interval: 'prediction' });
          } catch (error) {
            if (!(error instanceof ModelError || error instanceof FormulaError)) throw error;
            refused++;
          }
        }
        if (typeof node[key] === 'object' && node[key] !== null) damage([...path, key]);
      }
    };
    damage([]);
    expect(refused).toBeGreaterThan(1000);
  });

  it('of sleepstudy has two kilobytes or so, and no training data', () => {
    const text = JSON.stringify(exportModel(fitCase(goldenCase('sleepstudy-rs-reml'))));
    expect(text.length).toBeLessThan(4000);
    // The first response.
    expect(text).not.toContain('249.56');
  });

  it('of ready-made matrices predicts as the model itself', () => {
    fc.assert(
      fc.property(modelShapes, (shape) => {
        const input = modelOf(shape);
        const model = fitMatrices(input, { maxEvaluations: 6 });
        const read = readModel(throughJson(exportModel(model, { standardErrors: true })));
        const rows = { n: input.y.length, X: input.X.columns, terms: input.terms, offset: input.offset ?? null };
        const direct = predict(model, null, { se: true });
        const got = predictRows(read, rows, { se: true });
        expect(got.fit).toEqual(direct.fit);
        expect(got.se).toEqual(direct.se);
        direct.fit.forEach((v, i) => expect(Math.abs(v - model.fitted[i])).toBeLessThan(1e-9 * (1 + Math.abs(v))));
      }),
      { numRuns: 25 },
    );
  });

  it('refuses what is not one', () => {
    const good = exportModel(fitCase(goldenCase('sleepstudy-rs-reml')), { standardErrors: true });
    const bad: [unknown, RegExp][] = [
      ['{', /not an exported model/],
      [null, /format/],
      [{ schemaVersion: 1 }, /format/],
      [{ ...good, schemaVersion: 2 }, /schemaVersion is 2/],
      [{ ...good, sigma: 'x' }, /sigma/],
      [{ ...good, fixed: { ...good.fixed, beta: [1] } }, /fixed.beta/],
      [{ ...good, fixed: { ...good.fixed, kept: [7] } }, /fixed.kept/],
      [{ ...good, terms: [{ ...good.terms[0], modes: [] }] }, /modes/],
      [{ ...good, terms: [{ ...good.terms[0], group: 9 }] }, /grouping factor/],
      [{ ...good, system: { ...good.system, values: null } }, /system.values/],
      [{ ...good, design: { format: 'other' } }, /design/],
    ];
    for (const [value, message] of bad) expect(() => readModel(value)).toThrow(message);
  });
});

describe('predicting row by row', () => {
  const n = 60;
  const table = {
    y: Array.from({ length: n }, (_, i) => Math.sin(i * 1.7) * 3 + (i % 7)),
    x: Array.from({ length: n }, (_, i) => ((i * 37) % 60) / 10),
    on: Array.from({ length: n }, (_, i) => i % 3 === 0),
    f: Array.from({ length: n }, (_, i) => 'abc'[i % 3]),
    id: Array.from({ length: n }, (_, i) => (i * 5) % 7),
    h: Array.from({ length: n }, (_, i) => 'pq'[i % 2]),
  };
  const rows = [
    { x: 1.5, on: true, f: 'b', id: 3, h: 'p' },
    { x: 0, on: false, f: 'c', id: 6, h: 'q' },
    { x: -2, on: false, f: 'a', id: 4, h: 'q' },
    { x: 2, on: true, f: 'a', id: 99, h: 'p' },
    { x: null, on: true, f: 'a', id: 1, h: 'p' },
    { x: 1, on: true, f: 'a', id: null, h: 'p' },
    { x: 1, on: true, f: null, id: 2, h: 'p' },
  ];
  it.each([
    'y ~ x * f + (1 + x || id)',
    'y ~ f:h + offset(x) + (x | id:h)',
    'y ~ on + (0 + f | id) + (1 | h)',
    'y ~ poly(x, 2) + log(x + 5) + (1 | id)',
  ])('agrees with predicting a table: %s', (formula) => {
    const model = fitModel(formula, table, { maxEvaluations: 20 });
    const one = rowPredictor(model, { newLevels: 'population' });
    for (const row of rows) {
      const all = predict(model, [row], { newLevels: 'population' }).fit[0];
      const got = one(row);
      if (Number.isNaN(all)) expect(got).toBeNaN();
      else expect(Math.abs(got - all)).toBeLessThan(1e-12 * (1 + Math.abs(all)));
    }
    expect(() => rowPredictor(model)({ ...rows[0], id: 77, h: 'nothing' })).toThrow(/not seen/);
    expect(() => one({ ...rows[0], f: 'zzz', x: Infinity })).toThrow();
  });
});
