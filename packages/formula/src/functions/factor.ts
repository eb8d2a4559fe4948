import type { Distribution, FunctionState } from '../design/state.js';
import type { FactorValue, Value } from '../expression/value.js';
import { describeValue } from '../expression/value.js';
import { codeNumbers, numberLabel, recode } from '../table/levels.js';
import type { CodedColumn } from '../table/table.js';
import { factorOf, flagOption, listOption, required, textOption } from './arguments.js';
import type { Call, FormulaFunction, StatefulFunction } from './function.js';

/** Levels and codes of anything that can be a factor: text and factors by level, numbers in numerical order. */
function codesOf(call: Call): CodedColumn {
  const value = required(call, 'x');
  if (value.kind === 'factor' || value.kind === 'logical') return factorOf(call, 'x');
  if (value.kind === 'number') {
    const { codes, distinct } = codeNumbers(value.values);
    return { codes, levels: Array.from(distinct, numberLabel) };
  }
  return call.fail(`${call.node.fn}() cannot make a factor of ${describeValue(value)}.`, 'x');
}

/** The levels that occur, or those given by `levels =`. */
function fitLevels(call: Call, { values, levels }: Distribution): FunctionState {
  const given = listOption(call, 'levels')?.map(labelOf);
  if (given !== undefined) {
    if (new Set(given).size !== given.length) call.fail('"levels" contains a duplicate.', 'levels');
    return { levels: given };
  }
  if (levels !== null) return { levels: [...levels] };
  if (required(call, 'x').kind === 'logical') return { levels: presentTruthValues(values!) };
  return { levels: Array.from(codeNumbers(values!).distinct, numberLabel) };
}

const presentTruthValues = (values: Float64Array): string[] => [
  ...(values.includes(0) ? ['FALSE'] : []),
  ...(values.includes(1) ? ['TRUE'] : []),
];

const labelOf = (value: number | string | boolean): string =>
  typeof value === 'number' ? numberLabel(value) : typeof value === 'boolean' ? (value ? 'TRUE' : 'FALSE') : value;

function applyLevels(call: Call, state: FunctionState | null, ordered: boolean): Value {
  const coded = codesOf(call);
  const known = (state?.['levels'] as string[] | undefined) ?? [...coded.levels];
  let { codes, levels } = recode(coded, known);
  const given = listOption(call, 'levels') !== undefined;
  if (given && levels.length > known.length) {
    codes = codes.map((code) => (code < known.length ? code : -1));
    levels = known;
  }
  const labels = listOption(call, 'labels')?.map(labelOf);
  if (labels === undefined) return { kind: 'factor', codes, levels, ordered, text: false };
  if (state !== null && labels.length !== known.length) {
    call.fail(`There are ${labels.length} labels for ${known.length} levels.`, 'labels');
  }
  return mergeLabels(codes, [...labels, ...levels.slice(labels.length)], ordered);
}

/** Equal labels join their levels, as in R. */
function mergeLabels(codes: Int32Array, labels: readonly string[], ordered: boolean): FactorValue {
  const levels = [...new Set(labels)];
  const target = Int32Array.from(labels, (label) => levels.indexOf(label));
  return { kind: 'factor', codes: codes.map((code) => (code < 0 ? -1 : target[code]!)), levels, ordered, text: false };
}

const factor: StatefulFunction = {
  name: 'factor',
  params: ['x', 'levels', 'labels', 'ordered'],
  fit: fitLevels,
  apply(call, state) {
    const x = required(call, 'x');
    return applyLevels(call, state, flagOption(call, 'ordered', x.kind === 'factor' && x.ordered));
  },
};

const asFactor: StatefulFunction = {
  name: 'as.factor',
  params: ['x'],
  fit: fitLevels,
  apply(call, state) {
    const x = required(call, 'x');
    return applyLevels(call, state, x.kind === 'factor' && x.ordered);
  },
};

const ordered: StatefulFunction = {
  name: 'ordered',
  params: ['x', 'levels', 'labels'],
  fit: fitLevels,
  apply: (call, state) => applyLevels(call, state, true),
};

/** `relevel(f, ref = "b")`: that level first. */
const relevel: FormulaFunction = {
  name: 'relevel',
  params: ['x', 'ref'],
  evaluate(call) {
    const value = factorOf(call, 'x');
    const ref = textOption(call, 'ref') ?? call.fail('relevel() needs the argument "ref".');
    if (value.ordered) call.fail('relevel() is for unordered factors.', 'x');
    const at = value.levels.indexOf(ref);
    if (at === -1) {
      if (call.mode === 'plan') return value;
      call.fail(`"${ref}" is no level of this factor.`, 'ref', `It has ${value.levels.join(', ')}.`);
    }
    const levels = [ref, ...value.levels.filter((level) => level !== ref)];
    const codes = value.codes.map((code) => (code === at ? 0 : code >= 0 && code < at ? code + 1 : code));
    return { kind: 'factor', codes, levels, ordered: false, text: false };
  },
};

export const factorFunctions: FormulaFunction[] = [factor, asFactor, ordered, relevel];
