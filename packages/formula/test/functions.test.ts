import { describe, expect, test } from 'vitest';
import type { FormulaFunction } from '../src/index.js';
import { applyDesign, buildModelFrame, builtInFunctionNames } from '../src/index.js';
import { expectClose } from './close.js';

const table = {
  x: [-2.5, -0.5, 0.5, 1.5, 2.5, null],
  z: [1, 2, 3, 4, 5, 6],
  s: ['3', '10', 'x', '2', '1', '7'],
  f: ['a', 'b', 'c', 'a', 'b', 'c'],
};

/** The last column of `~ 0 + expression`, for the rows that have it. */
const column = (expression: string, options = {}): number[] =>
  Array.from(buildModelFrame(`~ 0 + ${expression}`, table, options).fixed.columns.at(-1)!);

describe('functions without memory', () => {
  test.each<[string, number[]]>([
    ['round(x)', [-2, -0, 0, 2, 2]],
    ['round(z / 8, 2)', [0.12, 0.25, 0.38, 0.5, 0.62, 0.75]],
    ['floor(x)', [-3, -1, 0, 1, 2]],
    ['ceil(x)', [-2, -0, 1, 2, 3]],
    ['trunc(x)', [-2, -0, 0, 1, 2]],
    ['sign(x)', [-1, -1, 1, 1, 1]],
    ['abs(x)', [2.5, 0.5, 0.5, 1.5, 2.5]],
    ['I(x %% 2)', [1.5, 1.5, 0.5, 1.5, 0.5]],
    ['I(z %/% 4)', [0, 0, 0, 1, 1, 1]],
    ['I(x %% -2)', [-0.5, -0.5, -1.5, -0.5, -1.5]],
    ['I(-z^2)', [-1, -4, -9, -16, -25, -36]],
    ['I((-z)^2)', [1, 4, 9, 16, 25, 36]],
    ['I(2^z^0)', [2, 2, 2, 2, 2, 2]],
    ['pmin(x, 0)', [-2.5, -0.5, 0, 0, 0]],
    ['pmax(x, z, 3)', [3, 3, 3, 4, 5]],
    ['as.numeric(s)', [3, 10, 2, 1, 7]],
    ['as.integer(x)', [-2, -0, 0, 1, 2]],
    ['as.numeric(is.na(x))', [0, 0, 0, 0, 0, 1]],
    ['as.numeric(f == "a" | z == 2)', [1, 1, 0, 1, 0, 0]],
    ['as.numeric(!(f %in% c("a", "b")))', [0, 0, 1, 0, 0, 1]],
    ['as.numeric(x > 0 | z > 5)', [0, 0, 1, 1, 1, 1]],
    ['as.numeric(x > 9 & z > 0)', [0, 0, 0, 0, 0]],
    ['as.numeric(2 < z)', [0, 0, 1, 1, 1, 1]],
    ['as.numeric("b" <= as.character(f))', [0, 1, 1, 0, 1, 1]],
    ['ifelse(f == "a", z, -z)', [1, -2, -3, 4, -5, -6]],
    ['log(z, base = 2)', [0, 1, Math.log2(3), 2, Math.log2(5), Math.log2(6)]],
    ['log(z, 10)', [1, 2, 3, 4, 5, 6].map(Math.log10)],
    ['I(z * pi)', [1, 2, 3, 4, 5, 6].map((v) => v * Math.PI)],
    ['I(z + T)', [2, 3, 4, 5, 6, 7]],
  ])('%s', (expression, expected) => {
    expectClose(column(expression), expected, 1e-15);
  });

  test('ifelse of texts is a factor', () => {
    expect(buildModelFrame('~ ifelse(z > 3, "hi", "lo")', table).fixed.names).toEqual([
      '(Intercept)',
      'ifelse(z > 3, "hi", "lo")lo',
    ]);
  });

  test('as.numeric of a factor gives codes, of text the numbers', () => {
    const categories = { s: ['10', '1', '2', '3', '7', 'x'] };
    expect(column('as.numeric(s)', { categories })).toEqual([4, 1, 6, 3, 2, 5]);
    expect(column('as.numeric(as.character(s))', { categories })).toEqual([3, 10, 2, 1, 7]);
  });
});

