import { describe, expect, test } from 'vitest';
import { FormulaDataError, FormulaError, buildModelFrame, formatError, parseFormula } from '../src/index.js';

const table = {
  y: Float64Array.of(1, 2, 3, 4, 5, 6),
  x: Float64Array.of(1, 2, 3, 4, 5, 7),
  time: Float64Array.of(1, 2, 3, 1, 2, 3),
  g: ['a', 'a', 'b', 'b', 'c', 'c'],
  flag: [true, false, true, false, true, false],
};

function errorOf(formula: string, options = {}, columns: object = table): FormulaError {
  try {
    buildModelFrame(formula, columns as typeof table, options);
  } catch (error) {
    if (error instanceof FormulaError) return error;
    throw error;
  }
  throw new Error(`${formula} was accepted`);
}

describe('random terms in the wrong place say what to write', () => {
  test.each([
    ['y ~ x + 1 | g', 'Write y ~ x + (1 | g).'],
    ['y ~ 1 | g', 'Write y ~ (1 | g).'],
    ['y ~ x + time + x || g', 'Write y ~ x + time + (x || g).'],
    ['y ~ x * (1 | g)', 'Add it: + (1 | g).'],
    ['y ~ x - (1 | g)', 'Add it: + (1 | g).'],
    ['y ~ x:(1 | g)', 'Add it: + (1 | g).'],
    ['y ~ (x + (1 | g))^2', 'Add it: + (1 | g).'],
    ['y ~ -(1 | g)', 'Add it: + (1 | g).'],
    ['y ~ x * ar1(0 + time | g)', 'Add it: + ar1(0 + time | g).'],
    ['y ~ x + (1 | g + flag)', 'Write one term for each: (... | g) + (... | flag).'],
    ['y ~ x + (0 | g)', 'Write (1 | g) for a random intercept.'],
    ['y ~ x + diag(x || g)', 'Write a single bar.'],
  ])('%s', (formula, hint) => {
    const error = errorOf(formula);
    expect(error.name).toBe('FormulaTermError');
    expect(error.hint).toBe(hint);
  });
});

describe('the caret stands under the place', () => {
  test.each([
    ['y ~ x + (1 | g', 'y ~ x + (1 | g', '              ^'],
    ['y ~ x + + * g', 'y ~ x + + * g', '          ^'],
    ['y ~ x $ g', 'y ~ x $ g', '      ^'],
    ['y ~ Days + (1 | g)', 'y ~ Days + (1 | g)', '    ^^^^'],
    ['y ~ x + (1 | G2)', 'y ~ x + (1 | G2)', '             ^^'],
    ['y ~ lgo(x)', 'y ~ lgo(x)', '    ^^^'],
    ['y ~ log(g)', 'y ~ log(g)', '        ^'],
    ['g ~ x', 'g ~ x', '^'],
    ['y\n~ x +\n  unknown', '  unknown', '  ^^^^^^^'],
  ])('%s', (formula, line, carets) => {
    const [, text, marks] = formatError(errorOf(formula)).split(/\n {2}/);
    expect(text).toBe(line);
    expect(marks).toBe(carets);
  });

  test('in a subset', () => {
    const error = errorOf('y ~ x', { subset: 'x > 2 & tme == 1' });
    expect(error.suggestion).toBe('time');
    expect(error.source!.slice(error.start, error.end)).toBe('tme');
  });
});

describe('names', () => {
  test.each([
    ['y ~ tiem', 'time'],
    ['y ~ X', 'x'],
    ['y ~ x + (1 | Flag)', 'flag'],
    ['y ~ sqr(x)', 'sqrt'],
    ['y ~ poly(x, dgree = 2)', undefined],
  ])('%s suggests %s', (formula, suggestion) => {
    const error = errorOf(formula);
    expect(error.suggestion).toBe(suggestion ?? null);
    expect(error.message).toContain('Did you mean');
  });

  test('weights and offset columns', () => {
    expect(errorOf('y ~ x', { weights: 'tme' }).suggestion).toBe('time');
    expect(errorOf('y ~ x', { offset: 'X' }).suggestion).toBe('x');
  });
});

