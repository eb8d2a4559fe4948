import { FormulaTermError } from '../errors.js';
import type { BinaryOperator, Expr } from '../syntax/ast.js';
import { leftSpine, stripParens } from '../syntax/ast.js';
import { printExpr } from '../syntax/print.js';

const allowed = (): string => 'Use /, : and * only.';

/** What to write instead of operators that make no grouping factor. */
const INSTEAD = new Map<BinaryOperator, (left: string, right: string) => string>([
  ['+', (left, right) => `Write one term for each: (... | ${left}) + (... | ${right}).`],
  ['%in%', (left, right) => `Write ${left}:${right}.`],
  ['-', allowed],
  ['^', allowed],
  ['|', allowed],
  ['||', allowed],
]);

/** More variables than this in one grouping factor are a slip. */
const MAX_PARTS = 100;

/** A grouping factor: the interaction of its parts. */
export interface Grouping {
  /** Named as lme4 names it: `Subject`, `cask:batch`, `c:(b:a)`. */
  name: string;
  /** The expressions interacted; the first varies slowest in the order of levels. */
  parts: Expr[];
  /** Places of the text for messages. */
  start: number;
  end: number;
}

const groupName = (node: Expr): string => (node.kind === 'name' ? node.name : printExpr(node));

/** Text of a grouping factor inside an interaction; an interaction inside another stands in parentheses. */
const within = (parts: Expr[], text: string): string =>
  parts.length > 1 && !text.startsWith('(') ? `(${text})` : text;

interface Piece {
  parts: Expr[];
  text: string;
}

/**
 * The grouping factors on the right of a bar: `a/b` is `a` and `b:a` (b within a), `a*b` is `a`, `b` and `a:b`.
 *
 * @throws FormulaTermError for any other operator.
 */
export function expandGrouping(source: string, node: Expr): Grouping[] {
  const fail = (what: string, at: Expr, hint: string): never => {
    throw new FormulaTermError(what, { place: { source, start: at.start, end: at.end }, hint });
  };

  const pieces = (at: Expr): Piece[] => {
    const inner = stripParens(at);
    if (inner.kind === 'number' || inner.kind === 'string' || inner.kind === 'logical' || inner.kind === 'null') {
      return fail(`${printExpr(inner)} is no grouping factor.`, at, 'Name a column: (1 | group).');
    }
    if (inner.kind !== 'binary') return [{ parts: [inner], text: printExpr(inner) }];
    const { op, left, right } = inner;
    if (op === '/') {
      const outer = pieces(left);
      const last = outer.at(-1)!;
      return [...outer, ...pieces(right).map((piece) => join(piece, last))];
    }
    if (op === '*') {
      const [a, b] = [pieces(left), pieces(right)];
      return [
        ...a,
        ...b,
        ...a.flatMap((x) => b.map((y) => ({ parts: [...x.parts, ...y.parts], text: `${x.text}:${y.text}` }))),
      ];
    }
    if (op === ':') {
      const [a, b] = [single(left), single(right)];
      return [{ parts: [...a.parts, ...b.parts], text: `${textOf(left, a)}:${textOf(right, b)}` }];
    }
    const instead = INSTEAD.get(op);
    if (instead !== undefined)
      fail(`${op} cannot stand on the right of a bar.`, at, instead(printExpr(left), printExpr(right)));
    return [{ parts: [inner], text: printExpr(inner) }];
  };

  const single = (at: Expr): Piece => {
    const found = pieces(at);
    if (found.length !== 1)
      fail('/ and * cannot stand inside an interaction of grouping factors.', at, 'Write the terms one by one.');
    return found[0]!;
  };

  const textOf = (at: Expr, piece: Piece): string =>
    at.kind === 'paren' ? within(piece.parts, piece.text) : piece.text;

  const join = (inside: Piece, outside: Piece): Piece => ({
    parts: [...inside.parts, ...outside.parts],
    text: `${within(inside.parts, inside.text)}:${within(outside.parts, outside.text)}`,
  });

  if (leftSpine(node).steps.length > MAX_PARTS)
    fail(`A grouping factor has at most ${MAX_PARTS} parts.`, node, 'Make the factor in the table.');
  const { start, end } = node;
  const found = pieces(node);
  // lme4 keeps parentheses that the user wrote around a single factor.
  if (node.kind === 'paren' && found.length === 1) {
    return [{ name: printExpr(node), parts: found[0]!.parts, start, end }];
  }
  return found.map(({ parts, text }) => ({
    name: parts.length === 1 ? groupName(parts[0]!) : text,
    parts,
    start,
    end,
  }));
}
