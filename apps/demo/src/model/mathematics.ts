import { printExpr, type RandomTerm, type TermList } from '@blup/formula';
import type { CheckedFormula } from './check-formula.js';
import { groupText } from './names.js';

/** A MathML element; texts are never read as markup. */
export interface MathNode {
  readonly tag: string;
  readonly children: readonly (MathNode | string)[];
}

const node = (tag: string, ...children: (MathNode | string)[]): MathNode => ({ tag, children });
const row = (...children: MathNode[]): MathNode => node('mrow', ...children);
const mi = (text: string): MathNode => node('mi', text);
const mo = (text: string): MathNode => node('mo', text);
const mn = (value: number): MathNode => node('mn', String(value));
const name = (text: string): MathNode => node('mtext', text);
const sub = (base: MathNode, ...below: MathNode[]): MathNode => node('msub', base, row(...below));
const sup = (base: MathNode, above: MathNode): MathNode => node('msup', base, above);

/** Joins with an operator between. */
function joined(items: readonly MathNode[], operator: string): MathNode[] {
  return items.flatMap((item, k) => (k === 0 ? [item] : [mo(operator), item]));
}

/** The model as equations: the rows, the random effects of each term, the residuals. */
export function modelInMathematics({ terms, design }: CheckedFormula, weighted: boolean): MathNode[] {
  const isFactor = new Set(
    design.variables.filter(({ kind }) => kind === 'factor' || kind === 'logical').map(({ name }) => name),
  );
  const response = terms.response === null ? 'y' : printExpr(terms.response);
  const random = terms.random.flatMap((term, t) => randomParts(term, t, terms.random.length, isFactor));
  const parts = [
    ...fixedParts(terms.fixed, isFactor),
    ...terms.fixed.offsets.map((offset) => sub(name(printExpr(offset)), mi('i'))),
    ...random,
    sub(mi('ε'), mi('i')),
  ];
  const variance = weighted ? node('mfrac', sup(mi('σ'), mn(2)), sub(mi('w'), mi('i'))) : sup(mi('σ'), mn(2));
  return [
    row(sub(name(response), mi('i')), mo('='), ...joined(parts, '+')),
    ...terms.random.map((term, t) => distribution(term, t, terms.random.length, isFactor)),
    row(sub(mi('ε'), mi('i')), mo('∼'), mi('N'), mo('('), mn(0), mo(','), variance, mo(')')),
  ];
}

/** The columns of a matrix: an intercept, or the product of numbers and the choice of a coefficient by levels. */
function columnsOf(list: TermList, isFactor: ReadonlySet<string>): { factors: string[]; numbers: string[] }[] {
  const columns = list.intercept ? [{ factors: [] as string[], numbers: [] as string[] }] : [];
  for (const term of list.terms) {
    const texts = term.map((v) => printExpr(list.variables[v]));
    columns.push({ factors: texts.filter((t) => isFactor.has(t)), numbers: texts.filter((t) => !isFactor.has(t)) });
  }
  return columns;
}

const atRow = (text: string): MathNode => row(name(text), mo('['), mi('i'), mo(']'));

function fixedParts(list: TermList, isFactor: ReadonlySet<string>): MathNode[] {
  return columnsOf(list, isFactor).map(({ factors, numbers }, k) =>
    row(
      sub(mi('β'), ...joined([mn(k + (list.intercept ? 0 : 1)), ...factors.map(atRow)], ',')),
      ...numbers.map((text) => sub(name(text), mi('i'))),
    ),
  );
}

/** b, or one letter for each of several terms. */
const letter = (t: number, count: number): MathNode =>
  mi(count === 1 ? 'b' : (['a', 'b', 'c', 'd', 'f', 'g', 'h'][t] ?? 'b'));

function randomParts(term: RandomTerm, t: number, count: number, isFactor: ReadonlySet<string>): MathNode[] {
  const columns = columnsOf(term.columns, isFactor);
  return columns.map(({ factors, numbers }, k) => {
    const index = [...(columns.length > 1 ? [mn(k)] : []), ...factors.map(atRow), atRow(groupText(term.group))];
    return row(sub(letter(t, count), ...joined(index, ',')), ...numbers.map((text) => sub(name(text), mi('i'))));
  });
}

function distribution(term: RandomTerm, t: number, count: number, isFactor: ReadonlySet<string>): MathNode {
  const columns = columnsOf(term.columns, isFactor);
  const scalar = columns.length === 1 && columns[0].factors.length === 0;
  const b = letter(t, count);
  const which = mi('j');
  if (scalar) {
    return row(sub(b, which), mo('∼'), mi('N'), mo('('), mn(0), mo(','), node('msubsup', mi('σ'), b, mn(2)), mo(')'));
  }
  const vector =
    columns.every(({ factors }) => factors.length === 0) && columns.length < 5
      ? row(
          mo('('),
          ...joined(
            columns.map((_, k) => sub(b, mn(k), mo(','), which)),
            ',',
          ),
          mo(')'),
        )
      : sub(node('mi', 'b'), which);
  const covariance = sub(mi('Σ'), b);
  const tag = term.independent ? 'diag' : term.structure.name;
  const kind = tag === 'us' ? [] : [mo(','), covariance, name(` ${tag}`)];
  return row(vector, mo('∼'), mi('N'), mo('('), mn(0), mo(','), covariance, mo(')'), ...kind);
}
