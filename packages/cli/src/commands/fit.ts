import { confint, intervalsText, type FittedModel, type Intervals } from '@blup/lmm';
import type { FitArguments } from '../arguments/fit.js';
import { UsageError } from '../errors.js';
import { jsonPieces } from '../output/json.js';
import { pointsText } from '../output/points-text.js';
import { createProgress, type ProgressTarget } from '../output/progress.js';
import { resultsJson } from '../output/results-json.js';
import { testsText } from '../output/tests-text.js';
import type { Streams } from '../run.js';
import { smallSampleTests } from '../small-sample-tests.js';
import { bootstrapOf } from './bootstrap.js';
import { columnsOf, fitNotes, fitTable, rowNotes, writeNotes } from './fit-table.js';
import { loadTable } from './load-table.js';
import { saveModel } from './saved-model.js';

/**
 * `blup fit`: read, fit, describe. Everything is computed before the first piece is handed out, so that a mistake leaves nothing
 * half-written; warnings go to standard error.
 */
export async function fitCommand(
  args: FitArguments,
  streams: Pick<Streams, 'stdin' | 'stderr'>,
): Promise<Iterable<string>> {
  const { stderr } = streams;
  const began = performance.now();
  const data = await loadTable(args, streams, { columns: columnsOf([args.formula], args) });
  const read = performance.now() - began;
  const model = fitTable(args.formula, data, args, stderr);
  checkPoints(args.at, model.data.thetaNames);
  const tests = smallSampleTests(model, args.ddf);
  const intervals = await intervalsOf(model, args, stderr);
  if (args.save !== undefined) await saveModel(model, args.save, { standardErrors: true, summary: true });
  if (args.export !== undefined) await saveModel(model, args.export, {});
  const notes = [...rowNotes(model), ...model.data.warnings];
  if (args.format === 'text') {
    // The summary itself ends with what is to be said of the optimum and of dropped columns.
    writeNotes(notes, stderr);
    const summary = model.summary(args.ddf === 'none' || args.ddf === 'all' ? {} : { ddf: args.ddf });
    return [
      summary,
      args.ddf === 'all' ? testsText(model, tests) : '',
      intervals === undefined ? '' : `\n${intervalsText(intervals)}`,
      pointsText(model, args.at),
    ];
  }
  writeNotes([...notes, ...fitNotes(model)], stderr);
  const omittedRows = Array.from(model.frame?.omitted.missing ?? [], (row) => row + 1);
  return jsonPieces(resultsJson(model, { at: args.at, tests, intervals, omittedRows, read }));
}

async function intervalsOf(
  model: FittedModel,
  { confint: method, level, boot }: FitArguments,
  stderr: ProgressTarget,
): Promise<Intervals | undefined> {
  if (method === 'none') return undefined;
  if (method !== 'boot') return confint(model, { method, level });
  const progress = createProgress(stderr);
  try {
    const bootstrap = await bootstrapOf(model, boot, (done) => progress.show(`bootstrap: ${done} of ${boot.nsim}`));
    return confint(model, { method, level, kind: boot.kind, bootstrap });
  } finally {
    progress.done();
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
