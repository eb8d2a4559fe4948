import { UsageError } from '../errors.js';
import { suggestion } from '../suggestion.js';
import { anovaOptions, readAnovaArguments, type AnovaArguments } from './anova.js';
import { compareOptions, readCompareArguments, type CompareArguments } from './compare.js';
import { emmeansOptions, readEmmeansArguments, type EmmeansArguments } from './emmeans.js';
import { fitOptions, readFitArguments, type FitArguments } from './fit.js';
import { givenTo, readWords, type Given, type OptionTable } from './options.js';
import { predictOptions, readPredictArguments, type PredictArguments } from './predict.js';
import { readSimulateArguments, simulateOptions, type SimulateArguments } from './simulate.js';

export type Arguments =
  | { readonly command: 'fit'; readonly fit: FitArguments }
  | { readonly command: 'anova'; readonly anova: AnovaArguments }
  | { readonly command: 'compare'; readonly compare: CompareArguments }
  | { readonly command: 'predict'; readonly predict: PredictArguments }
  | { readonly command: 'simulate'; readonly simulate: SimulateArguments }
  | { readonly command: 'emmeans'; readonly emmeans: EmmeansArguments }
  | { readonly command: 'help'; readonly topic: CommandName | undefined }
  | { readonly command: 'version' };

export type CommandName = Exclude<Arguments['command'], 'help' | 'version'>;

interface Command {
  readonly options: OptionTable;
  read(given: Given): Arguments;
}

/** The commands in the order in which they are told of. */
export const commands: ReadonlyMap<string, Command> = new Map<CommandName, Command>([
  ['fit', { options: fitOptions, read: (given) => ({ command: 'fit', fit: readFitArguments(given) }) }],
  ['anova', { options: anovaOptions, read: (given) => ({ command: 'anova', anova: readAnovaArguments(given) }) }],
  [
    'compare',
    { options: compareOptions, read: (given) => ({ command: 'compare', compare: readCompareArguments(given) }) },
  ],
  [
    'predict',
    { options: predictOptions, read: (given) => ({ command: 'predict', predict: readPredictArguments(given) }) },
  ],
  [
    'simulate',
    { options: simulateOptions, read: (given) => ({ command: 'simulate', simulate: readSimulateArguments(given) }) },
  ],
  [
    'emmeans',
    { options: emmeansOptions, read: (given) => ({ command: 'emmeans', emmeans: readEmmeansArguments(given) }) },
  ],
]);

const general = {
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean', short: 'V' },
} as const satisfies OptionTable;

/**
 * Reads the command line (without `node` and the script).
 *
 * @throws {UsageError} when it cannot be understood
 */
export function readArguments(argv: readonly string[]): Arguments {
  const every = Object.assign({}, general, ...[...commands.values()].map(({ options }) => options)) as OptionTable;
  const words = readWords(argv, every);
  const [name, ...positionals] = words.positionals;
  const asked = (option: string) => words.tokens.some((token) => token.name === option);
  if (asked('version')) return { command: 'version' };
  if (name === 'help') return { command: 'help', topic: topicOf(positionals[0]) };
  if (asked('help')) return { command: 'help', topic: topicOf(name) };
  if (name === undefined) throw new UsageError('A command is needed: blup fit FORMULA FILE.');
  const command = commandOf(name);
  return command.read(givenTo(name, { ...words, positionals }, command.options));
}

function topicOf(name: string | undefined): CommandName | undefined {
  if (name === undefined) return undefined;
  commandOf(name);
  return name as CommandName;
}

function commandOf(name: string): Command {
  const command = commands.get(name);
  if (command) return command;
  throw new UsageError(`There is no command "${name}"${suggestion(name, [...commands.keys(), 'help'])}`);
}
