import { DataError, textColumn, type RawColumn } from './raw-table.js';

const DAY = 86_400_000;

const isMissing = (value: unknown): boolean => value === null || value === undefined || value !== value;

/** A column from values of one type each: numbers, big integers, truth values, dates or texts. */
export function columnOfValues(name: string, values: ArrayLike<unknown>): RawColumn {
  const kinds = new Set<string>();
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (!isMissing(value)) kinds.add(value instanceof Date ? 'date' : typeof value);
  }
  if (kinds.size === 2 && kinds.has('number') && kinds.has('bigint')) kinds.delete('bigint');
  const [kind] = kinds;
  const numbers = (read: (value: unknown) => number): Float64Array => {
    const out = new Float64Array(values.length);
    for (let i = 0; i < out.length; i++) out[i] = isMissing(values[i]) ? Number.NaN : read(values[i]);
    return out;
  };
  if (kinds.size <= 1) {
    if (kind === 'number' || kind === 'bigint') return { kind: 'number', name, values: numbers(Number) };
    if (kind === 'boolean') return { kind: 'boolean', name, values: numbers(Number) };
    if (kind === 'date') return { kind: 'date', name, values: numbers((v) => (v as Date).getTime() / DAY) };
  }
  if (kinds.has('object') || kinds.has('function') || kinds.has('symbol'))
    throw new DataError(
      `Column "${name}" holds lists or objects; only numbers, truth values, dates and texts can be used.`,
    );
  return textColumn(
    name,
    Array.from(values, (value) =>
      isMissing(value) ? null : value instanceof Date ? value.toISOString() : String(value as string | number),
    ),
  );
}
