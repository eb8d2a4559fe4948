import { wasmKernels } from '../products/kernels-wasm.js';
import { runInJavaScript } from './run-javascript.js';
import type { VectorProgram } from './vector-program.js';

/** A memory and the programs that run on it; the same bits with and without WebAssembly. */
export interface VectorMachine {
  /** Zeroed at first. */
  readonly memory: Float64Array;
  /** Runs program k of those it was made with; relative places are those from `stretch` on. */
  run(k: number, stretch?: number): void;
}

/** @param length doubles that the programs use */
export function vectorMachine(
  length: number,
  programs: readonly Pick<VectorProgram, 'code'>[],
  wasm: boolean,
): VectorMachine {
  const starts = [0];
  for (const { code } of programs) starts.push(starts[starts.length - 1] + code.length);
  const size = starts[programs.length];
  const fast = wasm ? wasmKernels(length + ((size + 1) >> 1)) : null;
  const memory = fast ? fast.memory.subarray(0, length) : new Float64Array(length);
  const code = fast ? new Int32Array(memory.buffer, 8 * length, size) : new Int32Array(size);
  programs.forEach((program, k) => code.set(program.code, starts[k]));
  return {
    memory,
    run: fast
      ? (k, stretch = 0) => fast.kernels.runProgram(2 * length + starts[k], 2 * length + starts[k + 1], stretch)
      : (k, stretch = 0) => runInJavaScript(memory, code, starts[k], starts[k + 1], stretch),
  };
}
