import { ArrayColumn } from './array-column.js';
import type { CodedColumn, Column, Table } from './table.js';

/** What is used of an Arrow vector; any version of any Arrow library that offers this will do. */
export interface ArrowVectorLike {
  readonly length: number;
  readonly nullCount?: number;
  readonly type?: unknown;
  readonly data?: readonly unknown[];
  get(index: number): unknown;
  toArray?(): ArrayLike<unknown>;
}

/** What is used of an Arrow table. */
export interface ArrowTableLike {
  readonly numRows: number;
  readonly schema: { readonly fields: readonly { readonly name: string; readonly type?: unknown }[] };
  getChild(name: string): ArrowVectorLike | null;
}

interface DictionaryChunk {
  readonly length: number;
  readonly values: ArrayLike<number | bigint>;
  readonly dictionary: ArrowVectorLike;
  getValid?(index: number): boolean;
}

/** Arrow's type numbers (Apache Arrow, Schema.fbs). */
const INT = 2;
const DATE = 8;
const TIMESTAMP = 10;

const typeId = (vector: ArrowVectorLike): number => (vector.type as { typeId?: number } | undefined)?.typeId ?? 0;

export const isArrowTable = (table: object): table is ArrowTableLike =>
  'getChild' in table && typeof table.getChild === 'function' && 'schema' in table && 'numRows' in table;

const isDictionaryChunk = (chunk: unknown): chunk is DictionaryChunk =>
  typeof chunk === 'object' &&
  chunk !== null &&
  'dictionary' in chunk &&
  chunk.dictionary !== null &&
  chunk.dictionary !== undefined;

/** A dictionary vector is a ready-made factor: its dictionary gives the order of the levels. */
class DictionaryColumn implements Column {
  readonly name: string;
  readonly type = 'string' as const;
  readonly categories: readonly string[];
  private readonly values: CodedColumn;

  constructor(name: string, nrow: number, chunks: readonly DictionaryChunk[]) {
    this.name = name;
    const indexOf = new Map<string, number>();
    const codes = new Int32Array(nrow).fill(-1);
    let at = 0;
    for (const chunk of chunks) {
      const { dictionary } = chunk;
      const target = Array.from({ length: dictionary.length }, (_, k) => {
        const value = dictionary.get(k);
        if (value === null || value === undefined) return -1;
        const label = String(value);
        const known = indexOf.get(label) ?? indexOf.size;
        indexOf.set(label, known);
        return known;
      });
      for (let i = 0; i < chunk.length; i++, at++) {
        if (chunk.getValid === undefined || chunk.getValid(i)) codes[at] = target[Number(chunk.values[i])] ?? -1;
      }
    }
    this.categories = [...indexOf.keys()];
    this.values = { codes, levels: this.categories };
  }

  numbers(): Float64Array {
    return new ArrayColumn(this.name, this.categories).numbers();
  }

  coded(): CodedColumn {
    return this.values;
  }
}

/** Whether the values are the numbers themselves: not packed bits (Bool), half floats, or the words of decimals. */
function isPlainNumbers(flat: ArrayLike<unknown>, id: number): boolean {
  if (flat instanceof Float64Array || flat instanceof Float32Array) return true;
  return id === INT && ArrayBuffer.isView(flat);
}

function openVector(name: string, vector: ArrowVectorLike): Column {
  const { data } = vector;
  if (data !== undefined && data.length > 0 && data.every(isDictionaryChunk)) {
    return new DictionaryColumn(name, vector.length, data);
  }
  const id = typeId(vector);
  if (id === DATE || id === TIMESTAMP) {
    const dates = Array.from({ length: vector.length }, (_, i) => {
      const value = vector.get(i);
      return value === null || value === undefined ? null : new Date(Number(value));
    });
    return new ArrayColumn(name, dates);
  }
  const flat = vector.nullCount === 0 && typeof vector.toArray === 'function' ? vector.toArray() : null;
  if (flat !== null && isPlainNumbers(flat, id) && flat.length === vector.length) return new ArrayColumn(name, flat);
  return new ArrayColumn(
    name,
    Array.from({ length: vector.length }, (_, i) => vector.get(i)),
  );
}

/** An Arrow table, read through its structure alone. */
export function openArrow(table: ArrowTableLike): Table {
  const columns = new Map<string, Column>();
  const names = table.schema.fields.map((field) => field.name);
  return {
    nrow: table.numRows,
    names,
    column(name) {
      const known = columns.get(name);
      if (known !== undefined) return known;
      const vector = names.includes(name) ? table.getChild(name) : null;
      if (vector === null) return null;
      const column = openVector(name, vector);
      columns.set(name, column);
      return column;
    },
  };
}
