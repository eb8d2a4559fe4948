import { UsageError } from '../errors.js';
import { modelOptions, outputOptions, readModelArguments, tableOptions, type ModelArguments } from './model.js';
import { formatOf, numberBetween, oneOf, wholeNumber, type Given, type OptionTable } from './options.js';

const ddfMethods = ['none', 'satterthwaite', 'kenward-roger', 'all'] as const;
export type DdfMethod = (typeof ddfMethods)[number];

const confintMethods = ['none', 'wald', 'profile', 'boot'] as const;
export type ConfintMethod = (typeof confintMethods)[number];

const bootKinds = ['percentile', 'basic', 'normal'] as const;

/** What `blup fit` was asked to do. */
export interface FitArguments extends ModelArguments {
  readonly ddf: DdfMethod;
  /** Intervals of all parameters, variance parameters included. */
  readonly confint: ConfintMethod;
  /** Coverage of these intervals. */
  readonly level: number;
  readonly boot: {
    readonly kind: (typeof bootKinds)[number];
    readonly nsim: number;
    readonly seed: number;
    readonly workers: number | undefined;
  };
  /** Points at which the objective and its gradient are wanted besides the optimum. */
  readonly at: readonly Float64Array[];
  /** Where the model is written to, with all that standard errors and comparisons need. */
  readonly save: string | undefined;
  /** Where the model is written to, as small as predictions without standard errors of known groups allow. */
  readonly export: string | undefined;
  readonly format: 'text' | 'json';
}

export const fitOptions = {
  ...tableOptions,
  ...modelOptions,
  ...outputOptions,
  ddf: { type: 'string' },
  confint: { type: 'string' },
  level: { type: 'string' },
  boot: { type: 'string' },
  nsim: { type: 'string' },
  seed: { type: 'string' },
  workers: { type: 'string' },
  at: { type: 'string' },
  save: { type: 'string' },
  export: { type: 'string' },
} as const satisfies OptionTable;

/** @throws {UsageError} when the command line cannot be understood */
export function readFitArguments(given: Given): FitArguments {
  const model = readModelArguments('fit', given);
  if (given.has('ml') && given.value('ddf') === 'kenward-roger') {
    throw new UsageError('--ddf kenward-roger is defined for REML fits: leave out --ml.');
  }
  const confint = oneOf('--confint', given.value('confint') ?? 'none', confintMethods);
  for (const name of ['boot', 'nsim', 'seed', 'workers']) {
    if (given.has(name) && confint !== 'boot') throw new UsageError(`--${name} belongs to --confint boot.`);
  }
  if (given.has('level') && confint === 'none') throw new UsageError('--level belongs to --confint.');
  const workers = given.value('workers');
  return {
    ...model,
    ddf: oneOf('--ddf', given.value('ddf') ?? 'none', ddfMethods),
    confint,
    level: numberBetween('--level', given.value('level') ?? '0.95', 0, 1),
    boot: {
      kind: oneOf('--boot', given.value('boot') ?? 'percentile', bootKinds),
      nsim: wholeNumber('--nsim', given.value('nsim') ?? '1000', 2),
      seed: wholeNumber('--seed', given.value('seed') ?? '1', 0),
      workers: workers === undefined ? undefined : wholeNumber('--workers', workers, 0),
    },
    at: readPoints(given.value('at')),
    save: given.value('save'),
    export: given.value('export'),
    format: formatOf(given, ['text', 'json']),
  };
}

/** `1,0,1;0.5,0,2`: points separated by semicolons, numbers by commas. */
function readPoints(text: string | undefined): Float64Array[] {
  if (text === undefined) return [];
  return text.split(';').map((point) => {
    const numbers =
      point.trim() === '' ? [] : point.split(',').map((part) => (part.trim() === '' ? Number.NaN : Number(part)));
    if (numbers.some((value) => !Number.isFinite(value))) {
      throw new UsageError(`--at needs numbers separated by commas, and semicolons between points, not "${point}".`);
    }
    return Float64Array.from(numbers);
  });
}
