import { expect, test } from 'vitest';
import { createProgress } from '../src/output/progress.js';

function watch(isTTY: boolean, times: number[]): string[] {
  const written: string[] = [];
  let time = 0;
  const progress = createProgress({ isTTY, write: (text) => written.push(text) }, () => time);
  for (const at of times) {
    time = at;
    progress.show(`at ${at}`);
  }
  progress.done();
  return written;
}

test('nothing is written in the first second', () => {
  expect(watch(true, [0, 500, 999])).toEqual([]);
});

test('then one line is rewritten, at most ten times a second, and erased at the end', () => {
  expect(watch(true, [1000, 1050, 1100, 1150, 2000])).toEqual([
    '\r\u001B[Kat 1000',
    '\r\u001B[Kat 1100',
    '\r\u001B[Kat 2000',
    '\r\u001B[K',
  ]);
});

test('nothing is written where nobody watches', () => {
  expect(watch(false, [1000, 5000])).toEqual([]);
});
