import { levelsOf } from '../design/design-columns.js';
import type { Design, DesignMatrix, DesignRandomTerm } from '../design/design.js';
import { FormulaDataError } from '../errors.js';
import type { FactorValue, Value } from '../expression/value.js';
import type { TableLike } from '../table/open-table.js';
import { markMissing } from './complete-cases.js';
import type { FrameOptions } from './estimate-design.js';
import { prepareFrame } from './estimate-design.js';
import { BaseColumns } from './materialize.js';
import type { FixedFrame, IndicatorColumns, ModelFrame, RandomTermFrame } from './model-frame-types.js';

export function fixedFrame(matrix: DesignMatrix, base: BaseColumns): FixedFrame {
  const columns = matrix.columns!;
  return {
    names: columns.map(({ name }) => name),
    columns: columns.map((column) => base.column(column)),
    assign: columns.map(({ term }) => term),
    termLabels: matrix.terms.map(({ label }) => label),
    intercept: matrix.intercept,
  };
}

/** The term's columns as indicators of one factor, if that is what they are. */
function indicatorColumns(
  { intercept, terms }: DesignMatrix,
  design: Design,
  base: BaseColumns,
): IndicatorColumns | null {
  const [term] = terms;
  if (intercept || terms.length !== 1 || term!.variables.length !== 1 || term!.coding[0] !== 'indicator') return null;
  const [v] = term!.variables;
  const variable = design.variables[v!]!;
  const used = levelsOf(variable)!;
  const all = [...(variable.allLevels ?? used)];
  const position = new Map(all.map((level, k) => [level, k]));
  const columnLevels = Int32Array.from(used, (level) => position.get(level)!);
  const codes = base.codes(v!).map((code) => (code < 0 ? -1 : columnLevels[code]!));
  return { variable: variable.name, levels: all, codes, columnLevels };
}

/** A grouping factor's levels and the rows' places among them. */
export interface GroupIndex {
  levels: string[];
  levelIdx: Int32Array;
  newLevels: string[];
  newLevelIdx: Int32Array | null;
}

/** One frame per term; one per column for `(e || g)`, whose columns share no covariance. */
export function randomFrames(
  term: DesignRandomTerm,
  t: number,
  design: Design,
  base: BaseColumns,
  group: GroupIndex,
): RandomTermFrame[] {
  const { matrix, structure, label, independent } = term;
  const columns = matrix.columns!;
  const common = { structure, group: term.group.name, ...group, term: t };
  if (independent) {
    return columns.map((column) => {
      const inside = column.term === 0 ? '1' : `0 + ${column.name}`;
      const only = [base.column(column)];
      return {
        ...common,
        label: `(${inside} | ${term.group.name})`,
        names: [column.name],
        columns: only,
        indicator: null,
      };
    });
  }
  const indicator = indicatorColumns(matrix, design, base);
  const names = columns.map(({ name }) => name);
  const make = (): Float64Array[] => base.columns(label, columns);
  if (indicator === null) return [{ ...common, label, names, columns: make(), indicator }];
  let made: Float64Array[] | null = null;
  return [
    {
      ...common,
      label,
      names,
      indicator,
      get columns() {
        made ??= make();
        return made;
      },
    },
  ];
}

/** Sum of the offset variables; null if there are none. */
export function offsetOf(design: Design, base: BaseColumns): Float64Array | null {
  const [first, ...others] = design.offsets;
  if (first === undefined) return null;
  if (others.length === 0) return base.number(first);
  const sum = Float64Array.from(base.number(first));
  for (const v of others) {
    const values = base.number(v);
    for (let i = 0; i < sum.length; i++) sum[i] = sum[i]! + values[i]!;
  }
  return sum;
}

function weightsOf(design: Design, base: BaseColumns): Float64Array | null {
  if (design.weights === null) return null;
  const weights = base.number(design.weights);
  const bad = weights.findIndex((w) => w < 0);
  if (bad === -1) return weights;
  const row = base.rows === null ? bad : base.rows[bad]!;
  const { name } = design.variables[design.weights]!;
  throw new FormulaDataError(`The weight ${name} is ${weights[bad]} in row ${row + 1}.`, {
    column: name,
    row,
    hint: 'Weights must not be negative; 0 leaves a row out.',
  });
}

function missingByVariable(
  design: Design,
  values: readonly Value[],
  missing: Int32Array,
): { name: string; count: number }[] {
  if (missing.length === 0) return [];
  return design.variables
    .map(({ name }, v) => {
      const present = new Uint8Array(valueLength(values[v]!)).fill(1);
      markMissing(values[v]!, present);
      return { name, count: missing.reduce((count, row) => count + (present[row] === 0 ? 1 : 0), 0) };
    })
    .filter(({ count }) => count > 0);
}

function valueLength(value: Value): number {
  if (value.kind === 'number' || value.kind === 'logical') return value.values.length;
  if (value.kind === 'factor') return value.codes.length;
  return value.kind === 'matrix' ? value.columns[0]!.length : 0;
}

const knownGroup = ({ codes, levels }: FactorValue): GroupIndex => ({
  levels: [...levels],
  levelIdx: codes,
  newLevels: [],
  newLevelIdx: null,
});

/**
 * Model frame: response, X, the columns and levels of every random term, weights and offset, for the rows that one complete-case
 * filter keeps. A design that is not complete is completed from this table (`frame.design`). O(nrow) per column.
 *
 * @throws FormulaDataError for infinite values, negative weights, no rows left, unknown categories, more columns than memory may hold.
 */
export function modelFrame(planned: Design, source: TableLike, options: FrameOptions = {}): ModelFrame {
  const { design, table, values, kept, groups } = prepareFrame(planned, source, options);
  const { rows, nobs, missing, subset, finite } = kept;
  const base = new BaseColumns(design, values, nobs, rows, false, finite, options.maxBytes);
  const { response } = design;
  return {
    nrow: table.nrow,
    nobs,
    rows,
    omitted: { missing, subset, byVariable: missingByVariable(design, values, missing) },
    response: response === null ? null : { name: design.variables[response]!.name, values: base.number(response) },
    fixed: fixedFrame(design.fixed, base),
    random: design.random.flatMap((term, t) => randomFrames(term, t, design, base, knownGroup(groups[t]!))),
    weights: weightsOf(design, base),
    offset: offsetOf(design, base),
    design,
  };
}
