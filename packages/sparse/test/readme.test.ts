import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { analyze, createFactor, factorize, factorToCsc, tripletsToCsc } from '../src/index.js';

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
const examples = [...readme.matchAll(/```js\n([\s\S]*?)```/g)].map((m) => m[1]);

test('the README has an example of each entry', () => {
  expect(examples.map((code) => /from '(.*)'/.exec(code)![1])).toEqual([
    '@blup/sparse',
    '@blup/sparse/simplicial',
    '@blup/sparse',
  ]);
  expect(examples[2]).toContain("from '@blup/sparse/blocks'");
});

// Inside its own folder the package imports itself by name, through its manifest's exports.
test.each(examples)('example %# of the README prints what it says', (code) => {
  const expected = [...code.matchAll(/\/\/ => (.*)/g)].map((m) => m[1].trim());
  const cwd = fileURLToPath(new URL('..', import.meta.url));
  const printed = execFileSync(process.execPath, ['--input-type=module', '--eval', code], { cwd, encoding: 'utf8' });
  expect(printed.trim().split('\n')).toEqual(expected);
});

test("the guide's matrix has the structures that the guide shows", () => {
  const A = tripletsToCsc({
    nrow: 5,
    ncol: 5,
    rows: [0, 2, 4, 1, 2, 2, 3, 4, 4],
    cols: [0, 0, 0, 1, 1, 2, 3, 3, 4],
    values: [4, -1, -1, 4, -1, 4, 4, -1, 4],
  });
  const symbolic = analyze(A, { ordering: 'natural', method: 'simplicial' });
  const guide = readFileSync(new URL('../docs/data-structures.md', import.meta.url), 'utf8');
  const row = (name: string) =>
    [...guide.matchAll(new RegExp(`${name} +((?:-?\\d+ +)*-?\\d+)`, 'g'))].map((m) =>
      m[1].trim().split(/ +/).map(Number),
    );
  expect(row('colPtr')[0]).toEqual([...A.colPtr]);
  expect(row('rowIdx')[0]).toEqual([...A.rowIdx]);
  expect(row('values')[0]).toEqual([...A.values]);
  expect(row('parent')[0]).toEqual([...symbolic.parent]);
  expect(row('colCounts')[0]).toEqual([...symbolic.colCounts]);
  expect(symbolic.nnz).toBe(10);
  expect(symbolic.flops).toBe(22);
  const factor = createFactor(symbolic);
  factorize(factor, A.values);
  const L = factorToCsc(factor);
  expect(row('colPtr')[1]).toEqual([...L.colPtr]);
  expect(row('rowIdx')[1]).toEqual([...L.rowIdx]);
  const { structure } = symbolic;
  expect(row('inputMap')[0]).toEqual([...structure.inputMap]);
});