describe('functions with memory', () => {
  test('center, mean, sd, median, min, max', () => {
    expectClose(column('center(z)'), [-2.5, -1.5, -0.5, 0.5, 1.5, 2.5], 1e-15);
    expectClose(column('I((z - mean(z)) / sd(z))'), column('scale(z)'), 1e-15);
    expectClose(column('I(z - median(z) + min(z) - max(z))'), [-7.5, -6.5, -5.5, -4.5, -3.5, -2.5], 1e-15);
  });

  test('keep digits far from zero', () => {
    const far = { z: Float64Array.from({ length: 100 }, (_, i) => 1e9 + i / 4) };
    const near = { z: Float64Array.from({ length: 100 }, (_, i) => i / 4) };
    for (const formula of ['~ 0 + scale(z)', '~ 0 + poly(z, 3)']) {
      const [a, b] = [far, near].map((columns) => buildModelFrame(formula, columns).fixed.columns);
      a!.forEach((values, j) => expectClose(values, b![j]!, 1e-7));
    }
  });

  test('orthogonal polynomials are orthonormal', () => {
    const { columns } = buildModelFrame('~ poly(z, 5)', table).fixed;
    columns.slice(1).forEach((a, i) => {
      columns.slice(1).forEach((b, j) => {
        expect(Math.abs(a.reduce((sum, v, k) => sum + v * b[k]!, 0) - Number(i === j))).toBeLessThan(1e-13);
      });
    });
  });

  test('B-splines add to one, natural splines are straight outside', () => {
    const { columns } = buildModelFrame('~ 0 + bs(z, df = 6, intercept = TRUE)', table).fixed;
    expectClose(
      columns.reduce((sum, column) => sum.map((v, i) => v + column[i]!), new Float64Array(6)),
      [1, 1, 1, 1, 1, 1],
      1e-15,
    );
    const { design } = buildModelFrame('~ 0 + ns(z, 3)', table);
    for (const side of [
      [-3, -2, -1, 0, 1],
      [6, 7, 8, 9, 10],
    ]) {
      for (const values of applyDesign(design, { z: side }).fixed.columns) {
        for (let i = 2; i < 5; i++) expect(values[i]! - 2 * values[i - 1]! + values[i - 2]!).toBeCloseTo(0, 12);
      }
    }
  });

  test('cut: the ends of the intervals', () => {
    const cut = (options: string): string[] => {
      const { levels, levelIdx } = buildModelFrame(`~ 1 + (1 | cut(z, c(1, 3, 6)${options}))`, table).random[0]!;
      return Array.from(levelIdx, (k) => levels[k]!);
    };
    expect(cut('')).toEqual(['(1,3]', '(1,3]', '(3,6]', '(3,6]', '(3,6]']);
    expect(cut(', right = FALSE')).toEqual(['[1,3)', '[1,3)', '[3,6)', '[3,6)', '[3,6)']);
    expect(cut(', include.lowest = TRUE')).toEqual(['[1,3]', '[1,3]', '[1,3]', '(3,6]', '(3,6]', '(3,6]']);
    expect(buildModelFrame('~ cut(z, c(-Inf, 2, Inf))', table).fixed.names).toEqual([
      '(Intercept)',
      'cut(z, c(-Inf, 2, Inf))(2, Inf]',
    ]);
  });
});

