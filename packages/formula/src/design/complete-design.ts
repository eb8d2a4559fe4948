import { FormulaDataError } from '../errors.js';
import { evaluate } from '../expression/evaluate.js';
import type { FactorValue, Value } from '../expression/value.js';
import type { UserFunctions } from '../functions/registry.js';
import { functionTable } from '../functions/registry.js';
import { parseExpression } from '../syntax/parse.js';
import { byCodeUnit } from '../table/levels.js';
import { emptyColumn } from './column-reader.js';
import { designColumns } from './design-columns.js';
import type { Design, DesignVariable } from './design.js';
import type { Distribution, PendingState } from './state.js';
import { StateStore } from './state.js';

/** What has to be found in the rows before a design is complete, in the order in which it can be found. */
export interface DesignRequests {
  /** States of stateful calls, from the distribution of their arguments over all rows; ask again after supplying some. */
  states: PendingState[];
  /** Factors of which the levels in use are wanted: those that occur in the kept rows. */
  levels: { name: string; expression: string }[];
  /** Grouping factors of which the combinations in use are wanted, by random term: one expression per part. */
  groups: { name: string; expressions: string[] }[];
  /** A row is kept if none of these is missing ... */
  complete: string[];
  /** ... and this holds (null: no condition). */
  subset: string | null;
}

/** Evaluates every expression on no rows; what they lack ends up in `pending`, what `distributions` tells in the states. */
function plan(
  design: Design,
  functions: UserFunctions | undefined,
  distributions?: ReadonlyMap<string, Distribution>,
): { states: StateStore; values: Value[] } {
  const states = new StateStore(design.states);
  const columns = new Map(design.columns.map((column) => [column.name, column]));
  const value = (text: string): Value =>
    evaluate(parseExpression(text), {
      nrow: 0,
      mode: 'plan',
      source: text,
      columnNames: [...columns.keys()],
      functions: functionTable(functions),
      states,
      ...(distributions === undefined ? {} : { distributions }),
      column(name) {
        const column = columns.get(name);
        return column === undefined ? null : emptyColumn(column);
      },
    });
  const values = design.variables.map(({ expression }) => value(expression));
  if (design.subset !== null) value(design.subset);
  return { states, values };
}

/** Factor variables that X or some Z uses; grouping factors have levels of their own. */
export function factorVariables(design: Design): number[] {
  const matrices = [design.fixed, ...design.random.map(({ matrix }) => matrix)];
  const used = new Set(matrices.flatMap(({ terms }) => terms.flatMap(({ variables }) => variables)));
  return [...used].filter((v) => design.variables[v]!.kind === 'factor').sort((a, b) => a - b);
}

/** What a back-end other than memory must find out about the rows: see {@link supplyStates} and {@link completeDesign}. */
export function designRequests(design: Design, functions?: UserFunctions): DesignRequests {
  const { states } = plan(design, functions);
  return {
    states: [...states.pending.values()],
    levels: factorVariables(design).map((v) => ({
      name: design.variables[v]!.name,
      expression: design.variables[v]!.expression,
    })),
    groups: design.random.map(({ group }) => ({
      name: group.name,
      expressions: group.variables.map((v) => design.variables[v]!.expression),
    })),
    complete: design.variables.map(({ expression }) => expression),
    subset: design.subset,
  };
}

/**
 * Computes states from distributions that were found elsewhere.
 *
 * @param distributions - by the printed call, as in {@link PendingState.call}.
 * @throws FormulaTypeError when a distribution does not allow the function (a constant cannot be scaled).
 */
export function supplyStates(
  design: Design,
  distributions: ReadonlyMap<string, Distribution>,
  functions?: UserFunctions,
): Design {
  return { ...design, states: plan(design, functions, distributions).states.entries() };
}

