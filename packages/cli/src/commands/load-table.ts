import { readFile } from 'node:fs/promises';
import type { TableArguments } from '../arguments/model.js';
import { InputError } from '../errors.js';
import { readTable, type DataTable, type ReadOptions } from '../input/read-table.js';
import { parseTableSchema } from '../input/table-schema.js';
import type { Streams } from '../run.js';

/**
 * Reads the table that a command was given.
 *
 * @param options.labels columns that hold labels even if they look like numbers, where the table has them
 * @param options.columns which columns are read; all when left out
 * @throws {InputError} see {@link readTable}
 */
export async function loadTable(
  { file, schema, factors }: TableArguments,
  { stdin }: Pick<Streams, 'stdin'>,
  options: Pick<ReadOptions, 'labels' | 'columns'> = {},
): Promise<DataTable> {
  const source = file === '-' ? { path: file, name: 'standard input', stdin } : { path: file, name: file };
  const described = schema === undefined ? undefined : parseTableSchema(await readText(schema), schema);
  return readTable(source, { schema: described, factors, ...options });
}

/** @throws {InputError} `cannot-read` */
export async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new InputError(
      'cannot-read',
      code === 'ENOENT' ? `There is no file ${path}.` : `${path} cannot be read: ${message}.`,
    );
  }
}
