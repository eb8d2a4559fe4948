import type { Column, ModelFrame, RandomTermFrame, Table } from '@blup/formula';
import { ModelError } from '../errors.js';
import type { TermContext } from './term-covariance.js';

/** A term of the frame as structures see it. */
export function contextOf(frame: ModelFrame, index: number, table: Table | null): TermContext {
  const term: RandomTermFrame = frame.random[index];
  const { group, names, levels, levelIdx, indicator } = term;
  const missing = (name: string, row: number, v?: number): ModelError =>
    new ModelError(
      'not-finite',
      `"${name}" is ${v === undefined || Number.isNaN(v) ? 'missing' : v} in row ${(frame.rows ? frame.rows[row] : row) + 1}: give every row its value, or leave the row out`,
    );
  const columnOf = (name: string, what: string): Column => {
    const column = table?.column(name);
    if (column) return column;
    const known = table ? `; the table has ${table.names.join(', ')}` : '';
    throw new ModelError('bad-option', `there is no column "${name}" for ${what}${known}`);
  };
  return {
    group,
    names,
    levels,
    levelIdx,
    indicator,
    // Indicator columns can be very many: they are made when they are asked for.
    get columns() {
      return term.columns;
    },
    sharesGroup: frame.random.some((other, k) => k !== index && other.group === group),
    column(name, needed = () => true, what = 'the times of a series') {
      const column = columnOf(name, what);
      if (column.type !== 'number' && column.type !== 'date' && column.type !== 'bigint')
        throw new ModelError(
          'bad-option',
          `${what.replace(' of a series', '')} "${name}" must be numbers or dates, not a column of type ${column.type}`,
        );
      const all = column.numbers();
      const values = frame.rows ? Float64Array.from(frame.rows, (i) => all[i]) : all;
      const bad = values.findIndex((v, i) => !Number.isFinite(v) && needed(i));
      if (bad >= 0) throw missing(name, bad, values[bad]);
      return values.every(Number.isFinite) ? values : values.map((v) => (Number.isFinite(v) ? v : 0));
    },
    factor(name, needed = () => false) {
      const coded = columnOf(name, 'a factor of the term').coded();
      const codes = frame.rows ? Int32Array.from(frame.rows, (i) => coded.codes[i]) : coded.codes;
      const bad = codes.findIndex((l, i) => l < 0 && needed(i));
      if (bad >= 0) throw missing(name, bad);
      return { levels: coded.levels, codes };
    },
    isDate: (name) => table?.column(name)?.type === 'date',
  };
}
