import { designColumns } from '../design/design-columns.js';
import type { Design, DesignMatrix, DesignVariable } from '../design/design.js';
import { StateStore } from '../design/state.js';
import { FormulaDataError } from '../errors.js';
import type { FactorValue, Value } from '../expression/value.js';
import type { UserFunctions } from '../functions/registry.js';
import type { TableLike } from '../table/open-table.js';
import { openTable } from '../table/open-table.js';
import type { Table } from '../table/table.js';
import type { KeptRows } from './complete-cases.js';
import { completeCases, markMissing } from './complete-cases.js';
import { evaluateVariables } from './evaluate-variables.js';
import { dropUnused, groupingFactor } from './grouping-factor.js';
import { gatherCodes } from './complete-cases.js';

export interface FrameOptions {
  /** Functions of the user's that the design calls. */
  functions?: UserFunctions | undefined;
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

/** Levels in use of one factor variable. */
function fixLevels(
  variable: DesignVariable,
  value: Value,
  rows: Int32Array | null,
  keepUnused: boolean,
): DesignVariable {
  if (value.kind !== 'factor') return variable;
  const { levels } = dropUnused({ ...value, codes: gatherCodes(value.codes, rows) });
  const used = new Set(levels);
  const unusedLevels = value.levels.filter((level) => !used.has(level));
  return keepUnused
    ? { ...variable, levels: [...value.levels], unusedLevels }
    : { ...variable, levels: [...levels], unusedLevels };
}

/** Factor variables that some matrix uses; grouping factors have their own levels. */
function variablesInMatrices(design: Design): Set<number> {
  const matrices: DesignMatrix[] = [design.fixed, ...design.random.map(({ matrix }) => matrix)];
  return new Set(matrices.flatMap(({ terms }) => terms.flatMap(({ variables }) => variables)));
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
  const inMatrices = variablesInMatrices(planned);
  const variables = planned.complete
    ? planned.variables
    : planned.variables.map((variable, v) =>
        inMatrices.has(v) ? fixLevels(variable, values[v]!, rows, planned.unusedLevels === 'keep') : variable,
      );
  const groups = planned.random.map(({ group }) => groupingFactor(group, planned, values, rows, table));
  const design: Design = planned.complete
    ? planned
    : complete({ ...planned, variables, states: states.entries() }, groups);
  return { design, table, values, kept, groups };
}

function complete(design: Design, groups: readonly FactorValue[]): Design {
  const { variables, fixed, random } = design;
  const contrasts = new Map(design.contrasts);
  const randomContrasts = new Map(design.randomContrasts);
  return {
    ...design,
    complete: true,
    fixed: { ...fixed, columns: designColumns(fixed, variables, contrasts) },
    random: random.map((term, k) => ({
      ...term,
      matrix: { ...term.matrix, columns: designColumns(term.matrix, variables, randomContrasts) },
      group: { ...term.group, levels: [...groups[k]!.levels] },
    })),
  };
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
 * @throws FormulaDataError when no row is left, or a factor that needs contrasts has a single level.
 */
export function estimateDesign(design: Design, table: TableLike, options: FrameOptions = {}): Design {
  return prepareFrame(design, table, options).design;
}
