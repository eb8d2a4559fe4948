import fc from 'fast-check';
import Papa from 'papaparse';
import { expect, test } from 'vitest';
import { plainColumns, readText } from './read-text.js';

const ab = [
  { name: 'a', values: [1, 3] },
  { name: 'b', values: ['x', 'y'] },
];

test.each([
  ['plain', 'a,b\n1,x\n3,y\n'],
  ['no line feed at the end', 'a,b\n1,x\n3,y'],
  ['CRLF', 'a,b\r\n1,x\r\n3,y\r\n'],
  ['CR', 'a,b\r1,x\r3,y\r'],
  ['mixed line ends', 'a,b\r\n1,x\n3,y\r\n'],
  ['byte order mark', '\uFEFFa,b\n1,x\n3,y\n'],
  ['all quoted', '"a","b"\n"1","x"\n"3","y"\n'],
  ['quoted and CRLF', '"a","b"\r\n"1","x"\r\n"3","y"\r\n'],
  ['tabs', 'a\tb\n1\tx\n3\ty\n'],
  ['semicolons', 'a;b\n1;x\n3;y\n'],
  ['bars', 'a|b\n1|x\n3|y\n'],
  ['blank lines', '\na,b\n\n1,x\n3,y\n\n\n'],
  ['blanks around names and numbers', ' a , b \n 1 ,x\n3 ,y\n'],
])('reads %s', async (_, text) => {
  expect(await plainColumns(text)).toEqual(ab);
});

test('UTF-16 with a byte order mark', async () => {
  for (const [mark, littleEndian] of [
    [[0xff, 0xfe], true],
    [[0xfe, 0xff], false],
  ] as const) {
    const units = Array.from('a,b\n1,x\n3,y\n', (c) => c.charCodeAt(0));
    const bytes = units.flatMap((u) => (littleEndian ? [u & 255, u >> 8] : [u >> 8, u & 255]));
    expect(await plainColumns(Uint8Array.from([...mark, ...bytes]))).toEqual(ab);
  }
});

test('quoted separators, quotes and line feeds', async () => {
  expect(await plainColumns('a,b\n1,"x, ""y""\nz"\n3,5"" pipe\n')).toEqual([
    { name: 'a', values: [1, 3] },
    { name: 'b', values: ['x, "y"\nz', '5"" pipe'] },
  ]);
});

test('decimal commas between semicolons', async () => {
  expect(await plainColumns('a;b\n1,5;2,25\n-3;1e2\n')).toEqual([
    { name: 'a', values: [1.5, -3] },
    { name: 'b', values: [2.25, 100] },
  ]);
});

test('unnamed columns are left out, however many there are', async () => {
  expect(await plainColumns('"",a,b,\n1,1,x,\n2,3,y,\n')).toEqual(ab);
});

test('columns and labels called __proto__ and constructor are just strings', async () => {
  expect(await plainColumns('__proto__,constructor\n1,__proto__\n2,constructor\n3,toString\n')).toEqual([
    { name: '__proto__', values: [1, 2, 3] },
    { name: 'constructor', values: ['__proto__', 'constructor', 'toString'] },
  ]);
});

test.each([
  ['', 'empty-file', 'data.csv is empty: a header line with column names is needed.'],
  ['\n\n', 'empty-file', 'data.csv is empty: a header line with column names is needed.'],
  ['a,b\n', 'no-rows', 'data.csv has a header but no rows.'],
  [',,\n1,2,3\n', 'empty-file', 'The header line of data.csv names no column.'],
  ['a,b\n1,2\n3\n', 'ragged-row', 'Row 2 of data.csv has 1 field, but the header has 2 columns.'],
  [
    'a,b\n1,2\n3,4,5\n',
    'ragged-row',
    'Row 2 of data.csv has 3 fields, but the header has 2 columns. A field that contains the separator must be in double quotes.',
  ],
  ['a,b\n1,"2\n3,4\n', 'unclosed-quote', 'Row 1 of data.csv opens a double quote that is never closed.'],
  ['a,"b\n1,2\n', 'unclosed-quote', 'The header of data.csv opens a double quote that is never closed.'],
  [
    'a,b\n1,"2"x\n3,4\n',
    'stray-quote',
    'Row 1 of data.csv has text after a closing double quote. Write a quote inside a quoted field as two quotes.',
  ],
  ['a,b,a\n1,2,3\n', 'duplicate-column', 'data.csv has two columns named "a" (columns 1 and 3). Rename one of them.'],
  [
    '__proto__,__proto__\n1,2\n',
    'duplicate-column',
    'data.csv has two columns named "__proto__" (columns 1 and 2). Rename one of them.',
  ],
])('refuses %j', async (text, code, message) => {
  await expect(readText(text)).rejects.toMatchObject({ name: 'InputError', code, message });
});

test('refuses bytes that are not UTF-8', async () => {
  const latin1 = Uint8Array.from([97, 10, 0xe9, 10]);
  await expect(readText(latin1)).rejects.toMatchObject({
    code: 'not-text',
    message: 'data.csv is not UTF-8 text. Save it as CSV with the encoding UTF-8.',
  });
});

test.each([
  ['one field', `a,b\n1,${'x'.repeat(1e7)}\n`, 1],
  ['one quoted field', `a,b\n1,"${'""'.repeat(5e6)}"\n`, 1],
])('a line of 10 MB with %s', async (_, text, nrow) => {
  expect((await readText(text, { pieceLength: 1 << 16 })).nrow).toBe(nrow);
});

test('a header of 10 MB is refused with a short message', async () => {
  const name = 'x'.repeat(5e6);
  await expect(readText(`${name},${name}\n1,2\n`)).rejects.toThrow(
    `data.csv has two columns named "${'x'.repeat(37)}..." (columns 1 and 2). Rename one of them.`,
  );
});

test('chunks make no difference', async () => {
  // A first row of labels and one of numbers fix the types; otherwise the first chunk decides them.
  const field = fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', 'é', '😀', ' '), minLength: 1, maxLength: 6 });
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(field, fc.double({ noNaN: true })), { minLength: 1, maxLength: 40 }),
      fc.integer({ min: 1, max: 50 }),
      fc.integer({ min: 1, max: 50 }),
      async (rows, chunkLength, pieceLength) => {
        const text = Papa.unparse(
          [['label', 'value'], ['first', '0.5'], ...rows.map(([l, v]) => [l, Object.is(v, -0) ? '-0' : String(v)])],
          {
            newline: '\n',
            quotes: true,
          },
        );
        const whole = await plainColumns(text);
        expect(await plainColumns(text, { chunkLength, pieceLength })).toEqual(whole);
        expect(whole[0]!.values).toEqual(['first', ...rows.map(([l]) => l)]);
        expect(whole[1]!.values).toEqual([0.5, ...rows.map(([, v]) => v)]);
      },
    ),
  );
});
