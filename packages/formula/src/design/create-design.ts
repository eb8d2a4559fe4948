import { FormulaTypeError } from '../errors.js';
import type { EvaluationContext } from '../expression/context.js';
import { evaluate } from '../expression/evaluate.js';
import type { UserFunctions } from '../functions/registry.js';
import { functionTable } from '../functions/registry.js';
import type { Schema, SchemaColumn } from '../schema.js';
import { unknownColumn } from '../schema.js';
import type { Expr, Formula, NameNode } from '../syntax/ast.js';
import { walk } from '../syntax/ast.js';
import { parseExpression, parseFormula } from '../syntax/parse.js';
import { printExpr, printFormula, quoteName } from '../syntax/print.js';
import { expandFormula } from '../terms/expand.js';
import type { RandomTerm } from '../terms/random-terms.js';
import type { TermList } from '../terms/term-list.js';
import { termLabel } from '../terms/term-list.js';
import { codeTerms } from './coding.js';
import { emptyColumn } from './column-reader.js';
import type { Contrast } from './contrasts.js';
import type { Design, DesignMatrix, DesignRandomTerm } from './design.js';
import { StateStore } from './state.js';
import { VariableTable } from './variables.js';

type Named<T> = Readonly<Record<string, T>> | ReadonlyMap<string, T>;

export interface DesignOptions {
  /** Column of prior weights. */
  weights?: string | undefined;
  /** Column added to the linear predictor, besides `offset()` terms. */
  offset?: string | undefined;
  /** Rows to use, as an expression: `Days >= 2 & Subject != "308"`. Rows where it is missing are left out. */
  subset?: string | undefined;
  /** Contrasts in X by column or variable name; `poly` for ordered factors and `treatment` for others if absent. */
  contrasts?: Named<Contrast> | undefined;
  /** Contrasts in the columns of random terms. lme4 never applies its `contrasts` argument there, so these are separate. */
  randomContrasts?: Named<Contrast> | undefined;
  /** Functions to use besides the built-in ones. */
  functions?: UserFunctions | undefined;
  /** Levels without rows: `drop` them as lme4 does (default), or `keep` their columns of zeros. */
  unusedLevels?: 'drop' | 'keep' | undefined;
}

const entries = <T>(named: Named<T> | undefined): [string, T][] =>
  named instanceof Map ? [...(named as ReadonlyMap<string, T>)] : Object.entries(named ?? {});

function planningContext(
  source: string,
  schema: Schema,
  options: DesignOptions,
): { context: EvaluationContext; used: Set<string> } {
  const columns = new Map(schema.columns.map((column) => [column.name, column]));
  const used = new Set<string>();
  const context: EvaluationContext = {
    nrow: 0,
    mode: 'plan',
    source,
    columnNames: [...columns.keys()],
    functions: functionTable(options.functions),
    states: new StateStore(),
    column(name) {
      const column = columns.get(name);
      if (column === undefined) return null;
      used.add(name);
      return emptyColumn(column);
    },
  };
  return { context, used };
}

function planMatrix(list: TermList, variables: VariableTable): DesignMatrix {
  const index = list.variables.map((node) => variables.index(node));
  const isFactor = (v: number): boolean => {
    const { kind } = variables.list[index[v]!]!;
    return kind === 'factor' || kind === 'logical';
  };
  const codings = codeTerms(list.terms, list.intercept, isFactor);
  return {
    intercept: list.intercept,
    columns: null,
    terms: list.terms.map((term, t) => ({
      label: termLabel(list, term),
      variables: term.map((v) => index[v]!),
      coding: codings[t]!,
    })),
  };
}

function planRandomTerm(term: RandomTerm, variables: VariableTable, source: string): DesignRandomTerm {
  const { label, structure, independent, columns, group } = term;
  const matrix = planMatrix(columns, variables);
  const parts = group.parts.map((part) => {
    const index = variables.index(part);
    if (variables.list[index]!.kind === 'matrix') {
      throw new FormulaTypeError(`${printExpr(part)} has several columns and cannot group rows.`, {
        place: { source, start: part.start, end: part.end },
      });
    }
    return index;
  });
  return { label, structure, independent, matrix, group: { name: group.name, variables: parts, levels: null } };
}

