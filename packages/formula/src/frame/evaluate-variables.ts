import { readColumn } from '../design/column-reader.js';
import type { Design } from '../design/design.js';
import type { StateStore } from '../design/state.js';
import { FormulaDataError, FormulaNameError } from '../errors.js';
import type { EvaluationContext, EvaluationMode } from '../expression/context.js';
import { evaluate } from '../expression/evaluate.js';
import type { Value } from '../expression/value.js';
import { number } from '../expression/value.js';
import type { UserFunctions } from '../functions/registry.js';
import { functionTable } from '../functions/registry.js';
import { nearestName } from '../nearest.js';
import { parseExpression } from '../syntax/parse.js';
import type { Table } from '../table/table.js';

function contextFor(
  design: Design,
  table: Table,
  states: StateStore,
  mode: EvaluationMode,
  functions: UserFunctions | undefined,
): EvaluationContext {
  const schema = new Map(design.columns.map((column) => [column.name, column]));
  const read = new Map<string, Value>();
  const known = functionTable(functions);
  const lacking = design.functions.find((name) => !known.has(name));
  if (lacking !== undefined) {
    throw new FormulaNameError(`The design calls the function "${lacking}", which was not passed.`, {
      hint: 'Pass it in `functions`.',
    });
  }
  return {
    nrow: table.nrow,
    mode,
    source: '',
    columnNames: design.columns.map(({ name }) => name),
    functions: known,
    states,
    column(name) {
      const description = schema.get(name);
      if (description === undefined) return null;
      const done = read.get(name);
      if (done !== undefined) return done;
      const column = table.column(name);
      if (column === null) throw lackingColumn(name, table);
      const value = readColumn(column, description, mode);
      read.set(name, value);
      return value;
    },
  };
}

function lackingColumn(name: string, table: Table): FormulaDataError {
  const suggestion = nearestName(name, table.names);
  return new FormulaDataError(`The table has no column "${name}", which the design needs.`, {
    column: name,
    suggestion: suggestion ?? undefined,
    hint: suggestion === null ? undefined : `Did you mean "${suggestion}"?`,
  });
}

/**
 * New groups may have names where those of the fit were numbers (`308`, `309`, then `someone`): a column of numbers that serves for grouping alone
 * is read as text where the new table has text. Null for all other variables.
 */
function groupLabels(design: Design, v: number, table: Table): Value | null {
  const { name } = design.variables[v]!;
  const plain = name.startsWith('`') ? name.slice(1, -1) : name;
  const described = design.columns.find((column) => column.name === plain);
  if (described?.type !== 'number' || !design.random.some(({ group }) => group.variables.includes(v))) return null;
  const matrices = [design.fixed, ...design.random.map(({ matrix }) => matrix)];
  if (matrices.some(({ terms }) => terms.some(({ variables }) => variables.includes(v)))) return null;
  const column = table.column(plain);
  return column?.type === 'string' ? { kind: 'factor', ...column.coded(), ordered: false, text: true } : null;
}

/** A constant, such as the offset of `offset(2)`, is a column like the others. */
function asColumn(value: Value, nrow: number): Value {
  return value.kind === 'constant' ? number(new Float64Array(nrow).fill(Number(value.value))) : value;
}

export interface EvaluatedVariables {
  /** By variable of the design; null for those not asked for. */
  values: (Value | null)[];
  /** 1 where the subset condition holds; null without a subset. */
  subset: Float64Array | null;
}

/** Values of the wanted variables for all rows of the table. States that are missing are added in mode `estimate`. */
export function evaluateVariables(
  design: Design,
  table: Table,
  states: StateStore,
  mode: EvaluationMode,
  functions: UserFunctions | undefined,
  wanted: (variable: number) => boolean,
): EvaluatedVariables {
  const context = contextFor(design, table, states, mode, functions);
  const inText = (text: string): Value => evaluate(parseExpression(text), { ...context, source: text });
  const values = design.variables.map(({ expression }, v) => {
    if (!wanted(v)) return null;
    const labels = mode === 'apply' ? groupLabels(design, v, table) : null;
    return labels ?? asColumn(inText(expression), table.nrow);
  });
  if (design.subset === null || mode === 'apply') return { values, subset: null };
  const condition = inText(design.subset);
  if (condition.kind === 'logical') return { values, subset: condition.values };
  return {
    values,
    subset: condition.kind === 'constant' && condition.value === true ? null : new Float64Array(table.nrow),
  };
}
