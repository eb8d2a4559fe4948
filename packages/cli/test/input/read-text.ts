import { readTable, type ReadOptions } from '../../src/input/read-table.js';

/** Reads a table from text as if it came from standard input, in pieces of `pieceLength` bytes. */
export function readText(text: string | Uint8Array, options: ReadOptions & { pieceLength?: number } = {}) {
  const bytes = typeof text === 'string' ? new TextEncoder().encode(text) : text;
  const { pieceLength = Math.max(1, bytes.length) } = options;
  async function* pieces() {
    for (let i = 0; i < bytes.length; i += pieceLength) yield bytes.subarray(i, i + pieceLength);
  }
  return readTable({ path: '-', name: 'data.csv', stdin: pieces() }, options);
}

/** The columns of a table as plain arrays: numbers, or labels with null where missing. */
export async function plainColumns(...args: Parameters<typeof readText>) {
  const { columns } = await readText(...args);
  return columns.map((column) => ({
    name: column.name,
    values:
      column.kind !== 'category'
        ? Array.from(column.values)
        : Array.from(column.codes, (code) => (code < 0 ? null : column.levels[code])),
  }));
}
