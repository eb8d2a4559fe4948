import { expect, test } from 'vitest';
import { buildModelFrame, FormulaDataError, FormulaSizeError } from '../src/index.js';

const n = 3000;
const table = {
  y: Float64Array.from({ length: n }, (_, i) => Math.sin(i)),
  x: Float64Array.from({ length: n }, (_, i) => i % 17),
  f: Int32Array.from({ length: n }, (_, i) => i % 1000),
  g: Int32Array.from({ length: n }, (_, i) => (7 * i) % 1500),
};
const factors = ['f', 'g'];

function refusal(formula: string, maxBytes?: number): FormulaSizeError {
  try {
    buildModelFrame(formula, table, { factors, ...(maxBytes !== undefined && { maxBytes }) });
  } catch (error) {
    if (error instanceof FormulaSizeError) return error;
    throw error;
  }
  throw new Error('the formula was not refused');
}

test('columns are counted before they are made', () => {
  const error = refusal('y ~ x * f * g');
  expect(error).toBeInstanceOf(FormulaDataError);
  // 1, x, 999, 1499, x:f, x:g, f:g, x:f:g: 2 (1000) (1500).
  expect(error.message).toContain(
    `${2 * 1000 * 1500} columns of ${n} rows, ${999 * 1499} of them for f:g (f has 1000 levels, g has 1500 levels)`,
  );
  expect(error.message).toContain('make it a grouping factor: (1 | f:g)');
  expect(error.bytes).toBeGreaterThan(8 * n * 3e6);
  expect(error.maxBytes).toBe(4 * 2 ** 30);
});

test('as many as are allowed are made', () => {
  const { bytes } = refusal('y ~ f', 1e6);
  expect(bytes).toBeGreaterThan(1000 * n * 8);
  expect(buildModelFrame('y ~ f', table, { factors, maxBytes: bytes }).fixed.columns).toHaveLength(1000);
  expect(() => buildModelFrame('y ~ f', table, { factors, maxBytes: bytes - 1 })).toThrow(FormulaSizeError);
});

test('contrasts with a full table of weights count it', () => {
  const treatment = refusal('y ~ f', 1);
  try {
    buildModelFrame('y ~ f', table, { factors, maxBytes: 1, contrasts: { f: 'helmert' } });
  } catch (error) {
    expect((error as FormulaSizeError).bytes - treatment.bytes).toBe(8 * 1000 ** 2);
  }
  expect.assertions(1);
});

test('columns of random terms count too; indicators of one factor only when they are read', () => {
  const error = refusal('y ~ 1 + (x + f | g)', 1e7);
  expect(error.message).toContain('The random term (x + f | g) would have 1001 columns');
  expect(error.message).toContain('(1 | g:f)');
  const [term] = buildModelFrame('y ~ 1 + (0 + f | g)', table, { factors, maxBytes: 1e7 }).random;
  expect(term!.indicator!.levels).toHaveLength(1000);
  expect(() => term!.columns).toThrow(FormulaSizeError);
});
