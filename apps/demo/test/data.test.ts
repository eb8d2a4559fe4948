import { describe, expect, test } from 'vitest';
import { readDelimited, parseDecimal } from '../src/data/delimited.js';
import { readJson } from '../src/data/json.js';
import { modelTable } from '../src/data/model-table.js';
import { readFile } from '../src/data/read-file.js';
import { summarizeTable } from '../src/data/summarize-table.js';
import { catalog } from '../src/data/catalog.js';
import { defaultSetting } from '../src/model/settings.js';

describe('separated text', () => {
  test('a column is numeric when every value is a number or missing', () => {
    const { columns, nrow } = readDelimited('a,b,c\n1,x,NA\n2.5e1,,3\n,NA,-.5\n');
    expect(nrow).toBe(3);
    expect(columns[0]).toEqual({ kind: 'number', name: 'a', values: Float64Array.of(1, 25, Number.NaN) });
    expect(columns[1]).toMatchObject({ kind: 'text', levels: ['x'], codes: Int32Array.of(0, -1, -1) });
    expect(columns[2]).toEqual({ kind: 'number', name: 'c', values: Float64Array.of(Number.NaN, 3, -0.5) });
  });

  test('semicolons with decimal commas', () => {
    expect(readDelimited('a;b\n1,5;x\n2;y').columns[0]).toMatchObject({ values: Float64Array.of(1.5, 2) });
  });

  test('quotes, line breaks inside them, and byte order marks', async () => {
    const bytes = new TextEncoder().encode('\uFEFF"na""me",b\r\n"two\nlines",1\r\n');
    const { columns } = await readFile('x.csv', bytes.buffer);
    expect(columns[0]).toMatchObject({ name: 'na"me', levels: ['two\nlines'] });
  });

  test('levels stand in order of code units', () => {
    expect(readDelimited('g\n10\n2\na\nB\nä').columns[0]).toMatchObject({ levels: ['10', '2', 'B', 'a', 'ä'] });
  });

  test('columns without a name or with the same name get one, and it is said', () => {
    const { columns, remarks } = readDelimited('a,a,\n1,2,3');
    expect(columns.map(({ name }) => name)).toEqual(['a', 'a_2', 'column3']);
    expect(remarks.length).toBe(2);
  });

  test('hexadecimal numbers and words are labels', () => {
    expect([parseDecimal('0x10'), parseDecimal('Infinity'), parseDecimal('1e3'), parseDecimal(' 2 ')]).toEqual([
      null,
      null,
      1000,
      2,
    ]);
  });

  test('text that is no UTF-8 is read as Windows-1252', async () => {
    const { columns } = await readFile('x.csv', Uint8Array.of(0x67, 0x0a, 0xe4, 0x0a).buffer);
    expect(columns[0]).toMatchObject({ levels: ['ä'] });
  });
});

describe('JSON', () => {
  test('rows may lack entries; columns called __proto__ are columns', () => {
    const { columns } = readJson('[{"x": 1, "__proto__": "a"}, {"x": null, "y": true}]');
    expect(columns.map(({ name, kind }) => [name, kind])).toEqual([
      ['x', 'number'],
      ['__proto__', 'text'],
      ['y', 'boolean'],
    ]);
    expect(columns[1]).toMatchObject({ codes: Int32Array.of(0, -1), levels: ['a'] });
  });

  test('one object on each line', () => {
    expect(readJson('{"x": 1}\n{"x": 2}\n').columns[0]).toMatchObject({ values: Float64Array.of(1, 2) });
  });

  test('nested values are refused', () => {
    expect(() => readJson('[{"x": [1]}]')).toThrow('Column "x" holds lists or objects');
  });
});

describe('changes of type', () => {
  const raw = readDelimited('g,x\n10,1\n9,2\nNA,3\noops,4');

  test('labels as numbers: what is no number is missing', () => {
    const table = modelTable(raw, new Map([['g', { ...defaultSetting, role: 'number' as const }]]));
    expect([...table.column('g')!.numbers()]).toEqual([10, 9, Number.NaN, Number.NaN]);
  });

  test('the summary counts missing values and levels', () => {
    const [g, x] = summarizeTable(raw).columns;
    expect(g).toMatchObject({ kind: 'text', missing: 1, distinct: 3, levels: ['10', '9', 'oops'] });
    expect(x).toMatchObject({ range: { min: 1, max: 4, mean: 2.5 }, missing: 0 });
  });
});

test('every data set of the catalog has a story, a citation, and a formula of its own columns', () => {
  for (const { id, story, citation, formula, columns } of catalog) {
    expect(story.length, id).toBeGreaterThan(80);
    expect(citation.length, id).toBeGreaterThan(20);
    expect(columns, id).toContain(formula.split(' ')[0]);
  }
  expect(catalog.map(({ id }) => id)).not.toContain('classroom');
});
