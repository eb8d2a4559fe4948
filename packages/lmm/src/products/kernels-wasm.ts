import { kernelText } from './kernel-bytes.generated.js';
import type { BlockKernels, LevelKernels, ProductKernels, VectorKernels } from './kernels.js';

/** All that the module exports. */
export type WasmKernels = ProductKernels & LevelKernels & VectorKernels & BlockKernels;

/** The little of the WebAssembly API that is used here; browsers, workers, Node, Deno and Bun all have it. */
interface WasmMemory {
  readonly buffer: ArrayBuffer;
}
interface WasmApi {
  Memory: new (limits: { initial: number; maximum: number }) => WasmMemory;
  Module: new (bytes: Uint8Array) => object;
  Instance: new (module: object, imports: object) => { readonly exports: unknown };
}
declare const WebAssembly: WasmApi | undefined;
declare const atob: (text: string) => string;

/** Kernels on a zeroed memory of `length` doubles; null where the engine lacks SIMD, a policy forbids WebAssembly, or memory is short. */
export function wasmKernels(length: number): { kernels: WasmKernels; memory: Float64Array } | null {
  const api = typeof WebAssembly === 'undefined' ? null : WebAssembly;
  module ??= compile(api);
  if (api === null || module === 'none') return null;
  try {
    const pages = Math.max(1, Math.ceil((8 * length) / 65536));
    const memory = new api.Memory({ initial: pages, maximum: pages });
    const kernels = new api.Instance(module, { env: { memory } }).exports as WasmKernels;
    return { kernels, memory: new Float64Array(memory.buffer, 0, length) };
  } catch {
    return null;
  }
}

// Compiled once.
let module: object | 'none' | undefined;

function compile(api: WasmApi | null): object | 'none' {
  try {
    return api === null ? 'none' : new api.Module(Uint8Array.from(atob(kernelText), (c) => c.charCodeAt(0)));
  } catch {
    // No SIMD in this engine, or the page's policy has no 'wasm-unsafe-eval': plain JavaScript does the work.
    return 'none';
  }
}
