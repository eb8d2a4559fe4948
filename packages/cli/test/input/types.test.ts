import { goldenPath, readTable as readGoldenTable } from '@blup/golden';
import fc from 'fast-check';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parseNumber } from '../../src/input/number.js';
import { readTable } from '../../src/input/read-table.js';
import { parseTableSchema } from '../../src/input/table-schema.js';
import { plainColumns, readText } from './read-text.js';

test('every double is read back exactly', () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true }), (value) => {
      expect(parseNumber(Object.is(value, -0) ? '-0' : String(value))).toBe(value);
    }),
  );
});

test.each<[string, number | undefined]>([
  ['249.56', 249.56],
  [' 12 ', 12],
  ['+1.5E-3', 0.0015],
  ['.5', 0.5],
  ['5.', 5],
  ['0.1000000000000000055511151231257827', 0.1],
  ['1e999', Infinity],
  ['Inf', Infinity],
  ['-INF', -Infinity],
  ['NaN', Number.NaN],
  ['', undefined],
  ['  ', undefined],
  ['0x10', undefined],
  ['-0b1', undefined],
  ['1_000', undefined],
  ['1,5', undefined],
  ['12a', undefined],
  ['1e', undefined],
  ['Infinit', undefined],
])('parseNumber(%j)', (text, value) => {
  expect(parseNumber(text)).toBe(value);
});

test('without a schema, empty fields and NA are missing, and a column is numeric when all the others are numbers', async () => {
  expect(await plainColumns('a,b,c,d\n1,x,NA,01\n,NA,,2\n2.5,y,3,0x2\n')).toEqual([
    { name: 'a', values: [1, Number.NaN, 2.5] },
    { name: 'b', values: ['x', null, 'y'] },
    { name: 'c', values: [Number.NaN, Number.NaN, 3] },
    { name: 'd', values: ['01', '2', '0x2'] },
  ]);
});

test('a factor of numbers has its levels in numeric order, one level for 1 and 1.0', async () => {
  const { columns } = await readText('g\n10\n9\n1.0\nNA\n1\n', { factors: ['g'] });
  expect(columns).toEqual([
    {
      kind: 'category',
      name: 'g',
      codes: Int32Array.of(2, 1, 0, -1, 0),
      levels: ['1', '9', '10'],
      declared: true,
      ordered: false,
    },
  ]);
});

test('a factor that the file does not have', async () => {
  await expect(readText('Subject,y\n1,2\n', { factors: ['subjct'] })).rejects.toMatchObject({
    code: 'unknown-column',
    message: 'data.csv has no column "subjct". Did you mean "Subject"?',
  });
  await expect(readText('a,y\n1,2\n', { factors: ['group'] })).rejects.toThrow(
    'data.csv has no column "group". Known: a, y.',
  );
});

