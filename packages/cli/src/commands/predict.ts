import { ModelError, predict, scoreGroups, type PredictionModel, type Predictions } from '@blup/lmm';
import type { PredictArguments } from '../arguments/predict.js';
import { InputError } from '../errors.js';
import type { Column } from '../input/column.js';
import type { DataTable } from '../input/read-table.js';
import { modelTable } from '../model-table.js';
import { csvPieces, numberCell, type CsvColumn } from '../output/csv.js';
import { jsonPieces } from '../output/json.js';
import type { Streams } from '../run.js';
import { suggestion } from '../suggestion.js';
import { loadTable } from './load-table.js';
import { loadModel } from './saved-model.js';

/** `blup predict`: predictions of a saved model for the rows of a table, in their order. */
export async function predictCommand(
  args: PredictArguments,
  streams: Pick<Streams, 'stdin' | 'stderr'>,
): Promise<Iterable<string>> {
  const saved = await loadModel(args.model);
  const labels = new Set(saved.design?.columns.filter(({ type }) => type === 'string').map(({ name }) => name));
  const model = args.score === undefined ? saved : await scored(saved, args.score, args, streams, labels);
  const data = await loadTable(args, streams, { labels });
  const { interval } = args;
  const weights = interval === 'prediction' ? weightsOf(data, args) : undefined;
  const predictions = inOurWords(() =>
    predict(model, modelTable(data), {
      terms: args.terms,
      newLevels: args.newLevels,
      se: args.se,
      level: args.level,
      ...(interval !== 'none' && { interval }),
      ...(args.df !== undefined && { df: args.df }),
      ...(weights && { weights }),
    }),
  );
  noteMissing(predictions, streams);
  if (args.format === 'json') return jsonPieces({ response: model.responseName, ...predictions });
  return csvPieces(data.nrow, [
    ...(args.withData ? data.columns.map(asCsv) : [{ name: 'row', cell: (i: number) => String(i + 1) }]),
    ...columnsOf(predictions),
  ]);
}

/** The library speaks of its own options. */
function inOurWords<T>(compute: () => T): T {
  try {
    return compute();
  } catch (error) {
    if (!(error instanceof ModelError)) throw error;
    if (error.code === 'new-level') {
      throw new InputError(
        'unknown-level',
        error.message.replace('newLevels', '--new-levels').replaceAll(/"(population|integrated)"/g, '$1'),
      );
    }
    if (!error.message.includes('standardErrors')) throw error;
    throw new InputError(
      'not-a-model',
      'The model was written by --export, without what standard errors of known levels need: write it with --save, or predict with --terms none.',
    );
  }
}

/** The model with the effects of groups that it has not seen, from their own rows. */
async function scored(
  model: PredictionModel,
  file: string,
  args: PredictArguments,
  streams: Pick<Streams, 'stdin'>,
  labels: ReadonlySet<string>,
): Promise<PredictionModel> {
  const data = await loadTable({ ...args, file }, streams, { labels });
  const weights = weightsOf(data, { ...args, file });
  return scoreGroups(model, modelTable(data), weights ? { weights } : {});
}

/** @throws {InputError} for a column that the table does not have, or that holds no numbers */
function weightsOf(
  { columns }: DataTable,
  { weights, file }: Pick<PredictArguments, 'weights' | 'file'>,
): Float64Array | undefined {
  if (weights === undefined) return undefined;
  const column = columns.find(({ name }) => name === weights);
  if (!column) {
    const known = columns.map(({ name }) => name);
    throw new InputError(
      'unknown-column',
      `${file} has no column "${weights}" for --weights${suggestion(weights, known)}`,
      {
        column: weights,
      },
    );
  }
  if (column.kind !== 'number')
    throw new InputError('bad-value', `The column "${weights}" for --weights holds no numbers.`, { column: weights });
  return column.values;
}

function noteMissing({ fit }: Predictions, { stderr }: Pick<Streams, 'stderr'>): void {
  const missing = fit.reduce((count, value) => count + (Number.isNaN(value) ? 1 : 0), 0);
  if (missing === 0) return;
  stderr.write(
    `blup: note: ${missing} of ${fit.length} rows have no prediction: a predictor or a group is missing, or the data of the fit do not determine it\n`,
  );
}

function columnsOf({ fit, se, lower, upper, newLevel }: Predictions): CsvColumn[] {
  const column = (name: string, values: Float64Array | null): CsvColumn[] =>
    values ? [{ name, cell: (i) => numberCell(values[i]!) }] : [];
  return [
    ...column('.fitted', fit),
    ...column('.se.fit', se),
    ...column('.lower', lower),
    ...column('.upper', upper),
    { name: '.new.level', cell: (i) => String(newLevel[i]) },
  ];
}

function asCsv(column: Column): CsvColumn {
  const { name } = column;
  if (column.kind === 'category') {
    const { codes, levels } = column;
    return { name, cell: (i) => (codes[i]! < 0 ? '' : levels[codes[i]!]!) };
  }
  const { values } = column;
  if (column.kind === 'number') return { name, cell: (i) => numberCell(values[i]!) };
  return { name, cell: (i) => (Number.isNaN(values[i]!) ? '' : values[i] === 1 ? 'true' : 'false') };
}