describe('data that cannot be used', () => {
  test.each([
    ['an infinite response', 'y ~ x', { ...table, y: [1, 2, 3, 4, Infinity, 6] }, {}, 4],
    ['a product that overflows', 'y ~ x:z', { ...table, x: [1, 2, 3, 1e200, 5, 6], z: [1, 2, 3, 1e200, 5, 6] }, {}, 3],
    ['an infinite predictor', 'y ~ log(x)', { ...table, x: [1, 2, 0, 4, 5, 6] }, {}, 2],
    ['a negative weight', 'y ~ x', { ...table, w: [1, 2, -1, 4, 5, 6] }, { weights: 'w' }, 2],
    ['mixed types', 'y ~ x', { ...table, x: [1, 2, 'three', 4, 5, 6] }, {}, 2],
    ['mixed types in a group', 'y ~ (1 | g)', { ...table, g: ['a', 'a', 3, 'b', 'b', 'b'] }, {}, 2],
    ['a value outside the categories', 'y ~ g', table, { categories: { g: ['a', 'b'] } }, 4],
  ])('%s', (_, formula, columns, options, row) => {
    const error = errorOf(formula, options, columns);
    expect(error).toBeInstanceOf(FormulaDataError);
    expect(error.row).toBe(row);
    expect(error.message).toContain(`ow ${row + 1}`);
  });

  test.each([
    ['no rows', 'y ~ x', { y: [], x: [] }, {}],
    ['all missing', 'y ~ x', { y: [1, null], x: [null, 2] }, {}],
    ['an empty subset', 'y ~ x', table, { subset: 'x > 100' }],
    ['columns of different length', 'y ~ x', { y: [1, 2], x: [1] }, {}],
    ['a factor with one level', 'y ~ g', { y: [1, 2], g: ['a', 'a'] }, {}],
    ['a column of objects', 'y ~ x', { y: [1, 2], x: [{}, {}] }, {}],
  ])('%s', (_, formula, columns, options) => {
    expect(errorOf(formula, options, columns)).toBeInstanceOf(FormulaDataError);
  });

  test('a text response says so', () => {
    expect(errorOf('g ~ x').message).toContain('The response g is a factor or text.');
    expect(errorOf('cbind(y, x) ~ 1').name).toBe('FormulaTermError');
  });
});

test('columns called __proto__ and constructor are columns', () => {
  const columns = new Map<string, number[] | string[]>([
    ['__proto__', [1, 2, 3, 4]],
    ['constructor', ['a', 'b', 'a', 'b']],
    ['toString', [4, 3, 1, 2]],
  ]);
  const frame = buildModelFrame('`__proto__` ~ toString + (1 | constructor)', columns);
  expect(Array.from(frame.response!.values)).toEqual([1, 2, 3, 4]);
  expect(frame.random[0]!.levels).toEqual(['a', 'b']);
  expect(errorOf('y ~ hasOwnProperty').name).toBe('FormulaNameError');
  expect(errorOf('y ~ valueOf(x)').name).toBe('FormulaNameError');
  const rows = JSON.parse('[{"__proto__": 1, "y": 2}, {"__proto__": 3, "y": 5}]') as Record<string, unknown>[];
  expect(Array.from(buildModelFrame('y ~ `__proto__`', rows).fixed.columns[1]!)).toEqual([1, 3]);
});

test('a thousand nested parentheses are fine, a hundred thousand are an error', () => {
  const nested = (n: number): string => `y ~ ${'('.repeat(n)}x${')'.repeat(n)}`;
  expect(parseFormula(nested(1000)).right.kind).toBe('paren');
  expect(buildModelFrame(nested(1000), table).fixed.names).toEqual(['(Intercept)', 'x']);
  expect(() => parseFormula(nested(100_000))).toThrow(/nested more than/);
  expect(() => parseFormula(`y ~ ${'-'.repeat(100_000)}x`)).toThrow(/nested more than/);
});
