import { UsageError } from '../errors.js';
import { readTestMethod, type TestMethod } from './anova.js';
import { modelOptions, outputOptions, readModelArguments, tableOptions, type ModelArguments } from './model.js';
import { formatOf, numberBetween, oneOf, type Given, type OptionTable } from './options.js';

const methods = ['pairwise', 'revpairwise', 'trt.vs.ctrl', 'eff'] as const;
const adjustments = ['tukey', 'bonferroni', 'holm', 'sidak', 'none'] as const;
const averages = ['equal', 'proportional', 'outer', 'cells', 'flat'] as const;

/** What `blup emmeans` was asked to do. */
export interface EmmeansArguments extends ModelArguments {
  /** As given: one name, or several separated by commas. */
  readonly specs: readonly string[];
  readonly by: readonly string[];
  /** Values of columns as text. */
  readonly at: ReadonlyMap<string, readonly string[]>;
  readonly trend: string | undefined;
  readonly compare: (typeof methods)[number] | undefined;
  readonly adjust: (typeof adjustments)[number] | undefined;
  readonly average: (typeof averages)[number];
  readonly ddf: TestMethod;
  readonly level: number;
  readonly format: 'text' | 'json';
}

export const emmeansOptions = {
  ...tableOptions,
  ...modelOptions,
  ...outputOptions,
  specs: { type: 'string', repeatable: true },
  by: { type: 'string', repeatable: true },
  at: { type: 'string', repeatable: true },
  trend: { type: 'string' },
  compare: { type: 'string' },
  adjust: { type: 'string' },
  average: { type: 'string' },
  ddf: { type: 'string' },
  level: { type: 'string' },
} as const satisfies OptionTable;

/** @throws {UsageError} when the command line cannot be understood */
export function readEmmeansArguments(given: Given): EmmeansArguments {
  const model = readModelArguments('emmeans', given);
  const compare = given.value('compare');
  const adjust = given.value('adjust');
  if (adjust !== undefined && compare === undefined) {
    throw new UsageError('--adjust belongs to comparisons: add --compare pairwise.');
  }
  return {
    ...model,
    specs: given.values('specs'),
    by: given.values('by'),
    at: readAt(given.values('at')),
    trend: given.value('trend'),
    compare: compare === undefined ? undefined : oneOf('--compare', compare, methods),
    adjust: adjust === undefined ? undefined : oneOf('--adjust', adjust, adjustments),
    average: oneOf('--average', given.value('average') ?? 'equal', averages),
    ddf: readTestMethod(given),
    level: numberBetween('--level', given.value('level') ?? '0.95', 0, 1),
    format: formatOf(given, ['text', 'json']),
  };
}

/** `Days=0,5`: a column and its values. */
function readAt(values: readonly string[]): Map<string, readonly string[]> {
  const at = new Map<string, readonly string[]>();
  for (const text of values) {
    const equals = text.indexOf('=');
    const column = text.slice(0, equals);
    if (equals < 1 || equals === text.length - 1) {
      throw new UsageError(`--at needs COLUMN=VALUES, for example Days=0,5, not "${text}".`);
    }
    if (at.has(column)) throw new UsageError(`--at gives values of ${column} twice.`);
    at.set(
      column,
      text
        .slice(equals + 1)
        .split(',')
        .map((value) => value.trim()),
    );
  }
  return at;
}
