import { factorVariables, withColumns, withLevels, withShape } from '../design/complete-design.js';
import type { Design, DesignVariable } from '../design/design.js';
import { StateStore } from '../design/state.js';
import { FormulaDataError } from '../errors.js';
import type { FactorValue, Value } from '../expression/value.js';
import type { UserFunctions } from '../functions/registry.js';
import type { TableLike } from '../table/open-table.js';
import { openTable } from '../table/open-table.js';
import type { Table } from '../table/table.js';
import type { KeptRows } from './complete-cases.js';
import { completeCases, gatherCodes, markMissing } from './complete-cases.js';
import { DEFAULT_MAX_BYTES, requireRoom } from './column-size.js';
import { evaluateVariables } from './evaluate-variables.js';
import { dropUnused, groupingFactor } from './grouping-factor.js';
import { refuseNewLevels } from './new-levels.js';

export interface FrameOptions {
  /** Functions of the user's that the design calls. */
  functions?: UserFunctions | undefined;
  /** Bytes that the columns of X, or of one random term, may take; a formula that asks for more is refused. Default 4 GiB. */
  maxBytes?: number;
}

/** Everything that is known once the rows have been read: the complete design and the values it came from. */
export interface PreparedFrame {
  design: Design;
  table: Table;
  values: Value[];
  kept: KeptRows;
  /** Grouping factor of each random term, for the kept rows. */
  groups: FactorValue[];
}

/** The variable with the levels that the kept rows have. */
function fixLevels(
  variable: DesignVariable,
  value: FactorValue,
  rows: Int32Array | null,
  unused: 'drop' | 'keep',
): DesignVariable {
  const { levels } = dropUnused({ ...value, codes: gatherCodes(value.codes, rows) });
  return withLevels(variable, value.levels, new Set(levels), unused);
}

/** Grouping factors of the random terms; terms on the same factor share its arrays. */
function groupingFactors(
  design: Design,
  values: readonly Value[],
  rows: Int32Array | null,
  table: Table,
): FactorValue[] {
  const found = new Map<string, FactorValue>();
  return design.random.map(({ group }) => {
    const key = group.variables.join();
    const factor = found.get(key) ?? groupingFactor(group, design, values, rows, table);
    found.set(key, factor);
    return factor;
  });
}

/** Reads the rows: estimates what the design lacks, applies the complete-case filter, finds the levels in use. */
export function prepareFrame(planned: Design, source: TableLike, options: FrameOptions = {}): PreparedFrame {
  const table = openTable(source);
  if (table.nrow === 0) throw new FormulaDataError('The table has no rows.');
  const states = new StateStore(planned.states);
  const evaluated = evaluateVariables(planned, table, states, 'estimate', options.functions, () => true);
  const values = evaluated.values as Value[];
  const kept = completeCases(table.nrow, values, evaluated.subset);
  if (kept.nobs === 0) throw noRows(planned, table, values, kept);
  const { rows } = kept;
  const groups = groupingFactors(planned, values, rows, table);
  if (planned.complete) {
    refuseNewLevels(planned, values);
    return { design: planned, table, values, kept, groups };
  }
  const wanted = new Set(factorVariables(planned));
  const variables = planned.variables.map((variable, v) =>
    wanted.has(v)
      ? fixLevels(variable, values[v] as FactorValue, rows, planned.unusedLevels)
      : withShape(variable, values[v]!),
  );
  const fixed = { ...planned, variables, states: states.entries() };
  requireRoom(fixed, kept.nobs, options.maxBytes ?? DEFAULT_MAX_BYTES);
  const design = withColumns(
    fixed,
    groups.map(({ levels }) => levels),
  );
  return { design, table, values, kept, groups };
}

function noRows(design: Design, table: Table, values: readonly Value[], kept: KeptRows): FormulaDataError {
  if (kept.subset === table.nrow)
    return new FormulaDataError(`The subset ${design.subset} holds for none of the ${table.nrow} rows.`);
  const worst = design.variables
    .map(({ name }, v) => ({ name, missing: countMissing(values[v]!, table.nrow) }))
    .sort((a, b) => b.missing - a.missing)[0]!;
  return new FormulaDataError('Every row misses a value of some variable in the formula.', {
    column: worst.name,
    hint: `${worst.name} alone is missing in ${worst.missing} of ${table.nrow} rows.`,
  });
}

function countMissing(value: Value, nrow: number): number {
  const present = new Uint8Array(nrow).fill(1);
  markMissing(value, present);
  return nrow - present.reduce((a, b) => a + b, 0);
}

/**
 * Completes a planned design from the rows of a table: states of stateful functions (from all rows), levels in use and matrix
 * columns (from the rows that the complete-case filter keeps).
 *
 * @throws FormulaDataError when no row is left, a factor that needs contrasts has a single level, or there would be too many columns.
 */
export function estimateDesign(design: Design, table: TableLike, options: FrameOptions = {}): Design {
  return prepareFrame(design, table, options).design;
}
