import { parseArgs } from 'node:util';
import { UsageError } from './errors.js';
import { suggestion } from './suggestion.js';

export const contrastKinds = ['treatment', 'sum', 'helmert', 'poly', 'sdif', 'SAS'] as const;
export type ContrastKind = (typeof contrastKinds)[number];

const ddfMethods = ['none', 'satterthwaite', 'kenward-roger', 'all'] as const;
export type DdfMethod = (typeof ddfMethods)[number];

const confintMethods = ['none', 'wald', 'profile'] as const;
export type ConfintMethod = (typeof confintMethods)[number];

/** What `blup fit` was asked to do. */
export interface FitArguments {
  readonly formula: string;
  /** Path of the table, or `-` for standard input. */
  readonly file: string;
  readonly reml: boolean;
  readonly weights: string | undefined;
  readonly offset: string | undefined;
  readonly subset: string | undefined;
  readonly schema: string | undefined;
  readonly factors: readonly string[];
  readonly contrasts: ReadonlyMap<string, ContrastKind>;
  readonly ddf: DdfMethod;
  /** Intervals of all parameters, variance parameters included. */
  readonly confint: ConfintMethod;
  /** Points at which the objective and its gradient are wanted besides the optimum. */
  readonly at: readonly Float64Array[];
  readonly residual: string | undefined;
  readonly format: 'text' | 'json';
}

export type Arguments =
  | { readonly command: 'fit'; readonly fit: FitArguments }
  | { readonly command: 'help' }
  | { readonly command: 'version' };

const options = {
  ml: { type: 'boolean' },
  weights: { type: 'string' },
  offset: { type: 'string' },
  subset: { type: 'string' },
  schema: { type: 'string' },
  factor: { type: 'string' },
  contrasts: { type: 'string' },
  ddf: { type: 'string' },
  confint: { type: 'string' },
  at: { type: 'string' },
  residual: { type: 'string' },
  format: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean', short: 'V' },
} as const;

const repeatable = new Set(['factor', 'contrasts']);

/**
 * Reads the command line (without `node` and the script).
 *
 * @throws {UsageError} when it cannot be understood
 */
export function readArguments(argv: readonly string[]): Arguments {
  // Not strict: Node's own messages do not help much, and a value may start with a minus sign (`--at -0.5`).
  const { tokens } = parseArgs({ args: [...argv], options, strict: false, allowPositionals: true, tokens: true });
  const given = new Map<string, string[]>();
  const positionals: string[] = [];
  for (const token of tokens) {
    if (token.kind === 'positional') positionals.push(token.value);
    if (token.kind !== 'option') continue;
    const { name, rawName, value } = token;
    if (!Object.hasOwn(options, name)) {
      throw new UsageError(
        `There is no option ${rawName}${suggestion(
          rawName,
          Object.keys(options).map((o) => `--${o}`),
        )}`,
      );
    }
    const takesValue = options[name as keyof typeof options].type === 'string';
    if (takesValue && value === undefined) throw new UsageError(`Option ${rawName} needs a value.`);
    if (!takesValue && value !== undefined) throw new UsageError(`Option ${rawName} takes no value.`);
    const values = given.get(name) ?? [];
    if (values.length > 0 && !repeatable.has(name)) throw new UsageError(`Option ${rawName} was given twice.`);
    given.set(name, [...values, value ?? '']);
  }

  const [command, formula, file, ...surplus] = positionals;
  if (given.has('version')) return { command: 'version' };
  if (given.has('help') || command === 'help') return { command: 'help' };
  if (command === undefined) throw new UsageError('A command is needed: blup fit FORMULA FILE.');
  if (command !== 'fit')
    throw new UsageError(`There is no command "${command}"${suggestion(command, ['fit', 'help'])}`);
  if (formula === undefined) throw new UsageError("A formula is needed: blup fit 'y ~ x + (1 | g)' data.csv.");
  if (file === undefined) throw new UsageError('A file is needed (or - for standard input): blup fit FORMULA FILE.');
  if (surplus.length > 0) {
    throw new UsageError(`There is an argument too many: "${surplus[0]}". Put the formula in quotes.`);
  }

  if (given.has('ml') && given.get('ddf')?.[0] === 'kenward-roger') {
    throw new UsageError('--ddf kenward-roger is defined for REML fits: leave out --ml.');
  }
  const last = (name: string): string | undefined => given.get(name)?.at(-1);
  return {
    command: 'fit',
    fit: {
      formula,
      file,
      reml: !given.has('ml'),
      weights: last('weights'),
      offset: last('offset'),
      subset: last('subset'),
      schema: last('schema'),
      factors: given.get('factor') ?? [],
      contrasts: new Map((given.get('contrasts') ?? []).map(readContrast)),
      ddf: oneOf('--ddf', last('ddf') ?? 'none', ddfMethods),
      confint: oneOf('--confint', last('confint') ?? 'none', confintMethods),
      at: readPoints(last('at')),
      residual: last('residual'),
      format: oneOf('--format', last('format') ?? 'text', ['text', 'json']),
    },
  };
}

function oneOf<T extends string>(option: string, value: string, allowed: readonly T[]): T {
  const found = allowed.find((candidate) => candidate === value);
  if (found === undefined) throw new UsageError(`${option} must be one of ${allowed.join(', ')}, not "${value}".`);
  return found;
}

/** `C=sum`; the names that R gives to its functions (`contr.sum`) do as well. */
function readContrast(text: string): [string, ContrastKind] {
  const equals = text.lastIndexOf('=');
  if (equals < 1) throw new UsageError(`--contrasts needs COLUMN=KIND, for example recipe=sum, not "${text}".`);
  const kind = text.slice(equals + 1).replace(/^contr\./, '');
  return [text.slice(0, equals), oneOf(`The kind of contrasts in --contrasts ${text}`, kind, contrastKinds)];
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
