import type { KernelMemory } from '../supernodal/memory.js';
import { compileText, instantiate, type WasmMemory } from '../supernodal/kernels-wasm.js';
import { kernelLength, kernelText } from './kernel-bytes.generated.js';
import { createJavaScriptBlockKernels } from './kernels-javascript.js';

/** Dense work of the two-level inverse, on the memory of a factor; conventions as in the other kernels. */
export interface BlockKernels {
  /** X = inv(L22)' of the root: strips of four rows, each of the columns from its first row on, by columns. `scratch`: 20 doubles. */
  invertRoot(root: number, width: number, n: number, x: number, scratch: number): void;
  /**
   * Adds to the K x K block of each leaf at q (lower triangles) the part of Y'Y, Y = inv(L22) L21, that comes from the rows
   * from .. from + 15 of inv(L22). `work` has room for 16 rows + 64 doubles.
   */
  addLeafGrams(
    x: number,
    rows: number,
    from: number,
    work: number,
    records: number,
    count: number,
    rowsOf: number,
    q: number,
  ): void;
}

const instances = new WeakMap<WasmMemory, BlockKernels>();
// Compiled once; null where that failed.
let module: object | null | undefined;

/** The kernels for a factor's memory, of the same kind as the factor's own. Valid until the memory grows. */
export function blockKernels({ wasm, doubles, integers }: KernelMemory): BlockKernels {
  if (wasm) {
    let kernels = instances.get(wasm);
    module ??= compileText(kernelText, kernelLength);
    if (!kernels && module) instances.set(wasm, (kernels = instantiate<BlockKernels>(wasm, module)));
    if (kernels) return kernels;
  }
  return createJavaScriptBlockKernels(doubles, integers);
}