/** The components of a matrix whose number depends on the levels (`dummy(f)`), once those are known. */
export function withShape(variable: DesignVariable, value: Value): DesignVariable {
  if (value.kind === 'matrix') return { ...variable, kind: 'matrix', suffixes: [...value.suffixes] };
  return value.kind === 'number' && variable.kind === 'matrix'
    ? { ...variable, kind: 'number', suffixes: [] }
    : variable;
}

/** The levels of a variable in use, and those that are not, in the given order. */
export function withLevels(
  variable: DesignVariable,
  all: readonly string[],
  used: ReadonlySet<string>,
  unused: 'drop' | 'keep',
): DesignVariable {
  const unusedLevels = all.filter((level) => !used.has(level));
  return {
    ...variable,
    levels: unused === 'keep' ? [...all] : all.filter((level) => used.has(level)),
    unusedLevels,
    allLevels: unusedLevels.length === 0 ? null : [...all],
  };
}

/** Fills in the group levels and lists the columns of every matrix; the variables' levels must be there. */
export function withColumns(design: Design, groupLevels: readonly (readonly string[])[]): Design {
  const { variables, fixed, random } = design;
  const contrasts = new Map(design.contrasts);
  const randomContrasts = new Map(design.randomContrasts);
  return {
    ...design,
    complete: true,
    fixed: { ...fixed, columns: designColumns(fixed, variables, contrasts) },
    random: random.map((term, t) => ({
      ...term,
      matrix: { ...term.matrix, columns: designColumns(term.matrix, variables, randomContrasts) },
      group: { ...term.group, levels: [...groupLevels[t]!] },
    })),
  };
}

/** Orders labels of one part of a grouping factor: numbers numerically, factors by their levels, text by code unit. */
function comparePart(kind: DesignVariable['kind'], value: Value): (a: string, b: string) => number {
  if (kind === 'number') return (a, b) => Number(a) - Number(b);
  const position = new Map(
    value.kind === 'factor' ? (value as FactorValue).levels.map((level, k) => [level, k] as const) : [],
  );
  return (a, b) => {
    const [i, j] = [position.get(a), position.get(b)];
    return i !== undefined && j !== undefined ? i - j : byCodeUnit(a, b);
  };
}

export interface FoundLevels {
  /** Levels that occur in the kept rows, by variable name; the order does not matter. */
  levels: ReadonlyMap<string, readonly string[]>;
  /** For each random term the combinations of its parts' levels that occur in the kept rows; the order does not matter. */
  groups: readonly (readonly (readonly string[])[])[];
}

/**
 * Completes a design from levels that were found elsewhere; all states must have been supplied.
 *
 * @throws FormulaDataError when something is lacking.
 */
export function completeDesign(design: Design, found: FoundLevels, functions?: UserFunctions): Design {
  const { states, values } = plan(design, functions);
  const [lacking] = states.pending.values();
  if (lacking !== undefined) throw new FormulaDataError(`The state of ${lacking.call} has not been supplied.`);
  const wanted = new Set(factorVariables(design));
  const variables = design.variables.map((variable, v) => {
    if (!wanted.has(v)) return withShape(variable, values[v]!);
    const occurring = found.levels.get(variable.name);
    if (occurring === undefined) throw new FormulaDataError(`The levels of ${variable.name} have not been supplied.`);
    const known = (values[v] as FactorValue).levels;
    const all = known.length > 0 ? known : [...occurring].sort(byCodeUnit);
    return withLevels(variable, all, new Set(occurring), design.unusedLevels);
  });
  const groups = design.random.map(({ group }, t) => {
    const compare = group.variables.map((v) => comparePart(design.variables[v]!.kind, values[v]!));
    const tuples = [...(found.groups[t] ?? [])].sort((a, b) => {
      for (let k = 0; k < compare.length; k++) {
        const order = compare[k]!(a[k]!, b[k]!);
        if (order !== 0) return order;
      }
      return 0;
    });
    if (tuples.length === 0) throw new FormulaDataError(`The levels of ${group.name} have not been supplied.`);
    return tuples.map((tuple) => tuple.join(':'));
  });
  return withColumns({ ...design, variables }, groups);
}
