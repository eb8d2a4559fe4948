import { FormulaTypeError } from '../errors.js';
import type { BinaryNode, BinaryOperator, Expr, UnaryNode } from '../syntax/ast.js';
import { compare, contains } from './comparison.js';
import type { EvaluationContext } from './context.js';
import { interactFactors } from './interact-factors.js';
import type { Value } from './value.js';
import { constant, describeValue, logical, number } from './value.js';

type Operand = Float64Array | number;
type Scalar2 = (a: number, b: number) => number;

/** R's %% takes the sign of the divisor. */
const modulo: Scalar2 = (a, b) => (b === 0 ? Number.NaN : a - Math.floor(a / b) * b);

/** R: 1^x and x^0 are 1 even for a missing x; NaN as JavaScript's ** would give is kept otherwise. */
const power: Scalar2 = (a, b) => (a === 1 || b === 0 ? 1 : b === 2 ? a * a : a ** b);

const ARITHMETIC = new Map<BinaryOperator, Scalar2>([
  ['+', (a, b) => a + b],
  ['-', (a, b) => a - b],
  ['*', (a, b) => a * b],
  ['/', (a, b) => a / b],
  ['^', power],
  ['%%', modulo],
  ['%/%', (a, b) => Math.floor(a / b)],
]);

/** Three-valued logic: FALSE & NA is FALSE, TRUE | NA is TRUE. */
const LOGIC = new Map<BinaryOperator, Scalar2>([
  ['&', (a, b) => (a === 0 || b === 0 ? 0 : a !== a || b !== b ? Number.NaN : 1)],
  ['|', (a, b) => ((a === a && a !== 0) || (b === b && b !== 0) ? 1 : a !== a || b !== b ? Number.NaN : 0)],
]);

const COMPARISONS = new Set<BinaryOperator>(['==', '!=', '<', '<=', '>', '>=']);

function operand(value: Value): Operand | null {
  if (value.kind === 'number' || value.kind === 'logical') return value.values;
  if (value.kind === 'matrix' && value.columns.length === 1) return value.columns[0]!;
  if (value.kind === 'constant' && typeof value.value !== 'string') return Number(value.value);
  return null;
}

/** `f` row by row; two constants give a constant. */
function zip(f: Scalar2, a: Operand, b: Operand): Operand {
  if (typeof a === 'number' && typeof b === 'number') return f(a, b);
  const out = new Float64Array(typeof a === 'number' ? (b as Float64Array).length : a.length);
  if (typeof a === 'number') for (let i = 0; i < out.length; i++) out[i] = f(a, (b as Float64Array)[i]!);
  else if (typeof b === 'number') for (let i = 0; i < out.length; i++) out[i] = f(a[i]!, b);
  else for (let i = 0; i < out.length; i++) out[i] = f(a[i]!, b[i]!);
  return out;
}

function fail(node: Expr, context: EvaluationContext, what: string, hint?: string): never {
  throw new FormulaTypeError(what, { place: { source: context.source, start: node.start, end: node.end }, hint });
}

/** Value of `left op right`. @throws FormulaTypeError when the operator cannot take them. */
export function applyBinary(node: BinaryNode, left: Value, right: Value, context: EvaluationContext): Value {
  const { op } = node;
  if (op === '||') return fail(node, context, '|| has no meaning inside an expression.', 'Write | for "or".');
  if (op === '%in%')
    return contains(left, right) ?? fail(node, context, '%in% needs a list such as c("a", "b") on its right.');
  if (COMPARISONS.has(op)) {
    return (
      compare(op, left, right) ??
      fail(node, context, `${op} cannot compare ${describeValue(left)} with ${describeValue(right)}.`)
    );
  }
  if (op === ':') {
    if (left.kind === 'factor' && right.kind === 'factor') return interactFactors(left, right, ':');
    return fail(node, context, ': inside an expression interacts two factors.', 'Wrap them in factor().');
  }
  const a = operand(left);
  const b = operand(right);
  const logic = LOGIC.get(op);
  if (a === null || b === null) {
    const wrong = a === null ? left : right;
    const hint =
      wrong.kind === 'factor' && logic !== undefined
        ? 'Compare it, as in group == "a".'
        : wrong.kind === 'factor'
          ? 'as.numeric() gives the codes of a factor.'
          : undefined;
    return fail(
      a === null ? node.left : node.right,
      context,
      `${op} needs ${logic === undefined ? 'numbers' : 'truth values'}, not ${describeValue(wrong)}.`,
      hint,
    );
  }
  const result = zip(logic ?? ARITHMETIC.get(op)!, a, b);
  if (typeof result === 'number') return constant(logic === undefined ? result : result !== 0);
  return logic === undefined ? number(result) : logical(result);
}

/** Value of `op operand`. @throws FormulaTypeError when the operator cannot take it. */
export function applyUnary(node: UnaryNode, value: Value, context: EvaluationContext): Value {
  const { op } = node;
  const x = operand(value);
  if (x === null)
    return fail(
      node.operand,
      context,
      `${op} needs ${op === '!' ? 'truth values' : 'numbers'}, not ${describeValue(value)}.`,
    );
  if (op === '+') return value;
  if (op === '-') {
    const negative = zip((a) => -a, x, 0);
    return typeof negative === 'number' ? constant(negative) : number(negative);
  }
  if (typeof x === 'number') return constant(x === 0);
  return logical(x.map((v) => (v !== v ? v : v === 0 ? 1 : 0)));
}
