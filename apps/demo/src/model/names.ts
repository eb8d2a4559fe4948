import { printExpr, termLabel, type Expr, type TermList } from '@blup/formula';

/** A column's name as formulas write it: in backticks where it needs them. */
export const quoted = (name: string): string => printExpr({ kind: 'name', name, start: 0, end: 0 });

/** The terms of a matrix as text, without the intercept. */
export const labelsOf = (list: TermList): string[] => list.terms.map((term) => termLabel(list, term));

/** Prints the expression of a grouping factor. */
export const groupText = (group: { readonly name: string; readonly parts: readonly Expr[] }): string =>
  group.parts.length === 1 ? printExpr(group.parts[0]) : group.name;

/** a, b and c */
export function listText(items: readonly string[]): string {
  if (items.length < 2) return items.join('');
  return `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`;
}
