import {
  Bool,
  DateMillisecond,
  Dictionary,
  Float16,
  Float64,
  Int32,
  Int64,
  Table,
  Utf8,
  makeData,
  tableFromArrays,
  vectorFromArray,
} from 'apache-arrow';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ModelFrame, ModelFrameOptions, TableLike } from '../src/index.js';
import { FormulaError, buildModelFrame, inferSchema, openTable } from '../src/index.js';

/** Everything of a frame that does not depend on how the table was stored. */
function plain(frame: ModelFrame): unknown {
  return { ...frame, design: null, random: frame.random.map((term) => ({ ...term, columns: [...term.columns] })) };
}

const days = [0, 1, 2, 11_017].map((d) => new Date(d * 86_400_000));
const columns = {
  y: [1.5, 2, null, 4, 5, 7],
  x: [1, 0, 3, 2, null, 5],
  k: [10, 9, 10, 2, 2, 100],
  s: ['b', 'a', 'B', 'a', 'b', null],
  p: [true, false, true, null, false, true],
  when: [days[3], days[1], days[0], days[1], days[2], days[0]],
  big: [2n ** 60n, 2n ** 60n + 1n, 3n, 3n, 2n ** 60n, 7n],
};
const rows = columns.y.map((_, i) =>
  Object.fromEntries(Object.entries(columns).map(([name, values]) => [name, values[i]])),
);
const arrow = new Table({
  y: vectorFromArray(columns.y, new Float64()),
  x: vectorFromArray(columns.x, new Int32()),
  k: vectorFromArray(columns.k, new Float64()),
  s: vectorFromArray(columns.s, new Utf8()),
  p: vectorFromArray(columns.p, new Bool()),
  when: vectorFromArray(columns.when as Date[], new DateMillisecond()),
  big: vectorFromArray(columns.big, new Int64()),
});

describe('column objects, rows and Arrow give identical frames', () => {
  test.each<[string, ModelFrameOptions?]>([
    ['y ~ x + (1 | k)'],
    ['y ~ x * s'],
    ['y ~ p + s + (x | s)'],
    ['y ~ when + (1 | when)'],
    ['y ~ 0 + p + (1 | big) + (1 | big:s)'],
    ['y ~ factor(k) + as.numeric(s == "a")'],
    ['~ s + k', { weights: 'x' }],
    ['y ~ k', { subset: 's != "b" & k < 50' }],
    ['y ~ s', { categories: { s: ['b', 'a', 'B'] } }],
    ['y ~ k', { factors: ['k'] }],
  ])('%s', (formula, options) => {
    const fromColumns = plain(buildModelFrame(formula, columns, options));
    expect(plain(buildModelFrame(formula, rows, options))).toEqual(fromColumns);
    expect(plain(buildModelFrame(formula, arrow, options))).toEqual(fromColumns);
    expect(plain(buildModelFrame(formula, new Map(Object.entries(columns)), options))).toEqual(fromColumns);
    expect(plain(buildModelFrame(formula, openTable(columns), options))).toEqual(fromColumns);
  });
});

describe('types', () => {
  test('are inferred', () => {
    const schema = inferSchema({
      ...columns,
      empty: [null, undefined, null, null, null, null],
      odd: [{}, 1, 2, 3, 4, 5],
    });
    expect(schema.columns.map(({ name, type }) => [name, type])).toEqual([
      ['y', 'number'],
      ['x', 'number'],
      ['k', 'number'],
      ['s', 'string'],
      ['p', 'boolean'],
      ['when', 'date'],
      ['big', 'number'],
      ['empty', 'number'],
      ['odd', 'other'],
    ]);
    expect(schema.columns[3]!.levels).toEqual(['B', 'a', 'b']);
  });

  test('a date is a number of days, and itself as a level', () => {
    const frame = buildModelFrame('y ~ when + (1 | when)', columns);
    expect(Array.from(frame.fixed.columns[1]!)).toEqual([11_017, 1, 1, 2, 0]);
    expect(frame.random[0]!.levels).toEqual(['1970-01-01', '1970-01-02', '1970-01-03', '2000-03-01']);
  });

  test('whole numbers beyond 2^53 stay distinct groups', () => {
    const { levels, levelIdx } = buildModelFrame('~ 1 + (1 | big)', columns).random[0]!;
    expect(levels).toEqual(['3', '7', '1152921504606846976', '1152921504606846977']);
    expect(Array.from(levelIdx)).toEqual([2, 3, 0, 0, 2, 1]);
  });

  test('typed arrays of every kind are numbers', () => {
    for (const make of [Int8Array, Uint8Array, Int16Array, Uint32Array, Float32Array, Float64Array]) {
      const frame = buildModelFrame('y ~ x + (1 | x)', { y: make.from([1, 2, 3]), x: make.from([3, 1, 3]) });
      expect(Array.from(frame.fixed.columns[1]!)).toEqual([3, 1, 3]);
      expect(frame.random[0]!.levels).toEqual(['1', '3']);
    }
  });
});