describe("the user's functions", () => {
  test('work row by row and see no missing values', () => {
    const seen: number[] = [];
    const functions = { double: (v: number) => (seen.push(v), 2 * v) };
    expect(column('double(x)', { functions })).toEqual([-5, -1, 1, 3, 5]);
    expect(seen).toEqual([-2.5, -0.5, 0.5, 1.5, 2.5]);
  });

  test('take several arguments and win over the built-in ones', () => {
    expect(column('log(z, 1)', { functions: { log: (a: number, b: number) => a + b } })).toEqual([2, 3, 4, 5, 6, 7]);
  });

  test('must be passed again when a design is used', () => {
    const functions = { half: (v: number) => v / 2 };
    const { design } = buildModelFrame('~ 0 + half(z)', table, { functions });
    expect(design.functions).toEqual(['half']);
    expect(Array.from(applyDesign(design, { z: [8] }, { functions }).fixed.columns[0]!)).toEqual([4]);
    expect(() => applyDesign(design, { z: [8] })).toThrow('"half"');
  });

  test('can have a memory', () => {
    const first: FormulaFunction = {
      name: 'first',
      params: ['x'],
      fit: (_, { values }) => ({ value: values![0]! }),
      apply: (call, state) => {
        const x = call.args.get('x') as { values: Float64Array };
        return { kind: 'number', values: x.values.map((v) => v - ((state?.['value'] as number) ?? 0)) };
      },
    };
    const { design } = buildModelFrame('~ 0 + first(z)', table, { functions: { first } });
    expect(Array.from(applyDesign(design, { z: [8] }, { functions: { first } }).fixed.columns[0]!)).toEqual([7]);
  });

  test('that return something else are an error', () => {
    const functions = { bad: (() => 'x') as unknown as () => number };
    expect(() => column('bad(z)', { functions })).toThrow('must return a number');
  });
});

describe('arguments', () => {
  test('match by name, by beginning, by position', () => {
    const poly = column('poly(z, 2)');
    expect(column('poly(degree = 2, z)')).toEqual(poly);
    expect(column('poly(z, deg = 2)')).toEqual(poly);
    expect(column('poly(x = z, 2)')).toEqual(poly);
  });

  test.each([
    ['poly(z, 9)', 'distinct values'],
    ['poly(z, 0)', 'whole number from 1'],
    ['poly(z, x)', 'must be a constant'],
    ['poly(z, 2, TRUE, FALSE, 1)', 'at most'],
    ['poly(z, degree = 2, degree = 3)', 'twice'],
    ['poly()', 'needs the argument'],
    ['poly(f, 2)', 'needs numbers'],
    ['log(f)', 'needs numbers'],
    ['I(f + 1)', '+ needs numbers, not text'],
    ['I(!f)', '! needs truth values'],
    ['I(f & x)', '& needs truth values'],
    ['I(f < 1 || x)', 'Write |'],
    ['I(x:z)', 'two factors'],
    ['I(f %in% z)', 'needs a list'],
    ['c(1, 2)', 'not a column'],
    ['I("a")', 'not a column'],
    ['c(z, 2)', 'constants only'],
    ['scale(I(z * 0))', 'cannot scale a constant'],
    ['scale(log(z - 1))', 'finite'],
    ['factor(z, levels = c(1, 1))', 'duplicate'],
    ['factor(z, labels = c("a", "b"))', '2 labels for 6 levels'],
    ['factor(poly(z, 2))', 'cannot make a factor'],
    ['relevel(f, ref = "q")', '"q" is no level'],
    ['relevel(z, ref = "q")', 'needs a factor'],
    ['dummy(f, "q")', '"q" is no level'],
    ['interaction(z, f)', 'takes factors'],
    ['cut(z, c(1, 1))', 'duplicate'],
    ['cut(z, 1)', 'from 2'],
    ['cut(z, 2, labels = c("a", "b", "c"))', '3 labels for 2 intervals'],
    ['ns(I(z * 0), 2)', 'distinct'],
    ['ns(z, 2, Boundary.knots = 3)', 'two different numbers'],
    ['bs(z, df = 2)', 'at least 3'],
    ['pmin()', 'at least one'],
    ['pmax(f)', 'needs numbers'],
    ['pmax(z, foo = 1)', 'no argument "foo"'],
    ['ifelse(z > 1, factor(f), 1)', 'needs two numbers or two texts'],
    ['nonsense(z)', 'no function "nonsense"'],
  ])('%s is refused', (expression, message) => {
    expect(() => buildModelFrame(`~ ${expression}`, { ...table, f: table.f })).toThrow(message);
  });
});

test('the built-in functions are those of the README', () => {
  expect(builtInFunctionNames.toSorted()).toEqual(
    'I abs acos as.character as.factor as.integer as.logical as.numeric asin atan bs c ceil ceiling center cos cosh cut dummy exp expm1 factor floor ifelse interaction is.na log log10 log1p log2 max mean median min ns ordered pmax pmin poly relevel round scale sd sign sin sinh sqrt tan tanh trunc'.split(
      ' ',
    ),
  );
});
