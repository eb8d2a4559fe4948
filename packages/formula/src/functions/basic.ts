import type { Value } from '../expression/value.js';
import { constant, logical, number } from '../expression/value.js';
import { factorOf, listOption, numbersOf, required } from './arguments.js';
import type { PlainFunction } from './function.js';

/** `I(x^2)`: arithmetic inside keeps its usual meaning. */
const identity: PlainFunction = { name: 'I', params: ['x'], evaluate: (call) => required(call, 'x') };

/** `c(1, 2)`: constants for the arguments of other functions and for %in%. */
const combine: PlainFunction = {
  name: 'c',
  params: ['...'],
  evaluate(call) {
    const values = call.rest.flatMap((value, k) => {
      if (value.kind === 'constant') return [value.value];
      if (value.kind === 'list') return value.values;
      return call.fail('c() takes constants only.', `...${k + 1}`, 'Columns are put side by side in the table.');
    });
    return { kind: 'list', values };
  },
};

/** `as.numeric(f)`: numbers of truth values, codes 1, 2, ... of a factor, and text read as numbers (missing if it is none). */
const asNumeric = (name: string, finish: (x: number) => number): PlainFunction => ({
  name,
  params: ['x'],
  evaluate(call) {
    const value = required(call, 'x');
    if (value.kind === 'constant') return constant(finish(Number(value.value)));
    if (value.kind !== 'factor') return number(numbersOf(call, 'x').map(finish));
    const byLevel = Float64Array.from(value.levels, (level, k) => finish(value.text ? readNumber(level) : k + 1));
    return number(Float64Array.from(value.codes, (code) => (code < 0 ? Number.NaN : byLevel[code]!)));
  },
});

const readNumber = (text: string): number => (text.trim() === '' ? Number.NaN : Number(text));

const asLogical: PlainFunction = {
  name: 'as.logical',
  params: ['x'],
  evaluate: (call) => logical(numbersOf(call, 'x').map((v) => (v !== v ? v : v === 0 ? 0 : 1))),
};

const asCharacter: PlainFunction = {
  name: 'as.character',
  params: ['x'],
  evaluate: (call) => ({ ...factorOf(call, 'x'), ordered: false, text: true }),
};

/** `ifelse(test, yes, no)` for numbers and truth values, or for constants of text. */
const ifelse: PlainFunction = {
  name: 'ifelse',
  params: ['test', 'yes', 'no'],
  evaluate(call) {
    const test = numbersOf(call, 'test');
    const [yes, no] = [required(call, 'yes'), required(call, 'no')];
    if (isText(yes) || isText(no))
      return chooseText(test, yes, no) ?? call.fail('ifelse() needs two numbers or two texts.');
    const [a, b] = [numbersOf(call, 'yes'), numbersOf(call, 'no')];
    const values = test.map((t, i) => (t !== t ? t : t !== 0 ? a[i]! : b[i]!));
    return yes.kind === 'logical' && no.kind === 'logical' ? logical(values) : number(values);
  },
};

const isText = (value: Value): boolean =>
  value.kind === 'factor' || (value.kind === 'constant' && typeof value.value === 'string');

function chooseText(test: Float64Array, yes: Value, no: Value): Value | null {
  const codes = new Int32Array(test.length);
  const levels = [...new Set([...labels(yes), ...labels(no)])].sort((a, b) => (a < b ? -1 : 1));
  const indexOf = new Map(levels.map((level, k) => [level, k]));
  const coder = (value: Value): ((i: number) => number) | null => {
    if (value.kind === 'constant') {
      const code = indexOf.get(String(value.value))!;
      return () => code;
    }
    // R's ifelse would take the codes of a factor; as a text it can only mean the labels.
    if (value.kind !== 'factor' || !value.text) return null;
    const target = value.levels.map((level) => indexOf.get(level)!);
    return (i) => (value.codes[i]! < 0 ? -1 : target[value.codes[i]!]!);
  };
  const [a, b] = [coder(yes), coder(no)];
  if (a === null || b === null) return null;
  for (let i = 0; i < test.length; i++) codes[i] = test[i] !== test[i] ? -1 : test[i] !== 0 ? a(i) : b(i);
  return { kind: 'factor', codes, levels, ordered: false, text: true };
}

const labels = (value: Value): readonly string[] =>
  value.kind === 'factor' ? value.levels : value.kind === 'constant' ? [String(value.value)] : [];

/** lme4's `dummy(f, "b")`: 1 for that level, 0 for the others; several levels, or none for all but the first, give a matrix. */
const dummy: PlainFunction = {
  name: 'dummy',
  params: ['f', 'levelsToKeep'],
  evaluate(call) {
    const { codes, levels } = factorOf(call, 'f');
    const keep = listOption(call, 'levelsToKeep')?.map(String) ?? levels.slice(1);
    const columns = keep.map((level) => {
      const k = levels.indexOf(level);
      if (k === -1 && call.mode !== 'plan')
        call.fail(`"${level}" is no level of this factor.`, 'levelsToKeep', `It has ${levels.join(', ')}.`);
      return Float64Array.from(codes, (code) => (code < 0 ? Number.NaN : code === k ? 1 : 0));
    });
    return columns.length === 1 ? number(columns[0]!) : { kind: 'matrix', columns, suffixes: keep };
  },
};

export const basicFunctions: PlainFunction[] = [
  identity,
  combine,
  asNumeric('as.numeric', (x) => x),
  asNumeric('as.integer', Math.trunc),
  asLogical,
  asCharacter,
  ifelse,
  dummy,
];