describe('Arrow', () => {
  test('a dictionary gives the order of the levels', () => {
    const indices = vectorFromArray([2, 0, null, 1, 2], new Int32());
    const dictionary = vectorFromArray(['low', 'mid', 'high', 'never'], new Utf8());
    const type = new Dictionary(new Utf8(), new Int32());
    const data = makeData({
      type,
      dictionary,
      data: indices.data[0]!.values,
      nullBitmap: indices.data[0]!.nullBitmap,
      nullCount: 1,
      length: 5,
    });
    const table = new Table({
      y: vectorFromArray([1, 2, 3, 4, 5], new Float64()),
      f: vectorFromArray(['x'], type),
    }).select(['y']);
    const withFactor: TableLike = {
      numRows: 5,
      schema: { fields: [{ name: 'y' }, { name: 'f' }] },
      getChild: (name: string) =>
        name === 'y' ? table.getChild('y') : { length: 5, data: [data], get: (i: number) => [2, 0, null, 1, 2][i] },
    };
    const frame = buildModelFrame('y ~ f', withFactor);
    expect(frame.fixed.names).toEqual(['(Intercept)', 'fmid', 'fhigh']);
    expect(Array.from(frame.omitted.missing)).toEqual([2]);
    expect(frame.design.variables[1]!.unusedLevels).toEqual(['never']);
  });

  test('packed and half-precision columns are read by value', () => {
    const n = 64;
    const truth = Array.from({ length: n }, (_, i) => i % 3 === 0);
    const table = new Table({
      p: vectorFromArray(truth, new Bool()),
      h: vectorFromArray(
        truth.map((v, i) => (v ? i : 0.5)),
        new Float16(),
      ),
      i: vectorFromArray(
        truth.map((_, i) => i),
        new Int32(),
      ),
    });
    const { fixed } = buildModelFrame('~ p + h + i', table);
    expect(fixed.names).toEqual(['(Intercept)', 'pTRUE', 'h', 'i']);
    expect(Array.from(fixed.columns[1]!)).toEqual(truth.map(Number));
    expect(Array.from(fixed.columns[2]!)).toEqual(truth.map((v, i) => (v ? i : 0.5)));
    expect(Array.from(fixed.columns[3]!)).toEqual(truth.map((_, i) => i));
  });

  test('dictionaries of real tables, in chunks and sliced', () => {
    const one = tableFromArrays({ g: ['q', 'p', 'q', 'r'], y: Float64Array.of(1, 2, 3, 4) });
    expect(buildModelFrame('y ~ (1 | g)', one).random[0]!.levels).toEqual(['q', 'p', 'r']);
    const sliced = one.slice(1, 4);
    const frame = buildModelFrame('y ~ (1 | g)', sliced);
    expect(Array.from(frame.random[0]!.levelIdx, (k) => frame.random[0]!.levels[k])).toEqual(['p', 'q', 'r']);
    expect(Array.from(frame.response!.values)).toEqual([2, 3, 4]);
    const two = one.concat(one.slice(2, 4));
    const both = buildModelFrame('y ~ (1 | g)', two).random[0]!;
    expect(Array.from(both.levelIdx, (k) => both.levels[k])).toEqual(['q', 'p', 'q', 'r', 'q', 'r']);
  });
});

describe('other tables', () => {
  test('with the methods of Arquero', () => {
    const arquero = {
      numRows: () => 6,
      columnNames: () => Object.keys(columns),
      array: (name: string) => columns[name as keyof typeof columns] as ArrayLike<unknown>,
    };
    expect(plain(buildModelFrame('y ~ x * s + (1 | k)', arquero))).toEqual(
      plain(buildModelFrame('y ~ x * s + (1 | k)', columns)),
    );
  });

  test.each<[string, unknown]>([
    ['null', null],
    ['a string', 'y,x'],
    ['rows that are no objects', [1, 2]],
    ['columns that are no arrays', { y: 3 }],
  ])('%s is no table', (_, table) => {
    expect(() => openTable(table as TableLike)).toThrow(FormulaError);
  });
});

