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

export type ModelFrameOptions = DesignOptions & Omit<SchemaOverrides, 'columns'>;

/** The columns that a formula and its options can read. */
function columnsOf(formula: Formula, options: ModelFrameOptions, all: readonly string[]): string[] {
  const nodes: Expr[] = [formula.right];
  if (formula.response !== null) nodes.push(formula.response);
  if (options.subset !== undefined) nodes.push(parseExpression(options.subset));
  const names = new Set(nodes.flatMap(namesIn));
  if (names.has('.')) return [...all];
  for (const name of [options.weights, options.offset]) if (name !== undefined) names.add(name);
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
  const columns = columnsOf(parsed, options, table.names);
  const { factors, categories, ordered } = options;
  const schema = inferSchema(table, {
    factors: factors ?? [],
    categories: categories ?? {},
    ordered: ordered ?? [],
    columns,
  });
  return modelFrame(createDesign(parsed, schema, options), table, { functions: options.functions });
}
