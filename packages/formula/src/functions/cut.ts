import type { Distribution, FunctionState } from '../design/state.js';
import type { Value } from '../expression/value.js';
import { number } from '../expression/value.js';
import { countOption, flagOption, listOption, numbersOf } from './arguments.js';
import type { Call, StatefulFunction } from './function.js';

/** The number with `digits` significant digits as C's %g writes it. */
function general(value: number, digits: number): string {
  // R pads infinity: (2, Inf].
  if (!Number.isFinite(value)) return value > 0 ? ' Inf' : '-Inf';
  if (value === 0) return '0';
  const [mantissa, exponentText] = value.toExponential(digits - 1).split('e') as [string, string];
  const exponent = Number(exponentText);
  const strip = (text: string): string => (text.includes('.') ? text.replace(/\.?0+$/, '') : text);
  if (exponent >= -4 && exponent < digits) return strip(value.toFixed(digits - 1 - exponent));
  return `${strip(mantissa)}e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`;
}

/** Intervals as `(a,b]` with as many digits as tell the breaks apart. */
function intervalLabels(breaks: readonly number[], digits: number, right: boolean, closed: boolean): string[] {
  const count = breaks.length - 1;
  for (let d = digits; d <= Math.max(12, digits); d++) {
    const texts = breaks.map((b) => general(b, d));
    if (texts.some((text, k) => k > 0 && text === texts[k - 1])) continue;
    return Array.from({ length: count }, (_, k) => {
      const open = right && !(closed && k === 0) ? '(' : '[';
      const close = !right && !(closed && k === count - 1) ? ')' : ']';
      return `${open}${texts[k]!},${texts[k + 1]!}${close}`;
    });
  }
  return Array.from({ length: count }, (_, k) => `Range_${k + 1}`);
}

/** So many intervals of equal length over the range, which is widened by a thousandth at both ends. */
function equalBreaks(call: Call, count: number, values: Float64Array): number[] {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const v of values) {
    if (v < low) low = v;
    if (v > high) high = v;
  }
  if (!Number.isFinite(high - low)) call.fail('cut() needs finite values.', 'x');
  const width = high - low;
  const margin = (width > 0 ? width : Math.abs(low) || 1) / 1000;
  const [from, to] = width > 0 ? [low, high] : [low - margin, high + margin];
  const breaks = Array.from({ length: count + 1 }, (_, k) => from + (k * (to - from)) / count);
  breaks[0] = low - margin;
  breaks[count] = high + margin;
  return breaks;
}

function fit(call: Call, { values }: Distribution): FunctionState {
  if (values === null) call.fail('cut() needs numbers.', 'x');
  const given = numberOrInfinite(call);
  const breaks =
    given.length === 1 ? equalBreaks(call, countOption(call, 'breaks', 2)!, values) : given.sort((a, b) => a - b);
  if (new Set(breaks).size !== breaks.length) call.fail('"breaks" contains a duplicate.', 'breaks');
  const right = flagOption(call, 'right', true);
  const labels = call.args.get('labels');
  const automatic =
    labels === undefined || labels.kind === 'null' || (labels.kind === 'constant' && labels.value === false);
  const names = automatic
    ? intervalLabels(breaks, countOption(call, 'dig.lab', 1) ?? 3, right, flagOption(call, 'include.lowest', false))
    : listOption(call, 'labels')!.map(String);
  if (names.length !== breaks.length - 1)
    call.fail(`There are ${names.length} labels for ${breaks.length - 1} intervals.`, 'labels');
  if (new Set(names).size !== names.length) call.fail('"labels" contains a duplicate.', 'labels');
  return { breaks: breaks.map(encode), labels: names };
}

/** JSON has no infinity. */
const encode = (value: number): string => String(value);

function numberOrInfinite(call: Call): number[] {
  const values = listOption(call, 'breaks') ?? call.fail('cut() needs the argument "breaks".');
  return values.map((v) => (typeof v === 'number' && v === v ? v : call.fail('"breaks" must be numbers.', 'breaks')));
}

function intervalOf(breaks: readonly number[], x: number, right: boolean, closed: boolean): number {
  let low = 0;
  let high = breaks.length - 1;
  if (!(x >= breaks[low]! && x <= breaks[high]!)) return -1;
  if (x === breaks[right ? low : high]) return closed ? (right ? 0 : high - 1) : -1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (right ? x > breaks[middle]! : x >= breaks[middle]!) low = middle;
    else high = middle;
  }
  return low;
}

/** `cut(x, breaks)`: intervals as a factor; a single number of breaks divides the range of all rows. */
export const cut: StatefulFunction = {
  name: 'cut',
  params: ['x', 'breaks', 'labels', 'include.lowest', 'right', 'dig.lab', 'ordered_result'],
  fit,
  apply(call, state): Value {
    const x = numbersOf(call, 'x');
    const ordered = flagOption(call, 'ordered_result', false);
    const labels = call.args.get('labels');
    const codesOnly = labels?.kind === 'constant' && labels.value === false;
    if (state === null)
      return codesOnly
        ? number(x)
        : { kind: 'factor', codes: new Int32Array(x.length), levels: [], ordered, text: false };
    const breaks = (state['breaks'] as string[]).map(Number);
    const right = flagOption(call, 'right', true);
    const closed = flagOption(call, 'include.lowest', false);
    const codes = Int32Array.from(x, (v) => intervalOf(breaks, v, right, closed));
    if (codesOnly) return number(Float64Array.from(codes, (code) => (code < 0 ? Number.NaN : code + 1)));
    return { kind: 'factor', codes, levels: state['labels'] as string[], ordered, text: false };
  },
};
