import type { Value } from '../expression/value.js';
import { constant, logical, number } from '../expression/value.js';
import { asNumbers, countOption, numbersOf, required } from './arguments.js';
import type { Call, PlainFunction } from './function.js';

/** `f` row by row; a constant stays a constant. */
function elementwise(name: string, f: (x: number) => number): PlainFunction {
  return {
    name,
    params: ['x'],
    evaluate(call) {
      const value = required(call, 'x');
      if (value.kind === 'constant' && typeof value.value !== 'string') return constant(f(Number(value.value)));
      return number(numbersOf(call, 'x').map(f));
    },
  };
}

/** R rounds half to even (IEC 60559). */
function roundHalfEven(x: number): number {
  const down = Math.floor(x);
  const above = x - down;
  if (above !== 0.5) return Math.round(x);
  return down % 2 === 0 ? down : down + 1;
}

/** To `digits` decimals: the closer of the two candidates, a tie to the even last digit (R 4.0.0 and later). */
function roundTo(x: number, digits: number): number {
  if (digits === 0 || !Number.isFinite(x)) return roundHalfEven(x);
  const unit = 10 ** digits;
  const scaled = x * unit;
  if (!Number.isFinite(scaled) || Math.abs(scaled) >= 2 ** 52) return x;
  const floor = Math.floor(scaled);
  const [low, high] = [floor / unit, Math.ceil(scaled) / unit];
  const [below, above] = [x - low, high - x];
  return below < above || (below === above && floor % 2 === 0) ? low : high;
}

const round: PlainFunction = {
  name: 'round',
  params: ['x', 'digits'],
  evaluate(call) {
    const digits = countOption(call, 'digits', -300) ?? 0;
    return number(numbersOf(call, 'x').map((x) => roundTo(x, digits)));
  },
};

/** `log(x)` or `log(x, base)`. */
const log: PlainFunction = {
  name: 'log',
  params: ['x', 'base'],
  evaluate(call) {
    const base = call.args.get('base');
    const x = required(call, 'x');
    if (base === undefined && x.kind === 'constant' && typeof x.value !== 'string')
      return constant(Math.log(Number(x.value)));
    const values = numbersOf(call, 'x');
    if (base === undefined) return number(values.map(Math.log));
    const divisor = numbersOf(call, 'base');
    return number(values.map((v, i) => logToBase(v, divisor[i]!)));
  },
};

function logToBase(x: number, base: number): number {
  if (base === 2) return Math.log2(x);
  return base === 10 ? Math.log10(x) : Math.log(x) / Math.log(base);
}

/** Smallest or largest of several columns and constants row by row; missing if one is. */
function parallel(name: string, choose: (a: number, b: number) => number): PlainFunction {
  return {
    name,
    params: ['...'],
    evaluate(call) {
      const columns = call.rest.map((value, k) => numbersOrFail(call, value, k));
      const [first, ...others] = columns;
      if (first === undefined) return call.fail(`${name}() needs at least one argument.`);
      return number(first.map((x, i) => others.reduce((best, other) => choose(best, other[i]!), x)));
    },
  };
}

const numbersOrFail = (call: Call, value: Value, k: number): Float64Array =>
  asNumbers(value, call.nrow) ?? call.fail(`${call.node.fn}() needs numbers.`, `...${k + 1}`);

const isNa: PlainFunction = {
  name: 'is.na',
  params: ['x'],
  evaluate(call) {
    const value = required(call, 'x');
    if (value.kind === 'factor') return logical(Float64Array.from(value.codes, (code) => (code < 0 ? 1 : 0)));
    return logical(numbersOf(call, 'x').map((v) => (v !== v ? 1 : 0)));
  },
};

export const mathFunctions: PlainFunction[] = [
  log,
  round,
  isNa,
  elementwise('log2', Math.log2),
  elementwise('log10', Math.log10),
  elementwise('log1p', Math.log1p),
  elementwise('exp', Math.exp),
  elementwise('expm1', Math.expm1),
  elementwise('sqrt', Math.sqrt),
  elementwise('abs', Math.abs),
  elementwise('sign', Math.sign),
  elementwise('sin', Math.sin),
  elementwise('cos', Math.cos),
  elementwise('tan', Math.tan),
  elementwise('asin', Math.asin),
  elementwise('acos', Math.acos),
  elementwise('atan', Math.atan),
  elementwise('sinh', Math.sinh),
  elementwise('cosh', Math.cosh),
  elementwise('tanh', Math.tanh),
  elementwise('floor', Math.floor),
  elementwise('ceil', Math.ceil),
  elementwise('ceiling', Math.ceil),
  elementwise('trunc', Math.trunc),
  parallel('pmin', Math.min),
  parallel('pmax', Math.max),
];
