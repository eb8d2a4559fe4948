import { createDesign } from './design/create-design.js';
import type { DesignOptions } from './design/create-design.js';
import { modelFrame } from './frame/model-frame.js';
import type { ModelFrame } from './frame/model-frame-types.js';
import { inferSchema } from './schema.js';
import type { SchemaOverrides } from './schema.js';
import { namesIn } from './syntax/ast.js';
import type { Expr, Formula } from './syntax/ast.js';
import { parseExpression, parseFormula } from './syntax/parse.js';
import type { TableLike } from './table/open-table.js';
import { openTable } from './table/open-table.js';

export type ModelFrameOptions = DesignOptions &
  Omit<SchemaOverrides, 'columns'> & {
    /** Bytes that the columns of X, or of one random term, may take; a formula that asks for more is refused. Default 4 GiB. */
    readonly maxBytes?: number;
  };

/** What of a formula's options names columns. */
export interface ColumnOptions {
  subset?: string | undefined;
  weights?: string | undefined;
  offset?: string | undefined;
}

/**
 * The columns that a formula and its options can read, in the order of `all`: what a reader of a wide file needs to load. All of them where
 * it names something else: `.` is all columns, and a message about a mistyped name tells the nearest one.
 *
 * @throws FormulaSyntaxError
 */
export function formulaColumns(
  formula: string | Formula,
  all: readonly string[],
  options: ColumnOptions = {},
): string[] {
  const { response, right } = typeof formula === 'string' ? parseFormula(formula) : formula;
  const nodes: Expr[] = [right];
  if (response !== null) nodes.push(response);
  if (options.subset !== undefined) nodes.push(parseExpression(options.subset));
  const names = new Set(nodes.flatMap(namesIn));
  for (const name of [options.weights, options.offset]) if (name !== undefined) names.add(name);
  const known = new Set(all);
  for (const name of names) if (!known.has(name)) return [...all];
  return all.filter((name) => names.has(name));
}

/**
 * From formula and table to the model frame in one call: parse, infer the schema, plan, read the rows.
 *
 * @throws FormulaError of one kind or another; {@link formatError} shows it with a caret.
 */
export function buildModelFrame(
  formula: string | Formula,
  source: TableLike,
  options: ModelFrameOptions = {},
): ModelFrame {
  const parsed = typeof formula === 'string' ? parseFormula(formula) : formula;
  const table = openTable(source);
  const columns = formulaColumns(parsed, table.names, options);
  const { factors, categories, ordered } = options;
  const schema = inferSchema(table, {
    factors: factors ?? [],
    categories: categories ?? {},
    ordered: ordered ?? [],
    columns,
  });
  const { functions, maxBytes } = options;
  return modelFrame(createDesign(parsed, schema, options), table, {
    functions,
    ...(maxBytes !== undefined && { maxBytes }),
  });
}
