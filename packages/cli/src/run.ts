import { readFileSync } from 'node:fs';
import { FormulaError, formatError } from '@blup/formula';
import { ModelError } from '@blup/lmm';
import { readArguments } from './arguments.js';
import { InputError, UsageError } from './errors.js';
import { fitCommand } from './fit-command.js';
import { help } from './help.js';
import type { ProgressTarget } from './output/progress.js';

/** The outside world of the command. */
export interface Streams {
  readonly stdin: AsyncIterable<Uint8Array>;
  readonly stdout: { write(text: string): void };
  readonly stderr: ProgressTarget;
}

/** 0: done. 1: could not fit. 2: the command line is wrong. */
export type ExitStatus = 0 | 1 | 2;

/** Runs the `blup` command. Nothing is written to standard output unless it succeeds; no mistake of a user ends in a stack trace. */
export async function run(argv: readonly string[], streams: Streams): Promise<ExitStatus> {
  try {
    const args = readArguments(argv);
    if (args.command === 'help') streams.stdout.write(help);
    else if (args.command === 'version') streams.stdout.write(`blup ${version()}\n`);
    else for (const piece of await fitCommand(args.fit, streams)) streams.stdout.write(piece);
    return 0;
  } catch (error) {
    streams.stderr.write(`blup: ${describe(error)}\n`);
    return error instanceof UsageError ? 2 : 1;
  }
}

function describe(error: unknown): string {
  if (error instanceof UsageError) return `${error.message}\nTry: blup --help`;
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
