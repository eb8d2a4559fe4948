import { fieldText } from './record-scanner.js';

/** Labels as they occur in bytes, each made into a string once. */
export interface LabelTable {
  /** The code of the label in bytes start..end-1 (an end of ~end: see `fieldText`). @param row data row, for messages */
  code(bytes: Uint8Array, start: number, end: number, row: number): number;
}

/** FNV-1a (Fowler, Noll and Vo). */
const OFFSET = 0x811c9dc5;
const PRIME = 0x01000193;

/** @param codeOf called once for each spelling, in order of first appearance */
export function labelTable(codeOf: (label: string, row: number) => number): LabelTable {
  // Open addressing; an entry is 1 + the number of a spelling.
  let slots = new Int32Array(64);
  let count = 0;
  // By spelling: its hash, its code, and where its bytes stand.
  let hashes = new Int32Array(32);
  let codes = new Int32Array(32);
  let starts = new Int32Array(33);
  let stored = new Uint8Array(512);
  const rewritten = new Map<string, number>();

  const add = (bytes: Uint8Array, start: number, end: number, hash: number, slot: number, row: number): number => {
    const code = codeOf(fieldText(bytes, start, end), row);
    const to = starts[count]! + end - start;
    while (to > stored.length) stored = grown(stored);
    if (count === hashes.length) {
      hashes = grown(hashes);
      codes = grown(codes);
      starts = grown(starts, 1);
    }
    stored.set(bytes.subarray(start, end), starts[count]!);
    hashes[count] = hash;
    codes[count] = code;
    starts[++count] = to;
    slots[slot] = count;
    if (2 * count > slots.length) {
      slots = new Int32Array(2 * slots.length);
      for (let k = 0; k < count; k++) {
        let at = hashes[k]! & (slots.length - 1);
        while (slots[at] !== 0) at = (at + 1) & (slots.length - 1);
        slots[at] = k + 1;
      }
    }
    return code;
  };

  return {
    code(bytes, start, end, row) {
      if (end < 0) {
        const label = fieldText(bytes, start, end);
        let code = rewritten.get(label);
        if (code === undefined) rewritten.set(label, (code = codeOf(label, row)));
        return code;
      }
      let hash = OFFSET;
      for (let i = start; i < end; i++) hash = Math.imul(hash ^ bytes[i]!, PRIME);
      // The low bits of short numbers are much alike.
      hash ^= hash >>> 15;
      const mask = slots.length - 1;
      const length = end - start;
      let slot = hash & mask;
      for (let k = slots[slot]!; k !== 0; k = slots[slot]!) {
        const from = starts[k - 1]!;
        if (hashes[k - 1] === hash && starts[k]! - from === length) {
          let i = 0;
          while (i < length && stored[from + i] === bytes[start + i]) i++;
          if (i === length) return codes[k - 1]!;
        }
        slot = (slot + 1) & mask;
      }
      return add(bytes, start, end, hash, slot, row);
    },
  };
}

function grown<T extends Int32Array | Uint8Array>(values: T, extra = 0): T {
  const out = new (values.constructor as new (length: number) => T)(2 * values.length + extra);
  out.set(values);
  return out;
}