describe('nothing is copied that need not be', () => {
  const y = Float64Array.of(1, 2, 3, 4);
  const x = Float64Array.of(4, 3, 2, 1);

  test('Float64Arrays pass through', () => {
    const frame = buildModelFrame(
      'y ~ x + (x | g)',
      { y, x, g: Int32Array.of(1, 1, 2, 2) },
      { weights: 'x', offset: 'y' },
    );
    expect(frame.response!.values).toBe(y);
    expect(frame.fixed.columns[1]).toBe(x);
    expect(frame.random[0]!.columns[1]).toBe(x);
    expect(frame.weights).toBe(x);
    expect(frame.offset).toBe(y);
    expect(frame.rows).toBeNull();
  });

  test('also from Arrow', () => {
    const table = tableFromArrays({ y, x });
    const frame = buildModelFrame('y ~ x', table);
    expect(frame.fixed.columns[1]!.buffer).toBe((table.getChild('x')!.toArray() as Float64Array).buffer);
  });

  test('the table is never written to', () => {
    const before = Array.from(x);
    const frame = buildModelFrame('y ~ poly(x, 2) + scale(x) + offset(x) + offset(x)', { y, x });
    expect(Array.from(x)).toEqual(before);
    expect(Array.from(frame.offset!)).toEqual(before.map((v) => 2 * v));
  });
});

describe('levels have one order, whatever the locale', () => {
  test.each([
    ['numbers numerically', [10, 9, -1, 100, 0.5], ['-1', '0.5', '9', '10', '100']],
    ['text by code unit', ['b', 'B', 'a', '10', '9', 'é', 'Z'], ['10', '9', 'B', 'Z', 'a', 'b', 'é']],
    ['truth values FALSE first', [true, false], ['FALSE', 'TRUE']],
    ['minus zero is zero', [0, -0, 1], ['0', '1']],
    ['numbers far apart', [1e15, 3, 1e300, -1e300], ['-1e+300', '3', '1000000000000000', '1e+300']],
  ])('%s', (_, values, levels) => {
    expect(buildModelFrame('~ 1 + (1 | g)', { g: values }).random[0]!.levels).toEqual(levels);
  });

  test('codes of any column of numbers or texts agree with sorting', () => {
    const value = fc.option(
      fc.oneof(fc.integer({ min: -50, max: 50 }), fc.double({ noNaN: true, noDefaultInfinity: true })),
      { nil: null },
    );
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 60 }), (values) => {
        const present = values.filter((v) => v !== null);
        fc.pre(present.length > 0);
        const term = buildModelFrame('~ 1 + (1 | g)', { g: values }).random[0]!;
        const sorted = [...new Set(present.map((v) => (v === 0 ? 0 : v)))].sort((a, b) => a - b);
        expect(term.levels).toEqual(sorted.map(String));
        expect(Array.from(term.levelIdx, (k) => sorted[k])).toEqual(present.map((v) => (v === 0 ? 0 : v)));
      }),
    );
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme' }), { minLength: 1, maxLength: 60 }), (values) => {
        const term = buildModelFrame('~ 1 + (1 | g)', { g: values }).random[0]!;
        expect(term.levels).toEqual([...new Set(values)].sort());
        expect(Array.from(term.levelIdx, (k) => term.levels[k])).toEqual(values);
      }),
    );
  });
});

describe('missing values and subsets', () => {
  test('one filter, counted by variable', () => {
    const frame = buildModelFrame('y ~ x + s', columns, { subset: 'k < 100' });
    expect(Array.from(frame.rows!)).toEqual([0, 1, 3]);
    expect(Array.from(frame.omitted.missing)).toEqual([2, 4]);
    expect(frame.omitted.subset).toBe(1);
    expect(frame.omitted.byVariable).toEqual([
      { name: 'y', count: 1 },
      { name: 'x', count: 1 },
    ]);
  });

  test('a level seen only in rows that are left out has no column, and is remembered', () => {
    const frame = buildModelFrame('y ~ g', { y: [1, 2, null, 4], g: ['a', 'b', 'c', 'b'] });
    expect(frame.fixed.names).toEqual(['(Intercept)', 'gb']);
    expect(frame.design.variables[1]).toMatchObject({ levels: ['a', 'b'], unusedLevels: ['c'] });
    expect(buildModelFrame('y ~ (1 | g)', { y: [1, 2, null, 4], g: ['a', 'b', 'c', 'b'] }).random[0]!.levels).toEqual([
      'a',
      'b',
    ]);
  });

  test('a subset that is missing leaves the row out', () => {
    expect(Array.from(buildModelFrame('~ k', columns, { subset: 'x > 1' }).rows!)).toEqual([2, 3, 5]);
    expect(Array.from(buildModelFrame('~ k', columns, { subset: 'is.na(x) | x > 1' }).rows!)).toEqual([2, 3, 4, 5]);
    expect(Array.from(buildModelFrame('~ k', columns, { subset: 's %in% c("a", "B")' }).rows!)).toEqual([1, 2, 3]);
    expect(Array.from(buildModelFrame('~ k', columns, { subset: 'p' }).rows!)).toEqual([0, 2, 5]);
    expect(buildModelFrame('~ k', columns, { subset: 'TRUE' }).rows).toBeNull();
  });
});
