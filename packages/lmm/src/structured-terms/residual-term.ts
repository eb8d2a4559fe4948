import {
  ar1Levels,
  compoundSymmetryLevels,
  CovarianceStructureError,
  residualCovariance,
  strataLevels,
  unstructuredLevels,
  type ResidualStructure,
} from '@blup/covariance';
import type { Column, ModelFrame, ModelFrameOptions, Table } from '@blup/formula';
import { ModelError } from '../errors.js';
import type { RandomEffectsTerm } from '../model-matrices.js';

/** How residuals are correlated within groups, or differ in variance. */
export interface ResidualOptions {
  /** `ar1`, `car1`, `cs`, `us` by visit, `strata`: one variance for each level of `by`. */
  readonly kind: 'ar1' | 'car1' | 'cs' | 'us' | 'strata';
  /** Column of times (ar1: whole numbers; car1: any) or visits (us); rows in the order of the table when left out (ar1). */
  readonly time?: string;
  /** Grouping factor within which residuals are correlated; for `strata` the factor of the strata. */
  readonly by: string;
}

const kinds = ['ar1', 'car1', 'cs', 'us', 'strata'] as const;

/**
 * Reads `ar1(day | Subject)`, `ar1(1 | Subject)`, `car1(t | g)`, `cs(1 | g)`, `us(visit | g)`, `strata(f)`; names that are no words stand in
 * backticks.
 * @throws ModelError `bad-option` for anything else
 */
export function parseResidual(text: string): ResidualOptions {
  const name = '\\s*(?:`([^`]+)`|([\\w.]+))\\s*';
  const match = new RegExp(`^\\s*(\\w+)\\s*\\(${name}(?:\\|${name})?\\)\\s*$`).exec(text);
  const kind = kinds.find((k) => k === match?.[1]);
  if (!match || !kind) {
    throw new ModelError(
      'bad-option',
      `the residual structure "${text}" cannot be read: write ar1(day | g), ar1(1 | g), car1(t | g), cs(1 | g), us(visit | g) or strata(f)`,
    );
  }
  const left = match[2] ?? match[3];
  const right = match[4] ?? match[5];
  if ((kind === 'strata') !== (right === undefined))
    throw new ModelError(
      'bad-option',
      kind === 'strata'
        ? `strata takes one factor, as in strata(${left}), not "${text}"`
        : `"${text}" names no grouping factor: write ${kind}(${left} | g)`,
    );
  if (right === undefined) return { kind, by: left };
  return left === '1' ? { kind, by: right } : { kind, time: left, by: right };
}

/**
 * The residual structure as the last term of a model, without columns.
 * @throws ModelError for columns that are missing or have missing values, CovarianceStructureError for times that repeat within a group
 */
export function residualTerm(
  frame: ModelFrame,
  table: Table,
  given: string | ResidualOptions,
  categories: Categories = {},
): RandomEffectsTerm {
  const options = typeof given === 'string' ? parseResidual(given) : given;
  if (frame.weights?.some((w) => w === 0))
    throw new ModelError(
      'bad-option',
      'rows of weight zero cannot stand beside a residual structure: leave them out with subset',
    );
  return {
    group: 'Residual',
    names: [],
    columns: [],
    levels: [options.kind],
    levelIdx: new Int32Array(frame.nobs),
    structure: residualCovariance(structureOf(frame, table, options, categories)),
  };
}

/** Level orders that the user gave, by column. */
type Categories = NonNullable<ModelFrameOptions['categories']>;

