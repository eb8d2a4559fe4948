import { readFile } from 'node:fs/promises';
import { FormulaError, formulaColumns } from '@blup/formula';
import { confint, fitModel, type FittedModel } from '@blup/lmm';
import type { FitArguments } from './arguments.js';
import { InputError, UsageError } from './errors.js';
import { readTable, type DataTable } from './input/read-table.js';
import { parseTableSchema, type TableSchema } from './input/table-schema.js';
import { modelTable, orderedFactors } from './model-table.js';
import { intervalsText } from './output/intervals-text.js';
import { jsonPieces } from './output/json.js';
import { createProgress } from './output/progress.js';
import { pointsText } from './output/points-text.js';
import { resultsJson } from './output/results-json.js';
import { testsText } from './output/tests-text.js';
import type { Streams } from './run.js';
import { smallSampleTests } from './small-sample-tests.js';
import { suggestion } from './suggestion.js';

/**
 * `blup fit`: read, fit, describe. Everything is computed before the first piece is handed out, so that a mistake leaves nothing
 * half-written; warnings go to standard error.
 */
export async function fitCommand(
  args: FitArguments,
  streams: Pick<Streams, 'stdin' | 'stderr'>,
): Promise<Iterable<string>> {
  const { stderr } = streams;
  const progress = createProgress(stderr);
  const began = performance.now();
  const fromStdin = args.file === '-';
  const name = fromStdin ? 'standard input' : args.file;
  const source = { path: args.file, name, ...(fromStdin ? { stdin: streams.stdin } : {}) };
  const data = await readTable(source, {
    schema: await readSchema(args.schema),
    factors: args.factors,
    columns: (header) => columnsToRead(args, header),
  });
  const read = performance.now() - began;

  const { formula, weights, offset, subset, contrasts, reml, residual } = args;
  checkContrasts(args, data);
  let model: FittedModel;
  try {
    model = fitModel(formula, modelTable(data), {
      reml,
      weights,
      offset,
      subset,
      contrasts,
      ...(residual !== undefined && { residual }),
      ordered: orderedFactors(data),
      onEvaluation: ({ value }, count) => progress.show(`fitting: evaluation ${count}, objective ${value.toFixed(4)}`),
    });
  } finally {
    progress.done();
  }

  checkPoints(args.at, model.data.thetaNames);
  const tests = smallSampleTests(model, args.ddf);
  const intervals = args.confint === 'none' ? undefined : confint(model, { method: args.confint });
  const notes = [...rowNotes(model), ...model.data.warnings];
  if (args.format === 'text') {
    // The summary itself ends with what is to be said of the optimum and of dropped columns.
    for (const note of notes) stderr.write(`blup: note: ${note}\n`);
    return [model.summary(), testsText(model, tests), intervalsText(intervals), pointsText(model, args.at)];
  }
  for (const note of [...notes, ...fitNotes(model)]) stderr.write(`blup: note: ${note}\n`);
  const omittedRows = Array.from(model.frame?.omitted.missing ?? [], (row) => row + 1);
  return jsonPieces(resultsJson(model, { at: args.at, tests, intervals, omittedRows, read }));
}

/** The columns that take part; null for all, where the options name them in other ways. */
function columnsToRead(
  { formula, subset, weights, offset, residual }: FitArguments,
  header: readonly string[],
): ReadonlySet<string> | null {
  if (residual !== undefined) return null;
  try {
    return new Set(formulaColumns(formula, header, { subset, weights, offset }));
  } catch (error) {
    // The fit will say what is wrong with the formula.
    if (error instanceof FormulaError) return null;
    throw error;
  }
}

/** Rows that did not take part though the user did not say so. */
function rowNotes({ frame, data }: FittedModel): string[] {
  if (frame === null) return [];
  const { missing, byVariable } = frame.omitted;
  const notes: string[] = [];
  if (missing.length > 0) {
    const by = byVariable.map(({ name, count }) => `${name}: ${count}`).join(', ');
    notes.push(`${rowCount(missing.length)} of ${frame.nrow} left out because a value is missing (${by})`);
  }
  const weightless = frame.nobs - data.nobs;
  if (weightless > 0) notes.push(`${rowCount(weightless)} left out because the weight is zero`);
  return notes;
}

const rowCount = (count: number): string => `${count} ${count === 1 ? 'row' : 'rows'}`;

function fitNotes({ data }: FittedModel): string[] {
  const { converged, singular, message } = data.certificate;
  const notes = converged && !singular && message === 'converged' ? [] : [message];
  if (data.droppedColumns.length > 0) {
    notes.push(`fixed-effects columns left out because earlier ones determine them: ${data.droppedColumns.join(', ')}`);
  }
  return notes;
}

/** @throws {InputError} when `--contrasts` names nothing in the file or the formula, and so would be ignored silently */
function checkContrasts({ contrasts, formula, file }: FitArguments, { header: names }: DataTable): void {
  for (const name of contrasts.keys()) {
    if (names.includes(name) || formula.includes(name)) continue;
    throw new InputError(
      'unknown-column',
      `${file} has no column "${name}" for --contrasts${suggestion(name, names)}`,
      { column: name },
    );
  }
}

/** @throws {UsageError} when a point of `--at` does not have one number for each theta */
function checkPoints(at: readonly Float64Array[], names: readonly string[]): void {
  const bad = at.find((theta) => theta.length !== names.length);
  if (bad === undefined) return;
  const needed =
    names.length === 0 ? 'this model has no theta' : `this model has ${names.length} theta (${names.join(', ')})`;
  throw new UsageError(`--at has a point of ${bad.length} numbers, but ${needed}.`);
}

async function readSchema(path: string | undefined): Promise<TableSchema | undefined> {
  if (path === undefined) return undefined;
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new InputError(
      'cannot-read',
      code === 'ENOENT' ? `There is no file ${path}.` : `${path} cannot be read: ${message}.`,
    );
  }
  return parseTableSchema(text, path);
}
