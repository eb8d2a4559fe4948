import { describe, expect, test } from 'vitest';
import { UnknownLevelError, applyDesign, buildModelFrame } from '../src/index.js';

const train = {
  y: [1, 2, 3, 4, 5, 6, 7, 8],
  x: [1, 2, 3, 4, 5, 6, 7, 9],
  f: ['u', 'v', 'u', 'v', 'u', 'v', 'u', 'v'],
  g: ['a', 'a', 'b', 'b', 'c', 'c', 'd', 'd'],
  h: [1, 2, 1, 2, 1, 2, 1, 2],
  w: [1, 1, 1, 1, 2, 2, 2, 2],
  off: [0, 0, 0, 0, 1, 1, 1, 1],
};
const { design } = buildModelFrame('y ~ scale(x) + f + (x | g) + (1 | g:h)', train, {
  weights: 'w',
  offset: 'off',
  subset: 'x < 9',
});
const fresh = {
  x: [3, 10, null, 4, 5],
  f: ['v', 'u', 'u', null, 'u'],
  g: ['b', 'e', 'a', 'f', null],
  h: [2, 1, 1, 7, 1],
  off: [1, 2, 3, 4, 5],
};

describe('new rows', () => {
  const frame = applyDesign(design, fresh);

  test('keep their number and order, need neither response nor weights, and ignore the subset', () => {
    expect(frame.nobs).toBe(5);
    expect(frame.rows).toBeNull();
    expect(frame.response).toBeNull();
    expect(frame.weights).toBeNull();
  });

  test('are NaN where a predictor is missing', () => {
    expect(Array.from(frame.omitted.missing)).toEqual([2, 3]);
    expect(frame.fixed.columns.map((column) => Number.isNaN(column[2]!))).toEqual([false, true, false]);
    expect(frame.fixed.columns.map((column) => Number.isNaN(column[3]!))).toEqual([false, false, true]);
    expect(Array.from(frame.random[0]!.columns[1]!)).toEqual([3, 10, Number.NaN, 4, 5]);
  });

  test('use the mean and deviation of the fit', () => {
    const mean = 37 / 8;
    const sd = Math.sqrt(train.x.reduce((sum, v) => sum + (v - mean) ** 2, 0) / 7);
    expect(frame.fixed.columns[1]![0]).toBeCloseTo((3 - mean) / sd, 14);
  });

  test('carry the offset', () => {
    expect(Array.from(frame.offset!)).toEqual(fresh.off);
    const without = new Map(Object.entries(fresh).filter(([name]) => name !== 'off'));
    expect(() => applyDesign(design, without)).toThrow('no column "off"');
  });

  test('name new groups and know the old ones', () => {
    const [slopes, cells] = frame.random;
    expect(slopes!.levels).toEqual(['a', 'b', 'c', 'd']);
    expect(Array.from(slopes!.levelIdx)).toEqual([1, -1, 0, -1, -1]);
    expect(slopes!.newLevels).toEqual(['e', 'f']);
    expect(Array.from(slopes!.newLevelIdx!)).toEqual([-1, 0, -1, 1, -1]);
    expect(cells!.levels).toEqual(['a:1', 'a:2', 'b:1', 'b:2', 'c:1', 'c:2', 'd:1']);
    expect(Array.from(cells!.levelIdx)).toEqual([3, -1, 0, -1, -1]);
    expect(cells!.newLevels).toEqual(['e:1', 'f:7']);
  });

  test('may name groups that were numbers in the fit', () => {
    const [, cells] = applyDesign(design, { ...fresh, h: ['2', 'one', '1', 'one', null] }).random;
    expect(Array.from(cells!.levelIdx)).toEqual([3, -1, 0, -1, -1]);
    expect(cells!.newLevels).toEqual(['e:one', 'f:one']);
    // A column that is more than a group stays what it was.
    const slope = buildModelFrame('y ~ h + (1 | h)', train).design;
    expect(() => applyDesign(slope, { h: ['1', '2'] })).toThrow('text, not a number');
  });

  test('do without groups when only the population is wanted', () => {
    const population = applyDesign(design, { x: [1], f: ['u'], off: [0] }, { random: false });
    expect(population.random).toEqual([]);
    expect(population.fixed.names).toEqual(['(Intercept)', 'scale(x)', 'fv']);
    expect(() => applyDesign(design, { x: [1], f: ['u'], off: [0] })).toThrow('no column "g"');
  });

  test('can bring their response', () => {
    const scored = applyDesign(design, { ...fresh, y: [1, 2, 3, 4, 5] }, { response: true });
    expect(Array.from(scored.response!.values)).toEqual([1, 2, 3, 4, 5]);
  });

  test('with a new level of a fixed factor are an error, or missing if asked for', () => {
    const rows = [
      { x: 1, f: 'u', g: 'a', h: 1, off: 0 },
      { x: 2, f: 'w', g: 'a', h: 1, off: 0 },
    ];
    expect(() => applyDesign(design, rows)).toThrow(UnknownLevelError);
    expect(() => applyDesign(design, rows)).toThrow('Row 2 has f = "w", which the model has not seen. It knows u, v.');
    const lenient = applyDesign(design, rows, { newLevels: 'missing' });
    expect(Array.from(lenient.fixed.columns[2]!)).toEqual([0, Number.NaN]);
  });
});

test('one row with one level is enough', () => {
  const { design: factors } = buildModelFrame('y ~ f * x + factor(h) + (f | g)', train);
  const frame = applyDesign(factors, [{ x: 2, f: 'v', h: 2, g: 'zz' }]);
  expect(frame.fixed.columns.map((column) => column[0])).toEqual([1, 1, 2, 1, 2]);
  expect(frame.random[0]!.columns.map((column) => column[0])).toEqual([1, 1]);
});

test('a variable that was only taken out again is not needed', () => {
  const { design: smaller } = buildModelFrame('y ~ x + f - f', train);
  expect(applyDesign(smaller, { x: [1, 2] }).fixed.names).toEqual(['(Intercept)', 'x']);
});

test('a design that was never estimated cannot be applied', () => {
  expect(() => applyDesign({ ...design, complete: false }, fresh)).toThrow('not complete');
});

test('infinite predictors are refused', () => {
  expect(() => applyDesign(design, { ...fresh, x: [1, 2, Infinity, 1, 1] }, { newLevels: 'missing' })).toThrow(
    'Inf in row 3',
  );
});
