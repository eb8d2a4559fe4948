import { ModelError } from '../errors.js';

/** What one WebAssembly memory can hold; numbers beyond it have no fast kernels. */
const WASM_BYTES = 4 * 2 ** 30;

/**
 * The bytes that a fit may take beside its data: as given, else 4 GiB, or half the memory of the machine where a browser tells of less
 * than 8 GiB (`navigator.deviceMemory`).
 * @throws ModelError `bad-option`
 */
export function checkedMaxBytes(given: number | undefined): number {
  if (given === undefined) {
    const { navigator } = globalThis as { navigator?: { readonly deviceMemory?: number } };
    return Math.min(WASM_BYTES, (navigator?.deviceMemory ?? 8) * 2 ** 29);
  }
  if (!(given > 0)) throw new ModelError('bad-option', `maxBytes must be a positive number, not ${given}`);
  return given;
}
