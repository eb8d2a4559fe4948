import { UsageError } from '../errors.js';
import { modelOptions, outputOptions, readModelArguments, tableOptions, type ModelArguments } from './model.js';
import { formatOf, oneOf, type Given, type OptionTable } from './options.js';

/** Denominator degrees of freedom of tests after the fit. */
export const testMethods = ['satterthwaite', 'kenward-roger', 'none'] as const;
export type TestMethod = (typeof testMethods)[number];

/** What `blup anova` was asked to do. */
export interface AnovaArguments extends ModelArguments {
  readonly type: 'I' | 'II' | 'III';
  readonly ddf: TestMethod;
  /** Test the random-effects terms instead. */
  readonly random: boolean;
  readonly format: 'text' | 'json';
}

export const anovaOptions = {
  ...tableOptions,
  ...modelOptions,
  ...outputOptions,
  type: { type: 'string' },
  ddf: { type: 'string' },
  random: { type: 'boolean' },
} as const satisfies OptionTable;

const types = { 1: 'I', 2: 'II', 3: 'III', I: 'I', II: 'II', III: 'III' } as const;

/** @throws {UsageError} when the command line cannot be understood */
export function readAnovaArguments(given: Given): AnovaArguments {
  const model = readModelArguments('anova', given);
  const ddf = readTestMethod(given);
  const random = given.has('random');
  for (const name of ['type', 'ddf']) {
    if (random && given.has(name))
      throw new UsageError(`--${name} is about fixed effects: leave it out with --random.`);
  }
  const type = oneOf('--type', given.value('type') ?? 'III', Object.keys(types) as (keyof typeof types & string)[]);
  return { ...model, type: types[type], ddf, random, format: formatOf(given, ['text', 'json']) };
}

/** @throws {UsageError} for an unknown method, or Kenward-Roger of an ML fit */
export function readTestMethod(given: Given): TestMethod {
  const ddf = oneOf('--ddf', given.value('ddf') ?? 'satterthwaite', testMethods);
  if (given.has('ml') && ddf === 'kenward-roger') {
    throw new UsageError('--ddf kenward-roger is defined for REML fits: leave out --ml.');
  }
  return ddf;
}
