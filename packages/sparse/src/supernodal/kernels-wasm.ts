import { kernelLength, kernelText } from './kernel-bytes.generated.js';
import type { Kernels } from './kernels.js';

/** The little of the WebAssembly API that is used here; browsers, workers, Node, Deno and Bun all have it. */
export interface WasmMemory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}
interface WasmApi {
  Memory: new (limits: { initial: number; maximum: number }) => WasmMemory;
  Module: new (bytes: Uint8Array) => object;
  Instance: new (module: object, imports: object) => { readonly exports: unknown };
}
declare const WebAssembly: WasmApi | undefined;

const webAssembly = (): WasmApi | undefined => (typeof WebAssembly === 'undefined' ? undefined : WebAssembly);

/** A memory of at least `bytes` bytes that can grow to 4 GiB; undefined without WebAssembly or when refused. */
export function wasmMemory(bytes: number): WasmMemory | undefined {
  const api = webAssembly();
  if (api === undefined) return undefined;
  try {
    return new api.Memory({ initial: Math.max(1, Math.ceil(bytes / 65536)), maximum: 65536 });
  } catch {
    return undefined;
  }
}

/** Kernels on a memory; undefined where the engine lacks SIMD or a content security policy forbids WebAssembly. */
export function instantiateKernels(memory: WasmMemory): Kernels | undefined {
  module ??= compileText(kernelText, kernelLength);
  return module === null ? undefined : instantiate<Kernels>(memory, module);
}

/** The exports of a module that works on this memory. */
export function instantiate<T>(memory: WasmMemory, compiled: object): T {
  return new (webAssembly()!.Instance)(compiled, { env: { memory } }).exports as T;
}

// Compiled once; null where that failed.
let module: object | null | undefined;

/** The module of `length` bytes behind a generated text; null where it cannot run. */
export function compileText(text: string, length: number): object | null {
  try {
    return new (webAssembly()!.Module)(decode(text, length));
  } catch {
    // No WebAssembly or no SIMD in this engine, or the page's policy has no 'wasm-unsafe-eval': plain JavaScript does the work.
    return null;
  }
}

/** The bytes behind the text; see `encode` in scripts/build-kernels.mjs. */
function decode(text: string, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let high = 0;
  for (let i = 0, k = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code < 40) high = code - 34;
    else {
      bytes[k++] = 86 * high + code - (code > 92 ? 60 : 59);
      high = 0;
    }
  }
  return bytes;
}
