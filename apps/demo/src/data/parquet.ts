import { parquetReadObjects } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { DataError, uniqueNames, type RawTable } from './raw-table.js';
import { columnOfValues } from './values.js';

/** Reads an Apache Parquet file of flat columns. */
export async function readParquet(file: ArrayBuffer): Promise<RawTable> {
  const rows = await parquetReadObjects({ file, compressors });
  if (rows.length === 0) throw new DataError('The file holds no rows.');
  const found = Object.keys(rows[0]);
  const remarks: string[] = [];
  const names = uniqueNames(found, remarks);
  const columns = found.map((key, j) =>
    columnOfValues(
      names[j],
      rows.map((row) => row[key] as unknown),
    ),
  );
  return { nrow: rows.length, columns, remarks };
}
