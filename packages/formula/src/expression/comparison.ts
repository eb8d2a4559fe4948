import type { BinaryOperator } from '../syntax/ast.js';
import { byCodeUnit } from '../table/levels.js';
import type { FactorValue, Value } from './value.js';
import { constant, logical } from './value.js';

type Test = (order: number) => boolean;

const TESTS = new Map<BinaryOperator, Test>([
  ['==', (order) => order === 0],
  ['!=', (order) => order !== 0],
  ['<', (order) => order < 0],
  ['<=', (order) => order <= 0],
  ['>', (order) => order > 0],
  ['>=', (order) => order >= 0],
]);

const compareNumbers = (a: number, b: number): number => (a < b ? -1 : a > b ? 1 : 0);

const numeric = (value: Value): Float64Array | number | null => {
  if (value.kind === 'number' || value.kind === 'logical') return value.values;
  if (value.kind === 'matrix' && value.columns.length === 1) return value.columns[0]!;
  return value.kind === 'constant' && typeof value.value !== 'string' ? Number(value.value) : null;
};

function compareNumeric(test: Test, a: Float64Array | number, b: Float64Array | number): Value {
  const verdict = (x: number, y: number): number =>
    x !== x || y !== y ? Number.NaN : test(compareNumbers(x, y)) ? 1 : 0;
  if (typeof a === 'number') {
    return typeof b === 'number' ? constant(test(compareNumbers(a, b))) : logical(b.map((y) => verdict(a, y)));
  }
  return logical(typeof b === 'number' ? a.map((x) => verdict(x, b)) : a.map((x, i) => verdict(x, b[i]!)));
}

/** Whether every level passes; then rows look their level up. */
function byLevel(factor: FactorValue, passes: (level: string, code: number) => boolean): Value {
  const verdict = Float64Array.from(factor.levels, (level, k) => (passes(level, k) ? 1 : 0));
  return logical(Float64Array.from(factor.codes, (code) => (code < 0 ? Number.NaN : verdict[code]!)));
}

function compareWithText(op: BinaryOperator, factor: FactorValue, text: string, mirrored: boolean): Value | null {
  const test = TESTS.get(op)!;
  const sign = mirrored ? -1 : 1;
  if (op === '==' || op === '!=' || factor.text)
    return byLevel(factor, (level) => test(sign * byCodeUnit(level, text)));
  const at = factor.levels.indexOf(text);
  return factor.ordered && at !== -1 ? byLevel(factor, (_, k) => test(sign * (k - at))) : null;
}

function compareFactors(op: BinaryOperator, a: FactorValue, b: FactorValue): Value | null {
  const test = TESTS.get(op)!;
  const orderly = a.text && b.text;
  if (!orderly && op !== '==' && op !== '!=') return null;
  return logical(
    Float64Array.from(a.codes, (code, i) => {
      const other = b.codes[i]!;
      return code < 0 || other < 0 ? Number.NaN : test(byCodeUnit(a.levels[code]!, b.levels[other]!)) ? 1 : 0;
    }),
  );
}

/** `left op right` for ==, !=, <, <=, >, >=; null when they cannot be compared. Text is ordered by code unit. */
export function compare(op: BinaryOperator, left: Value, right: Value): Value | null {
  const [a, b] = [numeric(left), numeric(right)];
  if (a !== null && b !== null) return compareNumeric(TESTS.get(op)!, a, b);
  if (left.kind === 'factor' && right.kind === 'factor') return compareFactors(op, left, right);
  if (left.kind === 'factor' && right.kind === 'constant') return compareWithText(op, left, String(right.value), false);
  if (right.kind === 'factor' && left.kind === 'constant') return compareWithText(op, right, String(left.value), true);
  if (left.kind === 'constant' && right.kind === 'constant') {
    return constant(TESTS.get(op)!(byCodeUnit(String(left.value), String(right.value))));
  }
  return null;
}

/** `left %in% right`: never missing, as in R; null when the right side is no list of constants. */
export function contains(left: Value, right: Value): Value | null {
  const values = right.kind === 'list' ? right.values : right.kind === 'constant' ? [right.value] : null;
  if (values === null) return null;
  if (left.kind === 'factor') {
    const wanted = new Set(values.map(String));
    const verdict = left.levels.map((level) => (wanted.has(level) ? 1 : 0));
    return logical(Float64Array.from(left.codes, (code) => (code < 0 ? 0 : verdict[code]!)));
  }
  const x = numeric(left);
  if (x === null) return left.kind === 'constant' ? constant(values.map(String).includes(String(left.value))) : null;
  const wanted = new Set(values.map(Number));
  return typeof x === 'number' ? constant(wanted.has(x)) : logical(x.map((v) => (wanted.has(v) ? 1 : 0)));
}
