import { UsageError } from '../errors.js';
import { outputOptions, readTableOptions, tableOptions, type TableArguments } from './model.js';
import { formatOf, noSurplus, numberBetween, oneOf, type Given, type OptionTable } from './options.js';

const policies = ['refuse', 'population', 'integrated'] as const;
const intervals = ['none', 'confidence', 'prediction'] as const;

/** What `blup predict` was asked to do. */
export interface PredictArguments extends TableArguments {
  /** File of a saved or exported model. */
  readonly model: string;
  readonly newLevels: (typeof policies)[number];
  readonly terms: 'all' | 'none' | readonly string[];
  readonly se: boolean;
  readonly interval: (typeof intervals)[number];
  readonly level: number;
  /** Degrees of freedom of the t distribution of intervals. */
  readonly df: number | 'satterthwaite' | 'none' | undefined;
  /** Column with the weights of the new observations. */
  readonly weights: string | undefined;
  /** Table of new groups with their responses, from which their effects are predicted first. */
  readonly score: string | undefined;
  /** Repeat the columns of the table. */
  readonly withData: boolean;
  readonly format: 'csv' | 'json';
}

export const predictOptions = {
  ...tableOptions,
  ...outputOptions,
  'new-levels': { type: 'string' },
  terms: { type: 'string', repeatable: true },
  se: { type: 'boolean' },
  interval: { type: 'string' },
  level: { type: 'string' },
  df: { type: 'string' },
  weights: { type: 'string' },
  score: { type: 'string' },
  'with-data': { type: 'boolean' },
} as const satisfies OptionTable;

/** @throws {UsageError} when the command line cannot be understood */
export function readPredictArguments(given: Given): PredictArguments {
  const [model, file, ...surplus] = given.positionals;
  if (model === undefined || file === undefined) {
    throw new UsageError('A model and a file are needed (or - for standard input): blup predict MODEL.json NEW.csv.');
  }
  noSurplus(surplus);
  const interval = oneOf('--interval', given.value('interval') ?? 'none', intervals);
  for (const name of ['level', 'df']) {
    if (given.has(name) && interval === 'none') throw new UsageError(`--${name} belongs to --interval.`);
  }
  if (given.has('weights') && interval !== 'prediction' && !given.has('score')) {
    throw new UsageError('--weights belongs to --interval prediction and to --score.');
  }
  const df = given.value('df');
  return {
    model,
    file,
    ...readTableOptions(given),
    newLevels: oneOf('--new-levels', given.value('new-levels') ?? 'refuse', policies),
    terms: readTerms(given.values('terms')),
    se: given.has('se'),
    interval,
    level: numberBetween('--level', given.value('level') ?? '0.95', 0, 1),
    df: df === undefined || df === 'satterthwaite' || df === 'none' ? df : numberBetween('--df', df, 0, Infinity),
    weights: given.value('weights'),
    score: given.value('score'),
    withData: given.has('with-data'),
    format: formatOf(given, ['csv', 'json']),
  };
}

function readTerms(values: readonly string[]): PredictArguments['terms'] {
  if (values.length === 0) return 'all';
  const [only] = values;
  if (values.length === 1 && (only === 'all' || only === 'none')) return only;
  const word = values.find((value) => value === 'all' || value === 'none');
  if (word !== undefined) throw new UsageError(`--terms ${word} stands alone.`);
  return values;
}
