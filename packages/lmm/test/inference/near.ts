import { expect } from 'vitest';

/** |actual - expected| at most `relative` times |expected| plus `absolute`. */
export function expectNear(actual: number, expected: number, relative: number, absolute = 0, what = ''): void {
  expect(Math.abs(actual - expected), `${what}: ${actual} against ${expected}`).toBeLessThanOrEqual(
    relative * Math.abs(expected) + absolute,
  );
}

export function expectAllNear(
  actual: ArrayLike<number>,
  expected: ArrayLike<number | null>,
  relative: number,
  absolute = 0,
  what = '',
): void {
  expect(actual.length, what).toBe(expected.length);
  Array.from(expected, (want, i) => {
    if (want !== null) expectNear(actual[i], want, relative, absolute, `${what} [${i}]`);
  });
}
