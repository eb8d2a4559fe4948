import { readFileSync } from 'node:fs';
import { FormulaError, FormulaSizeError, formatError } from '@blup/formula';
import { ModelError, ModelSizeError } from '@blup/lmm';
import { readArguments, type Arguments } from './arguments/index.js';
import { InputError, UsageError } from './errors.js';
import { anovaCommand } from './commands/anova.js';
import { compareCommand } from './commands/compare.js';
import { emmeansCommand } from './commands/emmeans.js';
import { fitCommand } from './commands/fit.js';
import { predictCommand } from './commands/predict.js';
import { simulateCommand } from './commands/simulate.js';
import { helpOf } from './help/index.js';
import type { ProgressTarget } from './output/progress.js';

/** The outside world of the command. */
export interface Streams {
  readonly stdin: AsyncIterable<Uint8Array>;
  readonly stdout: { write(text: string): void };
  readonly stderr: ProgressTarget;
}

/** 0: done. 1: could not be done. 2: the command line is wrong. */
export type ExitStatus = 0 | 1 | 2;

/** Runs the `blup` command. Nothing is written to standard output unless it succeeds; no mistake of a user ends in a stack trace. */
export async function run(argv: readonly string[], streams: Streams): Promise<ExitStatus> {
  try {
    for (const piece of await answer(readArguments(argv), streams)) streams.stdout.write(piece);
    return 0;
  } catch (error) {
    streams.stderr.write(`blup: ${describe(error)}\n`);
    return error instanceof UsageError ? 2 : 1;
  }
}

async function answer(args: Arguments, streams: Streams): Promise<Iterable<string>> {
  switch (args.command) {
    case 'help':
      return [helpOf(args.topic)];
    case 'version':
      return [`blup ${version()}\n`];
    case 'fit':
      return fitCommand(args.fit, streams);
    case 'anova':
      return anovaCommand(args.anova, streams);
    case 'compare':
      return compareCommand(args.compare, streams);
    case 'predict':
      return predictCommand(args.predict, streams);
    case 'simulate':
      return simulateCommand(args.simulate, streams);
    case 'emmeans':
      return emmeansCommand(args.emmeans, streams);
  }
}

function describe(error: unknown): string {
  if (error instanceof UsageError) return `${error.message}\nTry: blup --help`;
  if (error instanceof FormulaSizeError || (error instanceof ModelSizeError && error.raisable))
    return `${error.reason}\nOr allow more with --max-memory, where the machine has it.`;
  if (error instanceof FormulaError) return formatError(error);
  if (error instanceof InputError || error instanceof ModelError) return error.message;
  if (error instanceof Error && error.name === 'CovarianceStructureError') return error.message;
  if (error instanceof RangeError)
    return `the model or its data are too large for the memory at hand (${error.message})`;
  return `internal error, please report it: ${error instanceof Error ? error.message : String(error)}`;
}

function version(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  return (manifest as { version: string }).version;
}
