import { FormulaNameError, FormulaDataError } from './errors.js';
import { nearestName } from './nearest.js';
import { byCodeUnit } from './table/levels.js';
import type { TableLike } from './table/open-table.js';
import { openTable } from './table/open-table.js';
import type { Column } from './table/table.js';

/** `factor` has a fixed order of levels; `string` is text, whose levels are ordered by code unit; `other` cannot be used. */
export type SchemaType = 'number' | 'boolean' | 'date' | 'factor' | 'string' | 'other';

export interface SchemaColumn {
  name: string;
  type: SchemaType;
  /** Of `factor` and `string` columns: the levels in order; null when they are not known before the rows are read. */
  levels: string[] | null;
  /** An ordered factor: polynomial contrasts unless others are asked for. */
  ordered: boolean;
}

/** Types and levels of a table's columns. Plain data: a database can supply it as well as {@link inferSchema}. */
export interface Schema {
  columns: SchemaColumn[];
}

export interface SchemaOverrides {
  /** Columns to treat as factors (numbers become levels, in numerical order). */
  factors?: readonly string[];
  /** Levels in order, by column; makes the column a factor. A value outside them is an error. */
  categories?: Readonly<Record<string, readonly string[]>> | ReadonlyMap<string, readonly string[]>;
  /** Factors whose levels are ordered. */
  ordered?: readonly string[];
  /** Look for the levels of these columns only; of others they stay unknown (null) until the rows are read. */
  columns?: readonly string[];
}

const toMap = <T>(record: Readonly<Record<string, T>> | ReadonlyMap<string, T> | undefined): ReadonlyMap<string, T> =>
  record instanceof Map ? record : new Map(Object.entries(record ?? {}));

interface Wishes {
  categories: readonly string[] | undefined;
  asFactor: boolean;
  ordered: boolean;
  findLevels: boolean;
}

function inferColumn(column: Column, { categories, asFactor, ordered, findLevels }: Wishes): SchemaColumn {
  const { name } = column;
  if (categories !== undefined) {
    if (new Set(categories).size !== categories.length) {
      throw new FormulaDataError(`The categories given for column "${name}" contain a duplicate.`, { column: name });
    }
    return { name, type: 'factor', levels: [...categories], ordered };
  }
  if (column.categories !== null) return { name, type: 'factor', levels: [...column.categories], ordered };
  const levels = (): string[] | null => (findLevels ? [...column.coded().levels] : null);
  if (asFactor || ordered) return { name, type: 'factor', levels: levels(), ordered };
  if (column.type === 'string') return { name, type: 'string', levels: levels(), ordered: false };
  return { name, type: column.type === 'bigint' ? 'number' : column.type, levels: null, ordered: false };
}

/**
 * Types and levels of a table's columns. Reads strings once to find their levels, nothing else.
 *
 * @throws FormulaNameError when an override names a column that is not there; FormulaDataError for duplicate categories or
 *   values of mixed types.
 */
export function inferSchema(source: TableLike, overrides: SchemaOverrides = {}): Schema {
  const table = openTable(source);
  const categories = toMap(overrides.categories);
  const factors = new Set(overrides.factors);
  const ordered = new Set(overrides.ordered);
  for (const name of [...categories.keys(), ...factors, ...ordered]) {
    if (!table.names.includes(name)) throw unknownColumn(name, table.names, 'The table has no column');
  }
  const wanted = overrides.columns === undefined ? null : new Set(overrides.columns);
  return {
    columns: table.names.map((name) =>
      inferColumn(table.column(name)!, {
        categories: categories.get(name),
        asFactor: factors.has(name),
        ordered: ordered.has(name),
        findLevels: wanted === null || wanted.has(name),
      }),
    ),
  };
}

/** @param what - beginning of the message, before the quoted name. */
export function unknownColumn(
  name: string,
  known: readonly string[],
  what: string,
  place?: { source: string; start: number; end: number },
): FormulaNameError {
  const suggestion = nearestName(name, known);
  const list = [...known].sort(byCodeUnit).slice(0, 20).join(', ');
  const hint =
    suggestion !== null ? `Did you mean "${suggestion}"?` : known.length > 0 ? `The columns are ${list}.` : undefined;
  return new FormulaNameError(`${what} "${name}".`, { place, hint, suggestion: suggestion ?? undefined, column: name });
}
