import { describe, expect, test } from 'vitest';
import { buildModelFrame } from '../src/index.js';

const table = {
  y: Float64Array.from({ length: 12 }, (_, i) => i),
  x: Float64Array.from({ length: 12 }, (_, i) => i % 4),
  f: Array.from({ length: 12 }, (_, i) => ['p', 'q', 'r'][i % 3]!),
  g: Array.from({ length: 12 }, (_, i) => `s${Math.floor(i / 3)}`),
  time: Array.from({ length: 12 }, (_, i) => [1, 2, 4][i % 3]!),
};

describe('(e || g) gives every column a term of its own', () => {
  test.each([
    ['y ~ (x || g)', ['(1 | g)', '(0 + x | g)'], [['(Intercept)'], ['x']]],
    ['y ~ (0 + x || g)', ['(0 + x | g)'], [['x']]],
    // lme4 would keep the covariances between the levels of f here.
    ['y ~ (f || g)', ['(1 | g)', '(0 + fq | g)', '(0 + fr | g)'], [['(Intercept)'], ['fq'], ['fr']]],
    ['y ~ (0 + f || g)', ['(0 + fp | g)', '(0 + fq | g)', '(0 + fr | g)'], [['fp'], ['fq'], ['fr']]],
    [
      'y ~ (x || g/f)',
      ['(1 | g)', '(0 + x | g)', '(1 | f:g)', '(0 + x | f:g)'],
      [['(Intercept)'], ['x'], ['(Intercept)'], ['x']],
    ],
    [
      'y ~ (poly(x, 2) || g)',
      ['(1 | g)', '(0 + poly(x, 2)1 | g)', '(0 + poly(x, 2)2 | g)'],
      [['(Intercept)'], ['poly(x, 2)1'], ['poly(x, 2)2']],
    ],
  ])('%s', (formula, labels, names) => {
    const { random } = buildModelFrame(formula, table);
    expect(random.map(({ label }) => label)).toEqual(labels);
    expect(random.map((term) => term.names)).toEqual(names);
    expect(random.every(({ structure }) => structure.name === 'us')).toBe(true);
  });
});

describe('indicator columns of a structured term', () => {
  test('know all levels, also those without rows, in the order of the table', () => {
    const { random } = buildModelFrame('y ~ ar1(0 + time | g)', table, {
      categories: { time: ['1', '2', '3', '4', '5'] },
    });
    const { indicator, names, structure } = random[0]!;
    expect(structure.name).toBe('ar1');
    expect(names).toEqual(['time1', 'time2', 'time4']);
    expect(indicator!.levels).toEqual(['1', '2', '3', '4', '5']);
    expect(Array.from(indicator!.columnLevels)).toEqual([0, 1, 3]);
    expect(Array.from(indicator!.codes.subarray(0, 3))).toEqual([0, 1, 3]);
    expect(random[0]!.columns.map((column) => Array.from(column.subarray(0, 3)))).toEqual([
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
    ]);
  });

  test('are not there for other columns', () => {
    for (const formula of ['y ~ (f | g)', 'y ~ (0 + x | g)', 'y ~ (0 + f + x | g)', 'y ~ (0 + f:time | g)']) {
      expect(buildModelFrame(formula, table).random[0]!.indicator).toBeNull();
    }
  });

  test('of a long series cost no more than its length', () => {
    const n = 50_000;
    const all = new Array<string>(n).fill('1');
    const series = { y: new Float64Array(n), time: Float64Array.from({ length: n }, (_, i) => i), all };
    const { indicator, levels, names } = buildModelFrame('y ~ ar1(0 + factor(time) | all)', series).random[0]!;
    expect(levels).toEqual(['1']);
    expect(names.length).toBe(n);
    expect(names[n - 1]).toBe('factor(time)49999');
    expect(indicator!.codes[n - 1]).toBe(n - 1);
  });
});

describe('formula order and names', () => {
  test('terms stay as written; contrasts of the fixed part do not reach the random part', () => {
    const options = { contrasts: { f: 'sum' }, randomContrasts: {} } as const;
    const frame = buildModelFrame('y ~ f + (f | g) + (1 | time)', table, options);
    expect(frame.fixed.names).toEqual(['(Intercept)', 'f1', 'f2']);
    expect(frame.random.map((term) => [term.group, term.names])).toEqual([
      ['g', ['(Intercept)', 'fq', 'fr']],
      ['time', ['(Intercept)']],
    ]);
    const both = buildModelFrame('y ~ f + (f | g)', table, {
      contrasts: { f: 'sum' },
      randomContrasts: { f: 'helmert' },
    });
    expect(both.random[0]!.names).toEqual(['(Intercept)', 'f1', 'f2']);
    expect(both.random[0]!.columns[2]!.slice(0, 3)).toEqual(Float64Array.of(-1, -1, 2));
  });

  test('(1 | g) - 1 removes the intercept', () => {
    expect(buildModelFrame('y ~ (1 | g) - 1 + x', table).fixed.names).toEqual(['x']);
    expect(buildModelFrame('y ~ 0 + (1 | g)', table).fixed.names).toEqual([]);
    expect(buildModelFrame('y ~ (1 | g)', table).fixed.names).toEqual(['(Intercept)']);
  });

  test('. is every column but the response, as in lme4', () => {
    expect(buildModelFrame('y ~ . - g + (1 | g)', table).fixed.termLabels).toEqual(['x', 'f', 'time']);
    expect(buildModelFrame('y ~ . + (1 | g)', table).fixed.termLabels).toEqual(['x', 'f', 'g', 'time']);
  });
});
