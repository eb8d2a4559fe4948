import { openTable, type Column, type Table } from '@blup/formula';
import { cooksDistance } from '../diagnostics/cooks-distance.js';
import { residuals } from '../diagnostics/residuals.js';
import type { FittedModel } from '../fitted-model.js';
import type { PlainColumn, PlainColumns } from './columns.js';

/**
 * One row for each row that took part: the table's columns that the model uses, then broom.mixed's `.fitted`, `.resid`, `.hat`, `.cooksd`,
 * `.fixed` (without random effects), `.offset` and `.weights` where there are any, and `.wtres` (Pearson residuals).
 * A column of the table with such a name gives way.
 */
export function augment(model: FittedModel): PlainColumns {
  const out = Object.create(null) as Record<string, PlainColumn>;
  const { frame, source, rows, optimum } = model;
  if (frame && source) {
    const table = openTable(source.table);
    for (const { name } of frame.design.columns) {
      const column = cellsOf(table, name, rows);
      if (column) out[name] = column;
    }
  }
  const { y, offset, weights } = optimum.matrices;
  const marginal = residuals(model, 'marginal');
  out['.fitted'] = model.fitted;
  out['.resid'] = residuals(model, 'response');
  out['.hat'] = model.leverages();
  out['.cooksd'] = cooksDistance(model);
  out['.fixed'] = y.map((v, i) => v - marginal[i]);
  if (offset) out['.offset'] = offset;
  if (weights) out['.weights'] = weights;
  out['.wtres'] = residuals(model, 'pearson');
  return out;
}

function cellsOf(table: Table, name: string, rows: Int32Array | null): PlainColumn | null {
  const column = table.column(name);
  if (!column || column.type === 'other') return null;
  return column.type === 'string' || column.categories ? textOf(column, rows) : numbersOf(column, rows);
}

function numbersOf(column: Column, rows: Int32Array | null): Float64Array {
  const values = column.numbers();
  return rows ? Float64Array.from(rows, (i) => values[i]) : values;
}

function textOf(column: Column, rows: Int32Array | null): (string | null)[] {
  const { codes, levels } = column.coded();
  const label = (i: number) => (codes[i] < 0 ? null : levels[codes[i]]);
  return rows ? Array.from(rows, label) : Array.from(codes.keys(), label);
}
