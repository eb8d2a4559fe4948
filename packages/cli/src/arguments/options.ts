import { parseArgs } from 'node:util';
import { UsageError } from '../errors.js';
import { suggestion } from '../suggestion.js';

/** One option of a command. */
export interface Option {
  readonly type: 'string' | 'boolean';
  readonly short?: string;
  /** May be given several times. */
  readonly repeatable?: boolean;
}

export type OptionTable = Readonly<Record<string, Option>>;

/** What was given on the command line. */
export interface Given {
  readonly positionals: readonly string[];
  has(name: string): boolean;
  /** The value of an option that may be given once. */
  value(name: string): string | undefined;
  values(name: string): readonly string[];
}

interface Token {
  readonly name: string;
  readonly rawName: string;
  readonly value: string | undefined;
}

/** A command line that has been cut into words, before it is known what command it is for. */
export interface Words {
  readonly positionals: readonly string[];
  readonly tokens: readonly Token[];
}

/**
 * Cuts a command line (without `node` and the script) into words. Options of all commands are known here, so that options may stand before the
 * command; two commands that have an option of the same name agree on whether it takes a value.
 *
 * @throws {UsageError} for options that no command has, or with too much or too little behind them
 */
export function readWords(argv: readonly string[], all: OptionTable): Words {
  const options = Object.fromEntries(
    Object.entries(all).map(([name, { type, short }]) => [name, short === undefined ? { type } : { type, short }]),
  );
  // Not strict: Node's own messages do not help much, and a value may start with a minus sign (`--at -0.5`).
  const { tokens } = parseArgs({ args: [...argv], options, strict: false, allowPositionals: true, tokens: true });
  const positionals: string[] = [];
  const found: Token[] = [];
  for (const token of tokens) {
    if (token.kind === 'positional') positionals.push(token.value);
    if (token.kind !== 'option') continue;
    const { name, rawName, value } = token;
    if (!Object.hasOwn(all, name)) throw new UsageError(`There is no option ${rawName}${suggestOption(rawName, all)}`);
    const takesValue = all[name]!.type === 'string';
    if (takesValue && value === undefined) throw new UsageError(`Option ${rawName} needs a value.`);
    if (!takesValue && value !== undefined) throw new UsageError(`Option ${rawName} takes no value.`);
    found.push({ name, rawName, value });
  }
  return { positionals, tokens: found };
}

/** @throws {UsageError} for options that the command does not have, or that were given twice though they count once */
export function givenTo(command: string, { positionals, tokens }: Words, table: OptionTable): Given {
  const given = new Map<string, string[]>();
  for (const { name, rawName, value } of tokens) {
    if (!Object.hasOwn(table, name)) {
      throw new UsageError(`blup ${command} has no option ${rawName}${suggestOption(rawName, table)}`);
    }
    const values = given.get(name) ?? [];
    if (values.length > 0 && table[name]!.repeatable !== true)
      throw new UsageError(`Option ${rawName} was given twice.`);
    given.set(name, [...values, value ?? '']);
  }
  return {
    positionals,
    has: (name) => given.has(name),
    value: (name) => given.get(name)?.at(-1),
    values: (name) => given.get(name) ?? [],
  };
}

const suggestOption = (rawName: string, table: OptionTable): string =>
  suggestion(
    rawName,
    Object.keys(table).map((name) => `--${name}`),
  );

/** @throws {UsageError} unless the value is one of those allowed */
export function oneOf<T extends string>(option: string, value: string, allowed: readonly T[]): T {
  const found = allowed.find((candidate) => candidate === value);
  if (found === undefined) throw new UsageError(`${option} must be one of ${allowed.join(', ')}, not "${value}".`);
  return found;
}

/** @throws {UsageError} unless the value is a whole number from `least` on */
export function wholeNumber(option: string, value: string, least: number): number {
  const number = value.trim() === '' ? Number.NaN : Number(value);
  if (!Number.isSafeInteger(number) || number < least) {
    throw new UsageError(`${option} must be a whole number from ${least} on, not "${value}".`);
  }
  return number;
}

/** @throws {UsageError} unless the value is a number strictly between two others */
export function numberBetween(option: string, value: string, least: number, most: number): number {
  const number = value.trim() === '' ? Number.NaN : Number(value);
  if (!(number > least && number < most)) {
    const range = most === Infinity ? `above ${least}` : `between ${least} and ${most}`;
    throw new UsageError(`${option} must be a number ${range}, not "${value}".`);
  }
  return number;
}

const UNITS = new Map([
  ['', 1],
  ['k', 1e3],
  ['m', 1e6],
  ['g', 1e9],
  ['t', 1e12],
]);

/** `8GB`, `500M`, `1e9`. @throws {UsageError} unless the value is a positive number of bytes */
export function readBytes(option: string, value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  const [, digits, unit] = /^([\d.]+(?:e\d+)?) *([kmgt]?)b?$/i.exec(value.trim()) ?? [];
  const bytes = Number(digits) * (UNITS.get((unit ?? '').toLowerCase()) ?? Number.NaN);
  if (!(bytes > 0)) throw new UsageError(`${option} needs a number of bytes, such as 8GB or 500MB, not "${value}".`);
  return bytes;
}

/** @throws {UsageError} when there are words that the command has no use for */
export function noSurplus(surplus: readonly string[]): void {
  if (surplus.length > 0) {
    throw new UsageError(`There is an argument too many: "${surplus[0]}". Put the formula in quotes.`);
  }
}

/** `--json`, or `--format` with one of the formats of the command, the first by default. */
export function formatOf<T extends string>(given: Given, formats: readonly [T, ...T[]]): T {
  const format = given.value('format');
  if (given.has('json')) {
    if (format !== undefined && format !== 'json') throw new UsageError(`--json contradicts --format ${format}.`);
    return 'json' as T;
  }
  return oneOf('--format', format ?? formats[0], formats);
}
