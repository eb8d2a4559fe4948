import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compileKernels, generatedFile } from '../../scripts/build-kernels.mjs';
import { addColumnProducts, crossProducts, gramProducts, productAt } from '../../src/products/column-products.js';

test('the committed kernels are what their source gives', { timeout: 60_000 }, async () => {
  expect(readFileSync(generatedFile, 'utf8')).toBe(await compileKernels());
});

/** Integers, so that every order of summation gives the same exact sums. */
const integers = (length: number) =>
  fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: length, maxLength: length });

const sizes = fc.record({
  rows: fc.constantFrom(0, 1, 3, 255, 256, 257, 700),
  a: fc.integer({ min: 1, max: 19 }),
  b: fc.integer({ min: 1, max: 19 }),
});

test('sums of products of whole numbers are exact, over any number of rows and columns', () => {
  fc.assert(
    fc.property(
      sizes.chain(({ rows, a, b }) => fc.tuple(fc.constant({ rows, a, b }), integers(rows * a), integers(rows * b))),
      ([{ rows, a, b }, first, second]) => {
        const A = Float64Array.from(first);
        const B = Float64Array.from(second);
        const gram = gramProducts(a);
        const cross = crossProducts(a, b);
        addColumnProducts(gram, A, rows, null, 0, rows);
        addColumnProducts(cross, A, rows, B, rows, rows);
        for (let i = 0; i < a; i++) {
          for (let j = 0; j <= i; j++) expect(productAt(gram, i, j)).toBe(dot(A, i, A, j, rows));
          for (let j = 0; j < b; j++) expect(productAt(cross, i, j)).toBe(dot(A, i, B, j, rows));
        }
      },
    ),
    { numRuns: 40 },
  );
});

test('WebAssembly and plain JavaScript give the same bits', () => {
  const rows = 1000;
  const width = 37;
  const A = Float64Array.from({ length: rows * width }, (_, i) => Math.sin(1.7 * i) * 10 ** ((i % 30) - 15));
  for (const make of [(wasm: boolean) => gramProducts(width, wasm), (wasm: boolean) => crossProducts(21, 16, wasm)]) {
    const [fast, plain] = [true, false].map((wasm) => {
      const products = make(wasm);
      addColumnProducts(products, A, rows, products.gram ? null : A.subarray(21 * rows), rows, rows);
      return products.sums;
    });
    expect(fast!.length).toBe(plain!.length);
    expect(fast!.every((v, i) => Object.is(v, plain![i]))).toBe(true);
  }
});

function dot(A: Float64Array, i: number, B: Float64Array, j: number, rows: number): number {
  let s = 0;
  for (let k = 0; k < rows; k++) s += A[i * rows + k]! * B[j * rows + k]!;
  return s;
}