function structureOf(
  frame: ModelFrame,
  table: Table,
  { kind, time, by }: ResidualOptions,
  categories: Categories,
): ResidualStructure {
  const group = codesOf(frame, table, by, categories);
  if (kind === 'strata') return { precision: strataLevels(group.codes, group.levels), rowOfPoint: null };
  const n = frame.nobs;
  if (time === undefined && (kind === 'car1' || kind === 'us'))
    throw new ModelError('bad-option', `the residual structure ${kind} needs times: write ${kind}(t | ${by})`);
  const visits = kind === 'us' ? codesOf(frame, table, time!, categories) : null;
  const times = visits ? visits.codes : time === undefined || kind === 'cs' ? null : numbersOf(frame, table, time);
  const order = Int32Array.from({ length: n }, (_, i) => i).sort(
    (a, b) => group.codes[a] - group.codes[b] || (times ? times[a] - times[b] : 0) || a - b,
  );
  const starts = new Int32Array(group.levels.length + 1);
  for (const g of group.codes) starts[g + 1]++;
  for (let g = 0; g < group.levels.length; g++) starts[g + 1] += starts[g];
  for (let k = 1; k < n; k++) {
    const [a, b] = [order[k - 1], order[k]];
    if (!times || group.codes[a] !== group.codes[b] || times[a] !== times[b]) continue;
    const at = visits ? visits.levels[visits.codes[a]] : times[a];
    throw new CovarianceStructureError(
      `${time} = ${at} occurs twice within ${by} = ${group.levels[group.codes[a]]}: residuals at the same time cannot be told apart`,
    );
  }
  if (kind === 'cs') return { precision: compoundSymmetryLevels(starts), rowOfPoint: order };
  if (visits) {
    const visit = order.map((i) => visits.codes[i]);
    return { precision: unstructuredLevels(starts, visit, visits.levels), rowOfPoint: order };
  }
  const at = Float64Array.from(order, (i, k) => (times ? times[i] : k - starts[group.codes[i]]));
  return { precision: ar1Levels({ times: at, starts }, kind === 'car1'), rowOfPoint: order };
}

function columnOf(table: Table, name: string): Column {
  const column = table.column(name);
  if (column) return column;
  throw new ModelError(
    'bad-option',
    `there is no column "${name}" for the residual structure; the table has ${table.names.join(', ')}`,
  );
}

/** Levels that occur and their codes, on the rows of the frame. */
function codesOf(
  frame: ModelFrame,
  table: Table,
  name: string,
  categories: Categories,
): { codes: Int32Array; levels: string[] } {
  const { codes, levels } = columnOf(table, name).coded();
  const rows = frame.rows ? Int32Array.from(frame.rows, (i) => codes[i]) : codes;
  const bad = rows.indexOf(-1);
  if (bad >= 0) throw new ModelError('not-finite', missing(frame, name, bad));
  const seen = new Int32Array(levels.length).fill(-1);
  for (const code of rows) seen[code] = 0;
  const named = categories instanceof Map ? categories : new Map(Object.entries(categories));
  const given: readonly string[] = named.get(name) ?? [];
  const place = new Map(given.map((level, k) => [level, k]));
  const order = (l: number) => place.get(levels[l]) ?? given.length + l;
  const used = [...levels.keys()].filter((l) => seen[l] === 0).sort((a, b) => order(a) - order(b));
  used.forEach((l, k) => (seen[l] = k));
  return { codes: rows.map((code) => seen[code]), levels: used.map((l) => levels[l]) };
}

function numbersOf(frame: ModelFrame, table: Table, name: string): Float64Array {
  const column = columnOf(table, name);
  if (column.type !== 'number' && column.type !== 'date' && column.type !== 'bigint')
    throw new ModelError(
      'bad-option',
      `the times "${name}" must be numbers or dates, not a column of type ${column.type}`,
    );
  const values = column.numbers();
  const rows = frame.rows ? Float64Array.from(frame.rows, (i) => values[i]) : values;
  const bad = rows.findIndex((v) => !Number.isFinite(v));
  if (bad >= 0) throw new ModelError('not-finite', missing(frame, name, bad));
  return rows;
}

const missing = (frame: ModelFrame, name: string, row: number): string =>
  `"${name}" of the residual structure is missing in row ${(frame.rows ? frame.rows[row] : row) + 1}: give every row its value, or leave the row out`;
