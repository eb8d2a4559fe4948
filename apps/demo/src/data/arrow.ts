import { DataType, tableFromIPC } from 'apache-arrow';
import { DataError, uniqueNames, type RawColumn, type RawTable } from './raw-table.js';
import { columnOfValues } from './values.js';

/** Reads an Apache Arrow file or stream. Dictionaries keep the order of their levels. */
export function readArrow(file: ArrayBuffer): RawTable {
  const table = tableFromIPC(new Uint8Array(file));
  if (table.numRows === 0) throw new DataError('The file holds no rows.');
  const remarks: string[] = [];
  const names = uniqueNames(
    table.schema.fields.map(({ name }) => name),
    remarks,
  );
  const columns = table.schema.fields.map((field, j): RawColumn => {
    const vector = table.getChildAt(j)!;
    const values: unknown[] = Array.from(vector as Iterable<unknown>);
    if (DataType.isDate(field.type) || DataType.isTimestamp(field.type)) {
      return columnOfValues(
        names[j],
        values.map((v) => (v === null ? null : new Date(Number(v)))),
      );
    }
    if (!DataType.isDictionary(field.type)) return columnOfValues(names[j], values);
    const dictionary = vector.data[0]?.dictionary;
    const levels: string[] = dictionary ? Array.from(dictionary as Iterable<unknown>, String) : [];
    const code = new Map(levels.map((level, k) => [level, k]));
    return {
      kind: 'text',
      name: names[j],
      codes: Int32Array.from(values, (v) => (v === null ? -1 : (code.get(String(v)) ?? -1))),
      levels,
      declared: true,
      ordered: field.type.isOrdered,
    };
  });
  return { nrow: table.numRows, columns, remarks };
}
