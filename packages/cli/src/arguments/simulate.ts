import { modelOptions, outputOptions, readModelArguments, tableOptions, type ModelArguments } from './model.js';
import { formatOf, oneOf, wholeNumber, type Given, type OptionTable } from './options.js';

const draws = ['new', 'kept'] as const;

/** What `blup simulate` was asked to do. */
export interface SimulateArguments extends ModelArguments {
  readonly nsim: number;
  readonly seed: number;
  readonly randomEffects: (typeof draws)[number];
  readonly format: 'csv' | 'json';
}

export const simulateOptions = {
  ...tableOptions,
  ...modelOptions,
  ...outputOptions,
  nsim: { type: 'string' },
  seed: { type: 'string' },
  'random-effects': { type: 'string' },
} as const satisfies OptionTable;

/** @throws {UsageError} when the command line cannot be understood */
export function readSimulateArguments(given: Given): SimulateArguments {
  return {
    ...readModelArguments('simulate', given),
    nsim: wholeNumber('--nsim', given.value('nsim') ?? '1', 1),
    seed: wholeNumber('--seed', given.value('seed') ?? '1', 0),
    randomEffects: oneOf('--random-effects', given.value('random-effects') ?? 'new', draws),
    format: formatOf(given, ['csv', 'json']),
  };
}
