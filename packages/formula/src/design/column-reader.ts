import { FormulaDataError } from '../errors.js';
import type { EvaluationMode } from '../expression/context.js';
import type { Value } from '../expression/value.js';
import { logical, number } from '../expression/value.js';
import type { SchemaColumn } from '../schema.js';
import { recode } from '../table/levels.js';
import type { Column } from '../table/table.js';

/** A column of no rows, for planning. */
export function emptyColumn({ name, type, levels, ordered }: SchemaColumn): Value {
  if (type === 'number' || type === 'date') return number(new Float64Array(0));
  if (type === 'boolean') return logical(new Float64Array(0));
  if (type === 'other')
    throw new FormulaDataError(`Column "${name}" holds neither numbers, text, truth values nor dates.`, {
      column: name,
    });
  return { kind: 'factor', codes: new Int32Array(0), levels: levels ?? [], ordered, text: type === 'string' };
}

/**
 * A column as the schema describes it.
 *
 * @throws FormulaDataError when a value is not among the categories (unless `mode` is `apply`: then it is a new level).
 */
export function readColumn(column: Column, schema: SchemaColumn, mode: EvaluationMode): Value {
  const { name, type, levels, ordered } = schema;
  if (type === 'number' || type === 'date') return number(column.numbers());
  if (type === 'boolean') return logical(column.numbers());
  const coded = column.coded();
  const known = levels ?? coded.levels;
  const recoded = recode(coded, known);
  if (recoded.levels.length > known.length && mode !== 'apply') {
    const row = recoded.codes.findIndex((code) => code >= known.length);
    if (row !== -1) {
      throw new FormulaDataError(
        `Row ${row + 1} of column "${name}" holds "${recoded.levels[recoded.codes[row]!]!}", which is not among its categories.`,
        {
          column: name,
          row,
          hint: `They are ${known.slice(0, 20).join(', ')}.`,
        },
      );
    }
  }
  return { kind: 'factor', codes: recoded.codes, levels: recoded.levels, ordered, text: type === 'string' };
}
