import { relaxedSimdBytes, simdBytes } from './kernel-bytes.generated.js';
import type { Kernels } from './kernels.js';

/** The little of the WebAssembly API that is used here; browsers, workers, Node, Deno and Bun all have it. */
interface WasmMemory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}
interface WasmApi {
  Memory: new (limits: { initial: number; maximum: number }) => WasmMemory;
  Module: new (bytes: Uint8Array) => object;
  Instance: new (module: object, imports: object) => { readonly exports: unknown };
}
declare const WebAssembly: WasmApi | undefined;
declare const atob: ((text: string) => string) | undefined;

const webAssembly = (): WasmApi | undefined => (typeof WebAssembly === 'undefined' ? undefined : WebAssembly);

export type KernelModule = 'simd' | 'relaxed-simd';

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

/** Kernels on a memory; undefined where the engine lacks the instructions or a content security policy forbids them. */
export function instantiateKernels(kind: KernelModule, memory: WasmMemory): Kernels | undefined {
  const api = webAssembly();
  const module = compiled(kind);
  if (api === undefined || module === undefined) return undefined;
  return new api.Instance(module, { env: { memory } }).exports as Kernels;
}

// Compiled once per kind; null where that failed.
const modules = new Map<KernelModule, object | null>();

function compiled(kind: KernelModule): object | undefined {
  let module = modules.get(kind);
  if (module === undefined) {
    module = null;
    const api = webAssembly();
    if (api !== undefined && typeof atob !== 'undefined') {
      const text = atob(kind === 'simd' ? simdBytes : relaxedSimdBytes);
      try {
        module = new api.Module(Uint8Array.from(text, (c) => c.charCodeAt(0)));
      } catch {
        // No SIMD in this engine, or the page's policy has no 'wasm-unsafe-eval': plain JavaScript does the work.
      }
    }
    modules.set(kind, module);
  }
  return module ?? undefined;
}
