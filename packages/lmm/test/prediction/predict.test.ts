import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  fitMatrices,
  fitModel,
  linearCombination,
  predict,
  predictionModel,
  predictRows,
  type ModelMatricesInput,
  type NewRows,
} from '../../src/index.js';
import { fitCase, goldenCase, plainCaseIds } from '../golden.js';
import { modelOf, modelShapes, normal, uniform } from '../random-models.js';
import { densePredictions } from './dense-prediction.js';

describe.each(plainCaseIds.filter((id) => goldenCase(id).results.predict))('%s against lme4', (id) => {
  const spec = goldenCase(id);
  const { newdata, population, conditional } = spec.results.predict;
  const model = fitCase(spec);

  it('predicts new rows with and without random effects', () => {
    const { fit } = predict(model, newdata, { newLevels: 'population' });
    conditional.forEach((v: number, i: number) => expect(Math.abs(fit[i] / v - 1)).toBeLessThan(2e-7));
    const without = predict(model, newdata, { terms: 'none' });
    population.forEach((v: number, i: number) => expect(Math.abs(without.fit[i] / v - 1)).toBeLessThan(2e-7));
    expect([...without.newLevel]).toEqual(population.map(() => 0));
  });
});

/** Rows with known, unknown and missing levels for a model of `modelOf`. */
function rowsFor(m: ModelMatricesInput, seed: number, n = 12): NewRows {
  const random = uniform(seed);
  const gauss = normal(random);
  const column = () => Float64Array.from({ length: n }, () => gauss());
  return {
    n,
    X: m.X.columns.map(column),
    terms: m.terms.map((t) => ({
      columns: t.columns.map(column),
      levels: ['fresh', ...t.levels.toReversed()],
      levelIdx: Int32Array.from({ length: n }, () => Math.floor(random() * (t.levels.length + 2)) - 1),
    })),
    offset: m.offset ? column() : null,
  };
}

describe('predictions and their errors against dense kriging', () => {
  it('agree for any model, any subset of terms, known and new levels', () => {
    fc.assert(
      fc.property(modelShapes, fc.boolean(), fc.nat({ max: 7 }), (shape, reml, subset) => {
        const input = modelOf(shape);
        const model = fitMatrices(input, { reml, maxEvaluations: 12 });
        const rows = rowsFor(input, shape.seed + 1);
        const include = input.terms.map((_, t) => (subset & (1 << t)) === 0);
        const terms = include.flatMap((yes, t) => (yes ? [t] : []));
        const want = densePredictions(model, rows, include);
        const source = predictionModel(model);
        const got = predictRows(source, rows, { terms, newLevels: 'integrated', se: true });
        const scale = model.data.sigma + Math.max(...want.map((w) => Math.abs(w.fit)));
        want.forEach((w, i) => {
          expect(Math.abs(got.fit[i] - w.fit)).toBeLessThan(1e-7 * scale);
          expect(Math.abs(got.se![i] ** 2 - w.variance)).toBeLessThan(1e-7 * (w.variance + model.data.sigma ** 2));
        });
        const wide = predictRows(source, rows, { terms, newLevels: 'population', interval: 'prediction', weights: 2 });
        const all = densePredictions(
          model,
          rows,
          include.map(() => true),
        );
        if (terms.length === input.terms.length) {
          all.forEach((w, i) => {
            const half = 1.959963984540054 * Math.sqrt(w.variance + model.data.sigma ** 2 / 2);
            expect(Math.abs(wide.upper![i] - got.fit[i] - half)).toBeLessThan(1e-6 * half);
            expect(Math.abs(got.fit[i] - wide.lower![i] - half)).toBeLessThan(1e-6 * half);
          });
        }
      }),
      { numRuns: 80 },
    );
  });

  it('know pairs of levels that never met', () => {
    const [a, b] = [Int32Array.from([0, 0, 1, 1, 2, 2, 0, 1]), Int32Array.from([0, 1, 1, 2, 2, 0, 0, 1])];
    const one = new Float64Array(8).fill(1);
    const base = modelOf({
      seed: 1,
      n: 24,
      p: 1,
      terms: [
        { nl: 3, nc: 1, diagonal: false, nested: false },
        { nl: 3, nc: 1, diagonal: false, nested: false },
      ],
      weighted: false,
      offset: false,
    });
    const terms = [a, b].map((levelIdx, t) => ({
      ...base.terms[t],
      columns: [one],
      levels: ['u', 'v', 'w'],
      levelIdx,
    }));
    const input = { y: Float64Array.from([3, 1, 4, 1, 5, 9, 2, 6]), X: { names: ['1'], columns: [one] }, terms };
    const model = fitMatrices(input, { fixedPar: [0.7, 1.3] });
    const levels = ['u', 'v', 'w'];
    const rows: NewRows = {
      n: 1,
      X: [Float64Array.of(1)],
      terms: [
        { columns: [Float64Array.of(1)], levels, levelIdx: Int32Array.of(0) },
        { columns: [Float64Array.of(1)], levels, levelIdx: Int32Array.of(2) },
      ],
      offset: null,
    };
    const [want] = densePredictions(model, rows, [true, true]);
    const { fit, se } = predictRows(predictionModel(model), rows, { se: true });
    expect(fit[0]).toBeCloseTo(want.fit, 10);
    expect(se![0] ** 2).toBeCloseTo(want.variance, 10);
    const same = linearCombination(
      model,
      [1],
      [
        { group: 'g0', level: 'u', name: 'z0', weight: 1 },
        { group: 'g1', level: 'w', name: 'z0', weight: 1 },
      ],
    );
    expect(se![0]).toBeCloseTo(same.se, 10);
  });
});

