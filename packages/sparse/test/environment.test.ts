import { afterEach, describe, expect, test, vi } from 'vitest';
import type * as Sparse from '../src/index.js';
import { analyze, createFactor, SparseError, tripletsToCsc } from '../src/index.js';
import { gridLaplacian } from './oracle.js';

afterEach(() => {
  vi.unstubAllGlobals();
  vi.resetModules();
});

/** The package, loaded afresh under the stubs in force. */
const fresh = async (): Promise<typeof Sparse> => {
  vi.resetModules();
  return import('../src/index.js');
};

// The compiler's libraries for Node leave WebAssembly out.
const real = (globalThis as unknown as { WebAssembly: Record<'Memory' | 'Module' | 'Instance', unknown> }).WebAssembly;
const { Memory, Module, Instance } = real;

const A = gridLaplacian([12, 12, 12], 0);

describe('where WebAssembly may not run, plain JavaScript does', () => {
  test.each([
    ['it does not exist', undefined],
    [
      'a content security policy refuses the module',
      {
        Memory,
        Instance,
        Module: function () {
          throw new EvalError("Refused to compile WebAssembly because 'wasm-unsafe-eval' is not allowed");
        },
      },
    ],
    [
      'the memory is refused',
      {
        Module,
        Instance,
        Memory: function () {
          throw new RangeError('could not allocate memory');
        },
      },
    ],
  ])('%s', async (_, stub) => {
    vi.stubGlobal('WebAssembly', stub);
    const sparse = await fresh();
    const symbolic = sparse.analyze(A, { method: 'supernodal' });
    const factor = sparse.createFactor(symbolic);
    expect(factor.kernels).toBe('javascript');
    expect(sparse.factorize(factor, A.values)).toBe(-1);
    const x = new Float64Array(A.ncol).fill(1);
    sparse.solveInPlace(factor, x);
    const r = new Float64Array(A.ncol);
    sparse.residualInto(A, 0, new Float64Array(A.ncol).fill(1), x, r);
    expect(Math.max(...r.map(Math.abs))).toBeLessThan(1e-12);
    expect(() => sparse.createFactor(symbolic, { kernels: 'simd' })).toThrow(/cannot run here/);
  });
});

test('the phase follows the flops, and can be forced', () => {
  expect(analyze(A).method).toBe('supernodal');
  expect(analyze(gridLaplacian([20000], 1)).method).toBe('simplicial');
  expect(analyze(A, { method: 'simplicial' }).method).toBe('simplicial');
  expect(createFactor(analyze(A, { method: 'simplicial' })).kernels).toBe('none');
});

test('absurd sizes are refused before anything is allocated, with the bytes', () => {
  // An arrow whose head comes first fills in completely: 70000^2 / 2 entries.
  const n = 70_000;
  const k = [...Array(n).keys()];
  const arrow = tripletsToCsc({
    nrow: n,
    ncol: n,
    rows: [...k, ...k.slice(1)],
    cols: [...k, ...k.slice(1).map(() => 0)],
    values: new Float64Array(2 * n - 1).fill(1),
  });
  expect(() => analyze(arrow, { ordering: 'natural' })).toThrow(/2450035000 entries \(29400420000 bytes\)/);
  expect(analyze(arrow).nnz).toBe(2 * n - 1);
});

test('unknown options are errors', () => {
  const wrong = (run: () => unknown) => expect(run).toThrow(SparseError);
  wrong(() => analyze(A, { ordering: 'metis' as 'amd' }));
  wrong(() => analyze(A, { method: 'dense' as 'auto' }));
  wrong(() => createFactor(analyze(A), { kernels: 'gpu' as 'auto' }));
  wrong(() => createFactor(analyze(A), { form: 'LU' as 'LL' }));
});
