import {
  CovarianceStructureError,
  type CodedRows,
  type CorrelationSpec,
  type ResidualSpec,
  type VarianceSpec,
} from '@blup/covariance';
import type { Column, ModelFrameOptions, Table } from '@blup/formula';
import { ModelError } from '../errors.js';
import { isVarianceKind, type ResidualOptions } from './parse-residual.js';

/** The rows of a table that a residual structure is read for. */
export interface ResidualRows {
  readonly table: Table;
  /** Rows of the table; null for all. */
  readonly rows: Int32Array | null;
  readonly n: number;
  /** Level orders that the user gave, by column. */
  readonly categories: NonNullable<ModelFrameOptions['categories']>;
  /** The values that the model fits, where a variance depends on them. */
  readonly fitted: Float64Array;
}

/**
 * What the rows contribute to a residual structure.
 *
 * @param known the structure of a fit whose levels and centres are to be kept: strata and visits must be among its levels, groups may be new
 * @throws ModelError for columns that are absent or miss values; CovarianceStructureError for a level that `known` does not have
 */
export function readResidual(
  source: ResidualRows,
  options: readonly ResidualOptions[],
  known: ResidualSpec | null = null,
): ResidualSpec {
  const correlations = options.filter(({ kind }) => !isVarianceKind(kind));
  if (correlations.length > 1)
    throw new ModelError(
      'bad-option',
      `residuals have one correlation structure, not ${correlations.map(({ kind }) => kind).join(' and ')}`,
    );
  return {
    n: source.n,
    correlation: correlations.length > 0 ? readCorrelation(source, correlations[0], known?.correlation ?? null) : null,
    variances: options
      .filter(({ kind }) => isVarianceKind(kind))
      .map((o, k) => readVariance(source, o, known?.variances[k] ?? null)),
  };
}

function readCorrelation(source: ResidualRows, o: ResidualOptions, known: CorrelationSpec | null): CorrelationSpec {
  const kind = o.kind as CorrelationSpec['kind'];
  const group = o.by === undefined ? null : codesOf(source, columnsOf(o.by), known?.group ?? null, true);
  if (o.time === undefined && (kind === 'car1' || kind === 'us'))
    throw new ModelError(
      'bad-option',
      `the residual structure ${kind} needs times: write ${kind}(t | ${group?.columns.join(':') ?? '1'})`,
    );
  if (!o.coordinates?.length && (kind === 'exp' || kind === 'gau' || kind === 'mat'))
    throw new ModelError('bad-option', `the residual structure ${kind} needs coordinates: write ${kind}(x + y | g)`);
  const columns = o.coordinates ?? (o.time !== undefined && kind !== 'us' && kind !== 'cs' ? [o.time] : []);
  return {
    kind,
    group,
    columns,
    coordinates: columns.map((name) => numbersOf(source, name)),
    visit: kind === 'us' ? codesOf(source, [o.time!], known?.visit ?? null, false) : null,
    ...(o.p !== undefined && { p: o.p }),
    ...(o.q !== undefined && { q: o.q }),
    ...(o.nugget !== undefined && { nugget: o.nugget }),
  };
}

function readVariance(source: ResidualRows, o: ResidualOptions, known: VarianceSpec | null): VarianceSpec {
  const kind = o.kind as VarianceSpec['kind'];
  const by = o.by === undefined ? null : codesOf(source, columnsOf(o.by), known?.by ?? null, false);
  if (kind === 'strata') {
    if (!by) throw new ModelError('bad-option', 'strata needs the factor of the strata: { kind: "strata", by: "f" }');
    return { kind, covariate: null, by };
  }
  const centre = known?.covariate?.centre ?? null;
  if (o.fitted) {
    const covariate = { column: 'fitted()', values: source.fitted, centre, fitted: true } as const;
    return { kind, covariate, by };
  }
  if (o.covariate === undefined)
    throw new ModelError(
      'bad-option',
      `${kind} needs a covariate: { kind: "${kind}", covariate: "x" }, or fitted: true`,
    );
  return { kind, covariate: { column: o.covariate, values: numbersOf(source, o.covariate), centre }, by };
}

const columnsOf = (by: string | readonly string[]): readonly string[] => (typeof by === 'string' ? [by] : by);

function columnOf({ table }: ResidualRows, name: string): Column {
  const column = table.column(name);
  if (column) return column;
  throw new ModelError(
    'bad-option',
    `there is no column "${name}" for the residual structure; the table has ${table.names.join(', ')}`,
  );
}

/** Levels of one column or of combinations of several, those that occur, and their codes. */
function codesOf(source: ResidualRows, names: readonly string[], known: CodedRows | null, open: boolean): CodedRows {
  const parts = names.map((name) => codesOfColumn(source, name));
  let { codes, levels } = parts[0];
  for (const part of parts.slice(1)) {
    const width = part.levels.length;
    const joined = codes.map((c, i) => c * width + part.codes[i]);
    const used = [...new Set(joined)].sort((a, b) => a - b);
    const place = new Map(used.map((c, k) => [c, k]));
    const outer = levels;
    levels = used.map((c) => `${outer[Math.floor(c / width)]}:${part.levels[c % width]}`);
    codes = joined.map((c) => place.get(c)!);
  }
  if (!known) return { columns: names, levels, codes };
  const place = new Map(known.levels.map((level, k) => [level, k]));
  const all = [...known.levels];
  const moved = levels.map((level) => {
    const at = place.get(level);
    if (at !== undefined) return at;
    if (!open)
      throw new CovarianceStructureError(
        `the residuals of ${names.join(':')} = "${level}" have no variance in the model, which knows ${known.levels.join(', ')}`,
      );
    return all.push(level) - 1;
  });
  return { columns: names, levels: all, codes: codes.map((c) => moved[c]) };
}

function codesOfColumn(source: ResidualRows, name: string): { codes: Int32Array; levels: string[] } {
  const { codes, levels } = columnOf(source, name).coded();
  const rows = source.rows ? Int32Array.from(source.rows, (i) => codes[i]) : codes;
  const bad = rows.indexOf(-1);
  if (bad >= 0) throw missing(source, name, bad);
  const seen = new Int32Array(levels.length).fill(-1);
  for (const code of rows) seen[code] = 0;
  const named = source.categories instanceof Map ? source.categories : new Map(Object.entries(source.categories));
  const given: readonly string[] = named.get(name) ?? [];
  const place = new Map(given.map((level, k) => [level, k]));
  const order = (l: number) => place.get(levels[l]) ?? given.length + l;
  const used = [...levels.keys()].filter((l) => seen[l] === 0).sort((a, b) => order(a) - order(b));
  used.forEach((l, k) => (seen[l] = k));
  return { codes: rows.map((code) => seen[code]), levels: used.map((l) => levels[l]) };
}

function numbersOf(source: ResidualRows, name: string): Float64Array {
  const column = columnOf(source, name);
  if (column.type !== 'number' && column.type !== 'date' && column.type !== 'bigint')
    throw new ModelError('bad-option', `"${name}" must be numbers or dates, not a column of type ${column.type}`);
  const values = column.numbers();
  const rows = source.rows ? Float64Array.from(source.rows, (i) => values[i]) : values;
  const bad = rows.findIndex((v) => !Number.isFinite(v));
  if (bad >= 0) throw missing(source, name, bad);
  return rows;
}

const missing = ({ rows }: ResidualRows, name: string, row: number): ModelError =>
  new ModelError(
    'not-finite',
    `"${name}" of the residual structure is missing in row ${(rows ? rows[row] : row) + 1}: give every row its value, or leave the row out`,
  );