const days = (n: number) => Array.from({ length: n }, (_, i) => i % 6);
const subjects = (n: number) => Array.from({ length: n }, (_, i) => `s${Math.floor(i / 6)}`);
function growth(seed: number, n = 48) {
  const gauss = normal(uniform(seed));
  const effect = Array.from({ length: n / 6 }, () => 3 * gauss());
  const x = days(n);
  const g = subjects(n);
  return { x, g, y: x.map((d, i) => 10 + 2 * d + effect[Math.floor(i / 6)] + gauss()) };
}

describe('traps', () => {
  const data = growth(7);

  it('honours an offset column and an offset in the formula', () => {
    const o = data.x.map((d) => 3 * d + 1);
    const table = { ...data, o };
    const byColumn = fitModel('y ~ x + (1 | g)', table, { offset: 'o' });
    const inFormula = fitModel('y ~ x + offset(o) + (1 | g)', table);
    const rows = { x: [1, 2], g: ['s0', 's3'], o: [100, -7] };
    const plain = fitModel('y ~ x + (1 | g)', { ...table, y: data.y.map((v, i) => v - o[i]) });
    const want = predict(plain, rows).fit;
    for (const model of [byColumn, inFormula]) {
      const { fit } = predict(model, rows);
      expect(fit[0] - 100).toBeCloseTo(want[0], 8);
      expect(fit[1] + 7).toBeCloseTo(want[1], 8);
      expect(() => predict(model, { x: [1], g: ['s0'] })).toThrow(/"o"/);
    }
  });

  it('gives a new group a larger standard error than a known one, and refuses it unless told how', () => {
    const model = fitModel('y ~ x + (x | g)', data);
    const rows = { x: [3, 3], g: ['s1', 'nobody'] };
    expect(() => predict(model, rows)).toThrow(/row 2 has g = "nobody"/);
    const { se, fit, newLevel } = predict(model, rows, { newLevels: 'integrated', se: true });
    expect(se![1]).toBeGreaterThan(se![0]);
    expect([...newLevel]).toEqual([0, 1]);
    const population = predict(model, rows, { newLevels: 'population', se: true });
    expect(population.fit[1]).toBe(fit[1]);
    expect(population.se![1]).toBeLessThan(se![1]);
    const a = predict(model, rows, { newLevels: 'population', interval: 'prediction' });
    const b = predict(model, { x: [3, 3] }, { terms: 'none', interval: 'prediction' });
    expect(b.upper![0]).toBeCloseTo(a.upper![1], 12);
  });

  it('keeps rows in place where predictors or groups are missing', () => {
    const model = fitModel('y ~ x + (1 | g)', data);
    const { fit, newLevel } = predict(model, { x: [1, null, 2], g: ['s0', 's0', null] }, { newLevels: 'population' });
    expect(Number.isNaN(fit[1])).toBe(true);
    expect(fit[2]).toBeCloseTo(model.data.beta.values[0] + 2 * model.data.beta.values[1], 12);
    expect([...newLevel]).toEqual([0, 0, 1]);
    expect(Number.isNaN(predict(model, { x: [2], g: [null] }).fit[0])).toBe(true);
  });

  it('predicts rank-deficient models as their reduced form, and knows what is not estimable', () => {
    const n = data.y.length;
    const f = Array.from({ length: n }, (_, i) => 'abc'[i % 3]);
    // The cell (c, v) is empty: one interaction column is lost.
    const h = Array.from({ length: n }, (_, i) => (i % 3 === 2 || i % 2 === 0 ? 'u' : 'v'));
    const table = { ...data, f, h };
    const model = fitModel('y ~ f * h + (1 | g)', table);
    expect(model.data.droppedColumns).toEqual(['fc:hv']);
    const cell = f.map((a, i) => a + h[i]);
    const reduced = fitModel('y ~ 0 + cell + (1 | g)', { ...data, cell });
    const rows = { f: ['a', 'a', 'b', 'b', 'c', 'c'], h: ['u', 'v', 'u', 'v', 'u', 'v'], g: Array(6).fill('s2') };
    const got = predict(model, rows, { se: true });
    const want = predict(reduced, { cell: ['au', 'av', 'bu', 'bv', 'cu'], g: Array(5).fill('s2') }, { se: true });
    expect([...got.estimable!]).toEqual([1, 1, 1, 1, 1, 0]);
    for (let i = 0; i < 5; i++) {
      expect(got.fit[i]).toBeCloseTo(want.fit[i], 6);
      expect(got.se![i]).toBeCloseTo(want.se![i], 6);
    }
    expect(Number.isNaN(got.fit[5])).toBe(true);
    const b = new Map(model.data.beta.names.map((name, k) => [name, model.data.beta.values[k]]));
    const zero = predict(model, rows, { nonEstimable: 'zero', terms: 'none' }).fit[5];
    expect(zero).toBeCloseTo(b.get('(Intercept)')! + b.get('fc')! + b.get('hv')!, 10);
    expect(predict(model, null).fit.every((v, i) => Math.abs(v - model.fitted[i]) < 1e-9)).toBe(true);
  });

  it('works without random effects, without fixed effects, and at a singular fit', () => {
    const lm = predict(fitModel('y ~ x', data), { x: [0, 5] }, { se: true });
    const sums = data.x.reduce((s, v) => s + v, 0) / data.x.length;
    const sxx = data.x.reduce((s, v) => s + (v - sums) ** 2, 0);
    const model = fitModel('y ~ x', data);
    [0, 5].forEach((x, i) =>
      expect(lm.se![i]).toBeCloseTo(model.data.sigma * Math.sqrt(1 / data.x.length + (x - sums) ** 2 / sxx), 10),
    );
    const none = predict(fitModel('y ~ 0 + (1 | g)', data), { g: ['s1'] }, { se: true });
    expect(none.se![0]).toBeGreaterThan(0);
    const flat = { ...data, y: data.x.map((d) => d + [1, -1, 2, -2, 1, -1][d]) };
    const singular = fitModel('y ~ x + (1 | g)', flat);
    expect(singular.data.theta[0]).toBe(0);
    const known = predict(singular, { x: [3], g: ['s1'] }, { se: true });
    const fresh = predict(singular, { x: [3], g: ['t'] }, { se: true, newLevels: 'integrated' });
    expect(known.fit[0]).toBeCloseTo(fresh.fit[0], 12);
    expect(known.se![0]).toBeCloseTo(fresh.se![0], 12);
  });

  it('widens intervals by t', () => {
    const model = fitModel('y ~ x + (1 | g)', data);
    const rows = { x: [3], g: ['s1'] };
    const { fit, se, upper } = predict(model, rows, { interval: 'confidence', df: 5, level: 0.9 });
    // qt(0.95, 5)
    expect((upper![0] - fit[0]) / se![0]).toBeCloseTo(2.015048373333024, 9);
    expect(() => predict(model, rows, { interval: 'confidence', level: 95 })).toThrow(/level/);
    expect(() => predict(model, rows, { terms: ['subject'] })).toThrow(/no random-effects term subject/);
  });

  it('predicts through columns called __proto__ and constructor', () => {
    const table = [
      { name: '__proto__', values: data.g },
      { name: 'constructor', values: data.x },
      { name: 'y', values: data.y },
    ];
    const columns = Object.create(null);
    for (const { name, values } of table) columns[name] = values;
    const model = fitModel('y ~ constructor + (1 | `__proto__`)', columns);
    const plain = fitModel('y ~ x + (1 | g)', data);
    expect(predict(model, columns).fit[5]).toBe(predict(plain, data).fit[5]);
  });
});
