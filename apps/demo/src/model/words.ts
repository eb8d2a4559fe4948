import { printExpr, type RandomTerm, type TermList } from '@blup/formula';
import type { TableSummary } from '../data/summarize-table.js';
import type { CheckedFormula } from './check-formula.js';
import { groupText, labelsOf, listText } from './names.js';
import { formatCount } from './number-text.js';
import { structureText } from './structures.js';

/** What a model says, one sentence for the fixed part and one for each random term. */
export function modelInWords({ terms, design }: CheckedFormula, table: TableSummary): string[] {
  const isFactor = new Set(
    design.variables.filter(({ kind }) => kind === 'factor' || kind === 'logical').map(({ name }) => name),
  );
  const response = terms.response === null ? '' : printExpr(terms.response);
  const sentences = [`The mean of ${response} depends on ${fixedWords(terms.fixed, isFactor)}.`];
  if (terms.fixed.offsets.length > 0) {
    sentences.push(`${listText(terms.fixed.offsets.map(printExpr))} is added as it is, without a coefficient.`);
  }
  for (const term of terms.random) sentences.push(randomWords(term, table, isFactor));
  if (terms.random.length === 0) {
    sentences.push('There are no random effects: this is an ordinary linear model, all rows are independent.');
  }
  return sentences;
}

function fixedWords(list: TermList, isFactor: ReadonlySet<string>): string {
  const items = labelsOf(list).map((label, t) => {
    const term = list.terms[t];
    if (term.length > 1) return `the interaction of ${listText(term.map((v) => printExpr(list.variables[v])))}`;
    return isFactor.has(label) ? `the level of ${label}` : label;
  });
  if (items.length === 0) return list.intercept ? 'an intercept only' : 'nothing: it is zero';
  return `${listText([...(list.intercept ? ['an intercept'] : []), ...items])}${list.intercept ? '' : ', without an intercept'}`;
}

function randomWords(term: RandomTerm, table: TableSummary, isFactor: ReadonlySet<string>): string {
  const { columns, group, structure, independent } = term;
  const slopes = labelsOf(columns).map((label, t) => {
    if (columns.terms[t].length > 1) return `effect of ${label}`;
    if (!isFactor.has(label)) return `slope of ${label}`;
    return columns.intercept ? `difference between levels of ${label}` : `effect of each level of ${label}`;
  });
  const effects = listText([...(columns.intercept ? ['intercept'] : []), ...slopes]);
  const many = slopes.length + (columns.intercept ? 1 : 0) > 1 || slopes.some((s) => !s.startsWith('slope'));
  const tie = !many
    ? ''
    : independent
      ? ', uncorrelated'
      : `, ${structureText(structure.name)?.words ?? `with the structure ${structure.name}`}`;
  return `A random ${effects} for ${groupWords(group.parts.map(printExpr), groupText(group), table)}${tie}.`;
}

function groupWords(parts: readonly string[], text: string, table: TableSummary): string {
  if (parts.length > 1) return `each combination of ${listText(parts)}`;
  const column = table.columns.find(({ name }) => name === text || `\`${name}\`` === text);
  return column ? `each of the ${formatCount(column.distinct)} levels of ${text}` : `each level of ${text}`;
}
