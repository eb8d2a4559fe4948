import { FormulaTermError } from '../errors.js';
import type { Expr, Formula, NameNode } from '../syntax/ast.js';
import { namesIn, stripParens, walk } from '../syntax/ast.js';
import { printExpr } from '../syntax/print.js';
import type { RandomTerm } from './random-terms.js';
import { RandomTermCollector } from './random-terms.js';
import type { TermList } from './term-list.js';
import { expandTerms } from './term-list.js';

/** A formula taken apart: what each model matrix is made of. */
export interface ModelTerms {
  source: string;
  response: Expr | null;
  fixed: TermList;
  /** In the order of the formula. */
  random: RandomTerm[];
}

/**
 * Expands a formula into terms, by R's rules for the fixed part and lme4's for the random part.
 *
 * @param columns - names of the table's columns, needed only for `.`, which is every column that the response does not use.
 * @throws FormulaTermError when the formula means no model.
 */
export function expandFormula(formula: Formula, columns?: readonly string[]): ModelTerms {
  const { source, response, right } = formula;
  if (response !== null) checkResponse(source, response);
  const random = new RandomTermCollector(source, response === null ? '' : `${printExpr(response)} `);
  const dot = (at: Expr): Expr[] => {
    if (columns === undefined) {
      throw new FormulaTermError('. stands for the columns of the table, and no table was given.', {
        place: { source, start: at.start, end: at.end },
      });
    }
    const used = new Set(response === null ? [] : namesIn(response));
    return columns
      .filter((name) => !used.has(name))
      .map((name): NameNode => ({ kind: 'name', name, start: at.start, end: at.end }));
  };
  const fixed = expandTerms(source, right, { dot, takeRandom: (node, additive) => random.take(node, additive) });
  if (response !== null) refuseResponseAsTerm(source, response, fixed);
  return { source, response, fixed, random: random.terms };
}

function checkResponse(source: string, response: Expr): void {
  walk(response, (node) => {
    const place = { source, start: node.start, end: node.end };
    if (node.kind === 'call' && node.fn === 'cbind') {
      throw new FormulaTermError('A response of several columns cannot be fitted.', {
        place,
        hint: 'Fit one model for each, or put the columns under each other and add a factor that tells them apart.',
      });
    }
    if (node.kind === 'name' && node.name === '.')
      throw new FormulaTermError('. cannot stand in the response.', { place });
    if (node.kind === 'binary' && node.op === '||') {
      throw new FormulaTermError('|| cannot stand in the response.', { place, hint: 'Write |.' });
    }
  });
}

function refuseResponseAsTerm(source: string, response: Expr, fixed: TermList): void {
  const text = printExpr(stripParens(response));
  const used = new Set(fixed.terms.flat());
  fixed.variables.forEach((variable, v) => {
    if (!used.has(v) || printExpr(variable) !== text) return;
    throw new FormulaTermError(`The response ${text} is also a term on the right.`, {
      place: { source, start: variable.start, end: variable.end },
      hint: 'Take it out.',
    });
  });
}