function columnNode(name: string, role: string, schema: Schema): NameNode {
  const names = schema.columns.map((column) => column.name);
  if (!names.includes(name)) throw unknownColumn(name, names, `The ${role} column does not exist:`);
  return { kind: 'name', name, start: 0, end: name.length };
}

function planSubset(text: string, context: EvaluationContext): Expr {
  const node = parseExpression(text);
  const { kind } = evaluate(node, { ...context, source: text });
  if (kind !== 'logical' && kind !== 'constant') {
    throw new FormulaTypeError('The subset must be a condition.', {
      place: { source: text, start: node.start, end: node.end },
      hint: 'Compare something, as in Days >= 2.',
    });
  }
  return node;
}

/** Contrasts can be asked for by the name of a column or of a variable (`factor(k)`); those of unused columns are ignored. */
function checkContrasts(contrasts: readonly [string, Contrast][], variables: VariableTable, schema: Schema): void {
  for (const [name] of contrasts) {
    const variable = variables.list.find((v) => v.name === name || v.name === quoteName(name));
    if (variable === undefined) {
      const names = schema.columns.map((column) => column.name);
      if (!names.includes(name))
        throw unknownColumn(name, names, 'Contrasts are asked for a column that does not exist:');
    } else if (variable.kind !== 'factor' && variable.kind !== 'logical') {
      throw new FormulaTypeError(`Contrasts are asked for ${name}, which is no factor.`, {
        column: name,
        hint: 'Write factor() around it, or declare the column a factor.',
      });
    }
  }
}

/** Names of the user's functions that the expressions call. */
function userFunctionsIn(nodes: readonly Expr[], functions: UserFunctions | undefined): string[] {
  if (functions === undefined) return [];
  const given = new Set(functions instanceof Map ? functions.keys() : Object.keys(functions));
  const found = new Set<string>();
  for (const node of nodes) {
    walk(node, (n) => {
      if (n.kind === 'call' && given.has(n.fn)) found.add(n.fn);
    });
  }
  return [...found];
}

/**
 * Plans the model matrices of a formula from the table's schema alone.
 *
 * @throws FormulaSyntaxError, FormulaTermError, FormulaNameError, FormulaTypeError with the place in the formula.
 */
export function createDesign(formula: Formula | string, schema: Schema, options: DesignOptions = {}): Design {
  const parsed = typeof formula === 'string' ? parseFormula(formula) : formula;
  const { source } = parsed;
  const { context, used } = planningContext(source, schema, options);
  const terms = expandFormula(parsed, context.columnNames);
  const variables = new VariableTable(context);
  const response = terms.response === null ? null : variables.numeric(terms.response, 'response');
  const fixed = planMatrix(terms.fixed, variables);
  const offsets = terms.fixed.offsets.map((node) => variables.numeric(node, 'offset'));
  const random = terms.random.map((term) => planRandomTerm(term, variables, source));
  const weights =
    options.weights === undefined ? null : variables.numeric(columnNode(options.weights, 'weights', schema), 'weights');
  if (options.offset !== undefined)
    offsets.push(variables.numeric(columnNode(options.offset, 'offset', schema), 'offset'));
  const subset = options.subset === undefined ? null : planSubset(options.subset, context);
  const contrasts = entries(options.contrasts);
  const randomContrasts = entries(options.randomContrasts);
  checkContrasts([...contrasts, ...randomContrasts], variables, schema);
  const nodes = [
    parsed.right,
    ...(parsed.response === null ? [] : [parsed.response]),
    ...(subset === null ? [] : [subset]),
  ];
  return {
    format: 'blup-design-1',
    formula: printFormula(parsed),
    source,
    columns: schema.columns
      .filter(({ name }) => used.has(name))
      .map((column): SchemaColumn => ({ ...column, levels: column.levels === null ? null : [...column.levels] })),
    variables: variables.list,
    response,
    weights,
    offsets,
    subset: subset === null ? null : printExpr(subset),
    fixed,
    random,
    contrasts,
    randomContrasts,
    functions: userFunctionsIn(nodes, options.functions),
    states: [],
    unusedLevels: options.unusedLevels ?? 'drop',
    complete: false,
  };
}