test('a file with a label below thousands of numbers is read again', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'blup-'));
  try {
    const path = join(folder, 'late.csv');
    writeFileSync(path, `x,y\n${'01,1\n'.repeat(100)}abc,2\n`);
    const { columns } = await readTable({ path, name: 'late.csv' }, { chunkLength: 50 });
    expect(columns[0]).toMatchObject({ kind: 'category', levels: ['01', 'abc'] });
    expect(columns[1]).toMatchObject({ kind: 'number' });
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('on standard input a label below thousands of numbers is an error that says what to do', async () => {
  const text = `x\n${'1\n'.repeat(100)}abc\n`;
  await expect(readText(text, { chunkLength: 50, pieceLength: 10 })).rejects.toMatchObject({
    code: 'bad-value',
    row: 101,
    column: 'x',
    message: expect.stringMatching(
      /^Column "x", row 101: "abc" is not a number\. The first \d+ rows hold numbers; if the column holds labels, declare it with --factor or --schema\.$/,
    ),
  });
});

const schema = (fields: unknown[], rest = {}) =>
  parseTableSchema(JSON.stringify({ fields, ...rest }), 'data.schema.json');

test('schema: categories in order, labels, missing values, booleans, number formats', async () => {
  const fields = [
    { name: 'g', type: 'string', categories: ['b', 'a', 'unused'], categoriesOrdered: true },
    {
      name: 'k',
      type: 'integer',
      categories: [
        { value: 1, label: 'one' },
        { value: 0, label: 'zero' },
      ],
    },
    { name: 't', type: 'boolean' },
    { name: 'x', type: 'number', decimalChar: ',', groupChar: '.' },
    { name: 's', type: 'string', missingValues: ['?'] },
  ];
  const text = 'g;k;t;x;s\na;1;true;1.234,5;NA\n-;0;-;-;?\nb;1;0;2;\n';
  const { columns } = await readText(text, { schema: schema(fields, { missingValues: ['-'] }) });
  const category = (name: string, codes: number[], levels: string[], ordered = false, declared = true) => ({
    kind: 'category',
    name,
    codes: Int32Array.from(codes),
    levels,
    declared,
    ordered,
  });
  expect(columns).toEqual([
    category('g', [1, -1, 0], ['b', 'a', 'unused'], true),
    category('k', [0, 1, 0], ['one', 'zero']),
    { kind: 'boolean', name: 't', values: Float64Array.of(1, Number.NaN, 0) },
    { kind: 'number', name: 'x', values: Float64Array.of(1234.5, Number.NaN, 2) },
    category('s', [1, -1, 0], ['', 'NA'], false, false),
  ]);
});

test.each([
  [{ name: 'a', type: 'number' }, 'Column "a", row 1: "x" is not a number.'],
  [{ name: 'a', type: 'integer' }, 'Column "a", row 1: "x" is not an integer.'],
  [{ name: 'a', type: 'boolean' }, 'Column "a", row 1: "x" is neither true nor false.'],
  [
    { name: 'a', type: 'string', categories: ['y'] },
    'Column "a", row 1: "x" is not one of the categories in the schema.',
  ],
])('schema %j refuses a value', async (field, message) => {
  await expect(readText('a\nx\n', { schema: schema([field]) })).rejects.toMatchObject({ message, row: 1, column: 'a' });
});

test('a field without a type is inferred, with its own missing values', async () => {
  const fields = [
    { name: 'a', missingValues: ['-'] },
    { name: 'b', type: 'any' },
  ];
  expect(await plainColumns('a,b\n1,x\n-,2\n', { schema: schema(fields) })).toEqual([
    { name: 'a', values: [1, Number.NaN] },
    { name: 'b', values: ['x', '2'] },
  ]);
});

test('an integer field refuses fractions', async () => {
  await expect(readText('a\n1\n1.5\n', { schema: schema([{ name: 'a', type: 'integer' }]) })).rejects.toThrow(
    'Column "a", row 2: "1.5" is not an integer.',
  );
});

test.each([
  ['[', /^The schema s\.json is not JSON: /],
  ['[]', 'The schema s.json must be a JSON object.'],
  ['{}', 'The schema s.json has no list "fields".'],
  ['{"fields":[1]}', 'The schema s.json must have objects in "fields", but entry 1 is not one.'],
  ['{"fields":[{"type":"number"}]}', 'The schema s.json has a field without a name (entry 1 of "fields").'],
  ['{"fields":[{"name":"a"},{"name":"a"}]}', 'The schema s.json has two fields named "a".'],
  ['{"fields":[{"name":"a","categories":3}]}', 'The schema s.json has "categories" of field "a" that are not a list.'],
  ['{"fields":[{"name":"a","categories":["x","x"]}]}', 'The schema s.json repeats the category "x" of field "a".'],
])('bad schema %s', (text, message) => {
  expect(() => parseTableSchema(text, 's.json')).toThrow(message);
});

test('a schema inside a resource, and a field called __proto__', async () => {
  const resource = '{"path":"x.csv","schema":{"fields":[{"name":"__proto__","type":"string","categories":["2","1"]}]}}';
  const table = await readText('__proto__\n1\n2\n', { schema: parseTableSchema(resource, 's.json') });
  expect(table.columns).toMatchObject([{ name: '__proto__', codes: Int32Array.of(1, 0), levels: ['2', '1'] }]);
});

test.each(['sleepstudy', 'sleepstudyNA', 'cake', 'Machines', 'Pastes', 'InstEval', 'f3'])(
  'golden data %s',
  async (name) => {
    const golden = readGoldenTable(name);
    const path = goldenPath(`data/${name}.csv`);
    const parsed = parseTableSchema(readFileSync(goldenPath(`data/${name}.schema.json`), 'utf8'), name);
    const { columns, nrow } = await readTable({ path, name }, { schema: parsed });
    for (const column of columns) {
      const expected = golden.columns[column.name]!;
      expect(nrow).toBe(expected.length);
      if (column.kind !== 'category') {
        expect(Array.from(column.values, (value) => (Number.isNaN(value) ? null : value))).toEqual(expected);
      } else {
        expect(column.levels).toEqual(golden.categories[column.name] ?? column.levels);
        expect(Array.from(column.codes, (code) => column.levels[code] ?? null)).toEqual(expected);
      }
    }
  },
);
