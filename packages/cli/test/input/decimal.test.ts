import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseDecimal } from '../../src/input/decimal.js';
import { plainColumns, readText } from './read-text.js';

const parse = (text: string) => {
  const bytes = new TextEncoder().encode(text);
  return parseDecimal(bytes, 0, bytes.length);
};

const digits = (most: number) => fc.stringMatching(new RegExp(`^[0-9]{1,${most}}$`));

test('what is read is the double that JavaScript reads, to the last bit', () => {
  let read = 0;
  fc.assert(
    fc.property(
      fc.constantFrom('', '-', '+'),
      digits(12),
      digits(12),
      fc.option(fc.integer({ min: -25, max: 25 }), { freq: 2 }),
      (sign, whole, fraction, exponent) => {
        const text = `${sign}${whole}.${fraction}${exponent === null ? '' : `e${exponent}`}`;
        const value = parse(text);
        if (value === undefined) return;
        read++;
        expect(value).toBe(Number(text));
      },
    ),
    { numRuns: 20_000, seed: 7 },
  );
  expect(read).toBeGreaterThan(12_000);
});

test('doubles as JavaScript writes them, with 15 to 17 digits, need no slower road', () => {
  let slow = 0;
  fc.assert(
    fc.property(fc.double({ min: -1e4, max: 1e4, noNaN: true }), (v) => {
      if (Math.abs(v) < 1e-3) return;
      const value = parse(String(v));
      if (value === undefined) slow++;
      else expect(value).toBe(v);
    }),
    { numRuns: 10_000, seed: 3 },
  );
  expect(slow).toBe(0);
});

test.each([
  // Halfway between two doubles, and next to it.
  ['9007199254740993', 9007199254740992],
  ['9007199254740993.1', 9007199254740994],
  ['9007199254740995', 9007199254740996],
  ['0.1000000000000000056', 0.1],
  ['-0', -0],
  ['000012.500', 12.5],
  ['.5', 0.5],
  ['5.', 5],
  ['1E5', 1e5],
])('%s', (text, value) => {
  const read = parse(text);
  if (read !== undefined) expect(read).toBe(value);
  expect(Number(text)).toBe(value);
});

test.each(['', ' ', '-', '.', 'e5', '1e', '1e+', '1.2.3', '0x10', '12a', 'NA', '1_000', '1 2'])(
  '%j is left to the slower road',
  (text) => {
    expect(parse(text)).toBeUndefined();
  },
);

test('only the columns that are asked for are read, and the header names them all', async () => {
  const table = await readText('a,b,c\n1,x,2\n3,y,4\n', { columns: () => new Set(['c', 'a']) });
  expect(table.header).toEqual(['a', 'b', 'c']);
  expect(table.columns).toMatchObject([
    { name: 'a', values: Float64Array.of(1, 3) },
    { name: 'c', values: Float64Array.of(2, 4) },
  ]);
});

test('ten thousand labels, quoted or not, keep their rows', async () => {
  const labels = Array.from({ length: 30_000 }, (_, i) => `level ${(i * 7919) % 10_000}`);
  const text = `g\n${labels.map((label, i) => (i % 3 ? label : `"${label}"`)).join('\n')}\n`;
  const [column] = await plainColumns(text, { pieceLength: 1000, chunkLength: 5000 });
  expect(column!.values).toEqual(labels);
});
