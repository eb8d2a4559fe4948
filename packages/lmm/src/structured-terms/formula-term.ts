import { structureFor, type StructureFactory } from '@blup/covariance';
import type { ModelFrame, RandomTermFrame, Table } from '@blup/formula';
import { ModelError } from '../errors.js';
import type { RandomEffectsTerm } from '../model-matrices.js';
import { series, seriesTerm, type SeriesOptions } from './series-term.js';
import type { TermContext, TermCovariance } from './term-covariance.js';

/** Series with more columns than this are kept as points with a sparse precision, shorter ones as a small dense factor for each level. */
const LONG_SERIES = 128;

/**
 * The term of a formula with its structure: from `covariance` by the term's label or grouping factor, else by its tag.
 * @param table where other columns (times) are read; null when the frame is all there is
 */
export function formulaTerm(
  frame: ModelFrame,
  index: number,
  table: Table | null,
  structures: ReadonlyMap<string, StructureFactory> | undefined,
  covariance: Readonly<Record<string, TermCovariance>> | undefined,
): RandomEffectsTerm {
  const term = frame.random[index];
  const context = contextOf(frame, index, table);
  const chosen = own(covariance, term.label) ?? own(covariance, term.group);
  if (chosen) {
    if (term.structure.name !== 'us')
      throw new ModelError(
        'bad-option',
        `${term.label} has a structure in the formula and another in the options: leave one out`,
      );
    return chosen(context);
  }
  const { name, args } = term.structure;
  const { time, ...rest } = args;
  if (typeof time === 'string' && !structures?.has(name)) return series(seriesOptions(name, time, rest))(context);
  const { indicator } = term;
  const nc = term.names.length;
  if (
    indicator &&
    nc > LONG_SERIES &&
    (name === 'ar1' || name === 'car1') &&
    args.hom !== false &&
    !structures?.has(name)
  ) {
    const times = name === 'ar1' ? indicator.codes : indicator.codes.map((code) => Number(indicator.levels[code]));
    const points = { ...context, names: ['(Intercept)'], columns: [new Float64Array(frame.nobs).fill(1)] };
    return {
      ...seriesTerm(points, { kind: name }, Float64Array.from(times), indicator.variable),
      ...(!context.sharesGroup && { group: term.group }),
    };
  }
  return {
    group: term.group,
    names: term.names,
    columns: term.columns,
    levels: term.levels,
    levelIdx: term.levelIdx,
    structure: structureFor({ name, args, nc, indicator }, structures),
  };
}

function own(record: Readonly<Record<string, TermCovariance>> | undefined, key: string): TermCovariance | undefined {
  return record && Object.hasOwn(record, key) ? record[key] : undefined;
}

function seriesOptions(name: string, time: string, rest: Readonly<Record<string, unknown>>): SeriesOptions {
  const kind = name === 'ou' ? 'car1' : name === 'rw1' || name === 'rw2' ? 'rw' : name;
  if (kind !== 'ar1' && kind !== 'car1' && kind !== 'rw')
    throw new ModelError('bad-option', `the structure "${name}" takes no time; ar1, car1 and rw do`);
  const order = rest.order ?? (name === 'rw2' ? 2 : 1);
  const odd = Object.keys(rest).filter((arg) => arg !== 'order' || kind !== 'rw');
  if (odd.length > 0)
    throw new ModelError('bad-option', `${name}(..., time = ${time}) has no argument ${odd.join(', ')}`);
  if (order !== 1 && order !== 2)
    throw new ModelError('bad-option', `the order of a random walk is 1 or 2, not ${String(order)}`);
  return { kind, time, order };
}

function contextOf(frame: ModelFrame, index: number, table: Table | null): TermContext {
  const term: RandomTermFrame = frame.random[index];
  const { group, names, levels, levelIdx, indicator } = term;
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
    column: (name) => tableColumn(frame, table, name),
  };
}

function tableColumn(frame: ModelFrame, table: Table | null, name: string): Float64Array {
  const column = table?.column(name) ?? null;
  if (!column) {
    const known = table ? `; the table has ${table.names.join(', ')}` : '';
    throw new ModelError('bad-option', `there is no column "${name}" for the times of a series${known}`);
  }
  if (column.type !== 'number' && column.type !== 'date' && column.type !== 'bigint')
    throw new ModelError(
      'bad-option',
      `the times "${name}" must be numbers or dates, not a column of type ${column.type}`,
    );
  const values = column.numbers();
  const rows = frame.rows ? Float64Array.from(frame.rows, (i) => values[i]) : values;
  const bad = rows.findIndex((v) => !Number.isFinite(v));
  if (bad >= 0)
    throw new ModelError(
      'not-finite',
      `the time "${name}" is missing in row ${(frame.rows ? frame.rows[bad] : bad) + 1}: give every row its time, or leave the row out`,
    );
  return rows;
}
