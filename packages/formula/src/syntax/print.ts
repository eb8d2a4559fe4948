import type { Argument, Expr, Formula } from './ast.js';
import { leftSpine } from './ast.js';
import { formatNumber } from './format-number.js';

/** Operators that R prints without blanks around them. */
const TIGHT = new Set(['^', ':', '/', '%%', '%/%']);

const SYNTACTIC = /^(?:[\p{L}]|\.(?!\d))[\p{L}\p{N}\p{M}._]*$/u;
const WORDS = new Set(
  'TRUE FALSE NULL NA NaN Inf if else for while repeat function next break in NA_integer_ NA_real_ NA_character_'.split(
    ' ',
  ),
);

/** A name as it must be written: between backticks when it is no R name. */
export function quoteName(name: string): string {
  if (SYNTACTIC.test(name) && !WORDS.has(name)) return name;
  return `\`${escape(name).replaceAll('`', '\\`')}\``;
}

const escape = (text: string): string =>
  text
    .replaceAll('\\', '\\\\')
    .replaceAll('\n', '\\n')
    .replaceAll('\t', '\\t')
    .replaceAll('\r', '\\r')
    .replaceAll('\0', '\\0');

const quoteString = (text: string): string => `"${escape(text).replaceAll('"', '\\"')}"`;

function printNumber(value: number, integer: boolean): string {
  if (Number.isNaN(value)) return 'NA';
  return integer ? `${value}L` : formatNumber(value);
}

function printFunctionName(fn: string): string {
  const parts = fn.split('::');
  return parts.length === 2 && parts.every((part) => SYNTACTIC.test(part)) ? fn : quoteName(fn);
}

const printArgument = ({ name, value }: Argument): string =>
  name === null ? printExpr(value) : `${quoteName(name)} = ${printExpr(value)}`;

/**
 * The expression as R's `deparse` writes it, on one line: `sin(2 * x/12)`, `I(x^2)`, `poly(x, 2, raw = TRUE)`. Names of
 * variables, terms and columns are made of this. Parsing the result gives the same tree.
 */
export function printExpr(node: Expr): string {
  switch (node.kind) {
    case 'number':
      return printNumber(node.value, node.integer);
    case 'string':
      return quoteString(node.value);
    case 'logical':
      return node.value ? 'TRUE' : 'FALSE';
    case 'null':
      return 'NULL';
    case 'name':
      return quoteName(node.name);
    case 'paren':
      return `(${printExpr(node.inner)})`;
    case 'unary':
      return node.op + printExpr(node.operand);
    case 'call':
      return `${printFunctionName(node.fn)}(${node.args.map(printArgument).join(', ')})`;
    case 'binary': {
      const { first, steps } = leftSpine(node);
      let text = printExpr(first);
      for (const { op, right } of steps) text += (TIGHT.has(op) ? op : ` ${op} `) + printExpr(right);
      return text;
    }
  }
}

/** The formula on one line, in R's spelling; parsing it gives the same tree. */
export function printFormula(formula: Formula): string {
  const right = printExpr(formula.right);
  return formula.response === null ? `~${right}` : `${printExpr(formula.response)} ~ ${right}`;
}
