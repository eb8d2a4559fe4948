import { totalmem } from 'node:os';
import { FormulaError, formulaColumns } from '@blup/formula';
import { fitModel, type FittedModel } from '@blup/lmm';
import type { ModelArguments, ModelOptions } from '../arguments/model.js';
import { InputError } from '../errors.js';
import type { DataTable } from '../input/read-table.js';
import { modelTable, orderedFactors } from '../model-table.js';
import { createProgress, type ProgressTarget } from '../output/progress.js';
import type { Streams } from '../run.js';
import { suggestion } from '../suggestion.js';
import { loadTable } from './load-table.js';

/** Reads the table, fits the model, and says on standard error what a user should know of rows and fit. */
export async function fitFile(args: ModelArguments, streams: Pick<Streams, 'stdin' | 'stderr'>): Promise<FittedModel> {
  const data = await loadTable(args, streams, { columns: columnsOf([args.formula], args) });
  const model = fitTable(args.formula, data, args, streams.stderr);
  writeNotes([...rowNotes(model), ...model.data.warnings, ...fitNotes(model)], streams.stderr);
  return model;
}

/** The columns that take part in some of the formulas; null for all, where the options name them in other ways. */
export function columnsOf(
  formulas: readonly string[],
  { subset, weights, offset, residual }: ModelOptions,
): (header: readonly string[]) => ReadonlySet<string> | null {
  return (header) => {
    if (residual !== undefined) return null;
    try {
      return new Set(formulas.flatMap((formula) => [...formulaColumns(formula, header, { subset, weights, offset })]));
    } catch (error) {
      // The fit will say what is wrong with the formula.
      if (error instanceof FormulaError) return null;
      throw error;
    }
  };
}

/** Fits one model to a table; progress is shown to those who watch. */
export function fitTable(
  formula: string,
  data: DataTable,
  options: ModelOptions & { readonly file: string },
  stderr: ProgressTarget,
): FittedModel {
  const { weights, offset, subset, contrasts, reml, residual, maxMemory } = options;
  checkContrasts(formula, options, data);
  const progress = createProgress(stderr);
  try {
    return fitModel(formula, modelTable(data), {
      reml,
      weights,
      offset,
      subset,
      contrasts,
      maxBytes: maxMemory ?? mostOfTheMachine(),
      ...(residual !== undefined && { residual }),
      ordered: orderedFactors(data),
      onEvaluation: ({ value }, count) => progress.show(`fitting: evaluation ${count}, objective ${value.toFixed(4)}`),
    });
  } finally {
    progress.done();
  }
}

/** Three quarters of the memory that this process may have. */
function mostOfTheMachine(): number {
  const limit = process.constrainedMemory();
  return 0.75 * Math.min(totalmem(), limit > 0 ? limit : Infinity);
}

export function writeNotes(notes: readonly string[], stderr: ProgressTarget): void {
  for (const note of notes) stderr.write(`blup: note: ${note}\n`);
}

/** Rows that did not take part though the user did not say so. */
export function rowNotes({ frame, data }: FittedModel): string[] {
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

/** What the summary of a fit says itself at its end, for output without one. */
export function fitNotes({ data }: FittedModel): string[] {
  const { converged, singular, message } = data.certificate;
  const notes = converged && !singular && message === 'converged' ? [] : [message];
  if (data.droppedColumns.length > 0) {
    notes.push(`fixed-effects columns left out because earlier ones determine them: ${data.droppedColumns.join(', ')}`);
  }
  return notes;
}

/** @throws {InputError} when `--contrasts` names nothing in the file or the formula, and so would be ignored silently */
function checkContrasts(
  formula: string,
  { contrasts, file }: Pick<ModelArguments, 'contrasts' | 'file'>,
  { header: names }: DataTable,
): void {
  for (const name of contrasts.keys()) {
    if (names.includes(name) || formula.includes(name)) continue;
    throw new InputError(
      'unknown-column',
      `${file} has no column "${name}" for --contrasts${suggestion(name, names)}`,
      { column: name },
    );
  }
}
