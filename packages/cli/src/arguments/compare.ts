import { UsageError } from '../errors.js';
import {
  modelOptions,
  outputOptions,
  readModelOptions,
  readTableOptions,
  tableOptions,
  type ModelOptions,
  type TableArguments,
} from './model.js';
import { formatOf, type Given, type OptionTable } from './options.js';

/** What `blup compare` was asked to do. */
export interface CompareArguments {
  /** Formulas to fit to a table, or files of saved models. */
  readonly models:
    | { readonly kind: 'formulas'; readonly formulas: readonly string[]; readonly fit: TableArguments & ModelOptions }
    | { readonly kind: 'saved'; readonly paths: readonly string[] };
  /** Keep REML fits as they are, and refuse to compare those that would have to be refitted. */
  readonly noRefit: boolean;
  readonly format: 'text' | 'json';
}

export const compareOptions = {
  ...tableOptions,
  ...modelOptions,
  ...outputOptions,
  'no-refit': { type: 'boolean' },
} as const satisfies OptionTable;

/** @throws {UsageError} when the command line cannot be understood */
export function readCompareArguments(given: Given): CompareArguments {
  const { positionals } = given;
  const formulas = positionals.filter((word) => word.includes('~'));
  const files = positionals.filter((word) => !word.includes('~'));
  const common = { noRefit: given.has('no-refit'), format: formatOf(given, ['text', 'json']) } as const;
  if (formulas.length > 0) {
    if (formulas.length < 2) throw new UsageError('A comparison needs at least two formulas.');
    const [file, ...surplus] = files;
    if (file === undefined)
      throw new UsageError('A file is needed (or - for standard input): blup compare FORMULA FORMULA FILE.');
    if (surplus.length > 0) {
      throw new UsageError(
        `There is more than one file: "${file}", "${surplus[0]}". Formulas have a ~ and stand in quotes; saved models are compared among themselves.`,
      );
    }
    const fit = { file, ...readTableOptions(given), ...readModelOptions(given) };
    return { models: { kind: 'formulas', formulas, fit }, ...common };
  }
  if (files.length < 2) {
    throw new UsageError(
      'A comparison needs two formulas and a file, or two saved models: blup compare FORMULA FORMULA FILE.',
    );
  }
  for (const name of [...Object.keys(tableOptions), ...Object.keys(modelOptions), 'no-refit']) {
    if (given.has(name))
      throw new UsageError(`--${name} has no meaning for saved models, which are compared as they are.`);
  }
  return { models: { kind: 'saved', paths: files }, ...common };
}
