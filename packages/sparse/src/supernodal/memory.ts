import { SparseError } from '../errors.js';
import { createJavaScriptKernels } from './kernels-javascript.js';
import type { Kernels } from './kernels.js';
import { instantiateKernels, type WasmMemory, wasmMemory } from './kernels-wasm.js';

/** Which dense kernels a factor uses: `kernels` of the options of `createFactor`. */
export type KernelChoice = 'auto' | 'simd' | 'javascript';

/** The one memory of a factor with the kernels that work on it. Growing replaces the views. */
export interface KernelMemory {
  readonly kind: 'simd' | 'javascript';
  kernels: Kernels;
  /** Present when the kernels are WebAssembly. */
  readonly wasm?: WasmMemory;
  /** The whole memory as doubles and as 32-bit integers. */
  doubles: Float64Array;
  integers: Int32Array;
  /** Makes room for this many bytes in all, keeping the contents; no effect if there is room already. */
  reserve(bytes: number): void;
}

/** WebAssembly addresses are 32 bits wide. */
const WASM_LIMIT = 2 ** 32 - 65536;

/**
 * Memory of `bytes` bytes. `'auto'`: SIMD in WebAssembly where it may run and 4 GiB suffice for `bytes` and the later
 * `growth`, else plain JavaScript. The others insist.
 * @throws SparseError of kind `bad-option` if the kernels asked for cannot run here, `too-large` if memory is refused
 */
export function createKernelMemory(choice: KernelChoice, bytes: number, growth: number): KernelMemory {
  if (!['auto', 'simd', 'javascript'].includes(choice))
    throw new SparseError('bad-option', `unknown kernels ${JSON.stringify(choice)}`);
  if (choice !== 'javascript') {
    const fits = bytes + growth <= WASM_LIMIT;
    const memory = fits ? tryWasm(bytes) : undefined;
    if (memory !== undefined) return memory;
    if (choice === 'simd')
      throw new SparseError(
        fits ? 'bad-option' : 'too-large',
        fits
          ? 'WebAssembly SIMD cannot run here (or was refused the memory)'
          : `L and its inverse need ${bytes + growth} bytes, over the 4 GiB of WebAssembly`,
      );
  }
  return javaScriptMemory(bytes);
}

function tryWasm(bytes: number): KernelMemory | undefined {
  const memory = wasmMemory(bytes);
  if (memory === undefined) return undefined;
  const kernels = instantiateKernels(memory);
  if (kernels === undefined) return undefined;
  const result: KernelMemory = {
    kind: 'simd',
    kernels,
    wasm: memory,
    doubles: new Float64Array(memory.buffer),
    integers: new Int32Array(memory.buffer),
    reserve(wanted) {
      const pages = Math.ceil((wanted - memory.buffer.byteLength) / 65536);
      if (pages <= 0) return;
      refuse(wanted, () => memory.grow(pages));
      result.doubles = new Float64Array(memory.buffer);
      result.integers = new Int32Array(memory.buffer);
    },
  };
  return result;
}

function javaScriptMemory(bytes: number): KernelMemory {
  const allocate = (wanted: number) => refuse(wanted, () => new ArrayBuffer(8 * Math.ceil(wanted / 8)));
  const buffer = allocate(bytes);
  const doubles = new Float64Array(buffer);
  const integers = new Int32Array(buffer);
  const result: KernelMemory = {
    kind: 'javascript',
    kernels: createJavaScriptKernels(doubles, integers),
    doubles,
    integers,
    reserve(wanted) {
      if (wanted <= result.doubles.byteLength) return;
      const larger = allocate(wanted);
      new Uint8Array(larger).set(new Uint8Array(result.doubles.buffer));
      result.doubles = new Float64Array(larger);
      result.integers = new Int32Array(larger);
      result.kernels = createJavaScriptKernels(result.doubles, result.integers);
    },
  };
  return result;
}

function refuse<T>(bytes: number, allocate: () => T): T {
  try {
    return allocate();
  } catch (cause) {
    throw new SparseError('too-large', `the factor needs ${bytes} bytes, which were refused: ${String(cause)}`);
  }
}
