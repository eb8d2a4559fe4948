import type { Distribution } from '../design/state.js';
import type { FactorValue, Value } from '../expression/value.js';
import { describeValue } from '../expression/value.js';
import type { Call } from './function.js';

/** The argument as numbers (truth values as 0 and 1, a constant repeated); length nrow. */
export function numbersOf(call: Call, parameter: string): Float64Array {
  const value = required(call, parameter);
  const numbers = asNumbers(value, call.nrow);
  if (numbers === null) {
    call.fail(
      `${call.node.fn}() needs numbers, and "${parameter}" is ${describeValue(value)}.`,
      parameter,
      value.kind === 'factor' && !value.text ? 'as.numeric() gives the codes of a factor.' : undefined,
    );
  }
  return numbers;
}

/** Numbers of any value that has them, else null. Not copied when they are there already. */
export function asNumbers(value: Value, nrow: number): Float64Array | null {
  if (value.kind === 'number' || value.kind === 'logical') return value.values;
  if (value.kind === 'matrix' && value.columns.length === 1) return value.columns[0]!;
  if (value.kind === 'constant' && typeof value.value !== 'string')
    return new Float64Array(nrow).fill(Number(value.value));
  return null;
}

/**
 * The distribution of a first argument that must be finite numbers (or missing).
 *
 * @throws FormulaTypeError
 */
export function finiteValues(call: Call, { values }: Distribution): Float64Array {
  if (values === null) call.fail(`${call.node.fn}() needs numbers.`, 'x');
  const infinite = values.find((v) => v === Number.POSITIVE_INFINITY || v === Number.NEGATIVE_INFINITY);
  if (infinite !== undefined)
    call.fail(`${call.node.fn}() needs finite numbers, and some are ${infinite > 0 ? 'Inf' : '-Inf'}.`, 'x');
  return values;
}

export function required(call: Call, parameter: string): Value {
  return call.args.get(parameter) ?? call.fail(`${call.node.fn}() needs the argument "${parameter}".`);
}

export function factorOf(call: Call, parameter: string): FactorValue {
  const value = required(call, parameter);
  if (value.kind === 'factor') return value;
  if (value.kind === 'logical') {
    return {
      kind: 'factor',
      codes: Int32Array.from(value.values, (v) => (v === v ? v : -1)),
      levels: ['FALSE', 'TRUE'],
      ordered: false,
      text: false,
    };
  }
  return call.fail(
    `${call.node.fn}() needs a factor, and "${parameter}" is ${describeValue(value)}.`,
    parameter,
    'Wrap it in factor().',
  );
}

function constantOf(call: Call, parameter: string): number | string | boolean | null | undefined {
  const value = call.args.get(parameter);
  if (value === undefined) return undefined;
  if (value.kind === 'constant') return value.value;
  if (value.kind === 'null') return null;
  if (value.kind === 'list' && value.values.length === 1) return value.values[0];
  return call.fail(`"${parameter}" of ${call.node.fn}() must be a constant.`, parameter);
}

/** A constant number; undefined if the argument was not given or NULL. */
export function numberOption(call: Call, parameter: string): number | undefined {
  const value = constantOf(call, parameter);
  if (value === undefined || value === null) return undefined;
  return typeof value === 'number'
    ? value
    : call.fail(`"${parameter}" of ${call.node.fn}() must be a number.`, parameter);
}

/** A whole number of at least `min`. */
export function countOption(call: Call, parameter: string, min: number): number | undefined {
  const value = numberOption(call, parameter);
  if (value === undefined || (Number.isInteger(value) && value >= min)) return value;
  return call.fail(`"${parameter}" of ${call.node.fn}() must be a whole number from ${min}.`, parameter);
}

export function flagOption(call: Call, parameter: string, fallback: boolean): boolean {
  const value = constantOf(call, parameter);
  if (value === undefined || value === null) return fallback;
  return typeof value === 'boolean'
    ? value
    : call.fail(`"${parameter}" of ${call.node.fn}() must be TRUE or FALSE.`, parameter);
}

export function textOption(call: Call, parameter: string): string | undefined {
  const value = constantOf(call, parameter);
  if (value === undefined || value === null) return undefined;
  return String(value);
}

/** `c(...)` or a single constant as a list; undefined if the argument was not given or NULL. */
export function listOption(call: Call, parameter: string): (number | string | boolean)[] | undefined {
  const value = call.args.get(parameter);
  if (value === undefined || value.kind === 'null') return undefined;
  if (value.kind === 'list') return value.values;
  if (value.kind === 'constant') return [value.value];
  return call.fail(`"${parameter}" of ${call.node.fn}() must be constants, as in c(1, 2).`, parameter);
}

export function numberListOption(call: Call, parameter: string): number[] | undefined {
  return listOption(call, parameter)?.map((value) =>
    typeof value === 'number' && Number.isFinite(value)
      ? value
      : call.fail(`"${parameter}" of ${call.node.fn}() must be finite numbers.`, parameter),
  );
}
