import { UsageError } from '../errors.js';
import { noSurplus, oneOf, readBytes, type Given, type OptionTable } from './options.js';

export const contrastKinds = ['treatment', 'sum', 'helmert', 'poly', 'sdif', 'SAS'] as const;
export type ContrastKind = (typeof contrastKinds)[number];

/** How a table is read. */
export interface TableArguments {
  /** Path of the table, or `-` for standard input. */
  readonly file: string;
  readonly schema: string | undefined;
  readonly factors: readonly string[];
}

/** How a model is fitted, beside its formula. */
export interface ModelOptions {
  readonly reml: boolean;
  readonly weights: string | undefined;
  readonly offset: string | undefined;
  readonly subset: string | undefined;
  readonly contrasts: ReadonlyMap<string, ContrastKind>;
  readonly residual: string | undefined;
  /** Bytes that a fit may take beside its data. */
  readonly maxMemory: number | undefined;
}

/** A model to be fitted to a table. */
export interface ModelArguments extends TableArguments, ModelOptions {
  readonly formula: string;
}

export const tableOptions = {
  schema: { type: 'string' },
  factor: { type: 'string', repeatable: true },
} as const satisfies OptionTable;

export const modelOptions = {
  ml: { type: 'boolean' },
  weights: { type: 'string' },
  offset: { type: 'string' },
  subset: { type: 'string' },
  contrasts: { type: 'string', repeatable: true },
  residual: { type: 'string' },
  'max-memory': { type: 'string' },
} as const satisfies OptionTable;

export const outputOptions = {
  format: { type: 'string' },
  json: { type: 'boolean' },
} as const satisfies OptionTable;

export const readTableOptions = (given: Given): Omit<TableArguments, 'file'> => ({
  schema: given.value('schema'),
  factors: given.values('factor'),
});

export const readModelOptions = (given: Given): ModelOptions => ({
  reml: !given.has('ml'),
  weights: given.value('weights'),
  offset: given.value('offset'),
  subset: given.value('subset'),
  contrasts: new Map(given.values('contrasts').map(readContrast)),
  residual: given.value('residual'),
  maxMemory: readBytes('--max-memory', given.value('max-memory')),
});

/** @throws {UsageError} unless the words are a formula and a file */
export function readModelArguments(command: string, given: Given): ModelArguments {
  const [formula, file, ...surplus] = given.positionals;
  if (formula === undefined) throw new UsageError(`A formula is needed: blup ${command} 'y ~ x + (1 | g)' data.csv.`);
  if (file === undefined)
    throw new UsageError(`A file is needed (or - for standard input): blup ${command} FORMULA FILE.`);
  noSurplus(surplus);
  return { formula, file, ...readTableOptions(given), ...readModelOptions(given) };
}

/** `C=sum`; the names that R gives to its functions (`contr.sum`) do as well. */
function readContrast(text: string): [string, ContrastKind] {
  const equals = text.lastIndexOf('=');
  if (equals < 1) throw new UsageError(`--contrasts needs COLUMN=KIND, for example recipe=sum, not "${text}".`);
  const kind = text.slice(equals + 1).replace(/^contr\./, '');
  return [text.slice(0, equals), oneOf(`The kind of contrasts in --contrasts ${text}`, kind, contrastKinds)];
}
