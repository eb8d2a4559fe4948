import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { buildModelFrame } from '../src/index.js';

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');

const table = {
  y: [5.1, 4.9, 6.2, 7.3, 6.8, 5.5, 8.1],
  x: [1, 2, 3, 4, 5, 6, 6],
  z: [0.5, 1.25, 2, 0.75, 3, 1.5, 1],
  a: ['a1', 'a2', 'a3', 'a1', 'a2', 'a3', 'a3'],
  b: ['lo', 'lo', 'lo', 'hi', 'hi', 'hi', 'lo'],
  o: ['L', 'M', 'H', 'L', 'M', 'H', 'H'],
  p: [true, false, true, true, false, false, true],
  g: ['g1', 'g1', 'g2', 'g2', 'g3', 'g3', 'g1'],
  k: [10, 9, 100, 9, 10, 100, 10],
  'my x': [3, 1, 2, 5, 4, 6, 7],
};
const options = { categories: { b: ['lo', 'hi'], o: ['L', 'M', 'H'] }, ordered: ['o'] };

/** Code spans of a Markdown cell. */
const spans = (cell: string): string[] =>
  Array.from(cell.matchAll(/``\s?(.+?)\s?``(?!`)|`([^`]+)`/g), (m) => (m[1] ?? m[2]!).replaceAll('\\|', '|'));

/** Rows of the table whose heading starts so, as cells. */
function rowsUnder(heading: string): string[][] {
  const lines = readme.split('\n');
  const start = lines.findIndex((line) => line.startsWith(`| ${heading} |`)) + 2;
  const end = lines.findIndex((line, i) => i >= start && !line.startsWith('|'));
  return lines.slice(start, end).map((line) => line.split(/(?<!\\)\|/).slice(1, -1));
}

describe('the table of the fixed part', () => {
  test.each(rowsUnder('fixed part').map(([formula, , columns]) => [spans(formula!)[0]!, spans(columns!)] as const))(
    '%s',
    (formula, columns) => {
      expect(buildModelFrame(formula, table, options).fixed.names).toEqual(columns);
    },
  );
});

describe('the table of the random part', () => {
  test.each(rowsUnder('random part').map(([formula, , terms]) => [spans(formula!)[0]!, terms!] as const))(
    '%s',
    (formula, terms) => {
      const expected = terms.split(';').map((term) => {
        const [group, ...names] = spans(term);
        return { group, names };
      });
      expect(buildModelFrame(formula, table, options).random.map(({ group, names }) => ({ group, names }))).toEqual(
        expected,
      );
    },
  );
});

test('there are rows to check', () => {
  expect(rowsUnder('fixed part').length).toBeGreaterThan(25);
  expect(rowsUnder('random part').length).toBeGreaterThan(10);
});

test('the example of a mistake', () => {
  const shown = /```\n(A random term must[^`]+)\n```/.exec(readme)![1]!;
  expect(() => buildModelFrame('y ~ x + 1 | g', table)).toThrow(shown.split('\n')[0]!);
  try {
    buildModelFrame('y ~ x + 1 | g', table);
  } catch (error) {
    expect((error as { format(): string }).format()).toBe(shown);
  }
});
