import {
  contrasts,
  contrastsText,
  emmeans,
  emtrends,
  meansText,
  type EmmeansOptions,
  type FittedModel,
  type GridValue,
  type MarginalMeans,
  type MeanContrasts,
} from '@blup/lmm';
import type { EmmeansArguments } from '../arguments/emmeans.js';
import { InputError } from '../errors.js';
import type { DataTable } from '../input/read-table.js';
import { jsonPieces } from '../output/json.js';
import type { Streams } from '../run.js';
import { suggestion } from '../suggestion.js';
import { columnsOf, fitNotes, fitTable, rowNotes, writeNotes } from './fit-table.js';
import { loadTable } from './load-table.js';

/** `blup emmeans`: marginal means or trends, and their contrasts. */
export async function emmeansCommand(
  args: EmmeansArguments,
  streams: Pick<Streams, 'stdin' | 'stderr'>,
): Promise<Iterable<string>> {
  const data = await loadTable(args, streams, { columns: columnsOf([args.formula], args) });
  const model = fitTable(args.formula, data, args, streams.stderr);
  const means = meansOf(model, data, args);
  const { adjust, compare, level } = args;
  const differences =
    compare === undefined ? undefined : contrasts(means, compare, { level, ...(adjust !== undefined && { adjust }) });
  writeNotes([...rowNotes(model), ...model.data.warnings, ...fitNotes(model)], streams.stderr);
  if (args.format === 'json') return jsonPieces(resultOf(model, means, differences));
  return [meansText(means), ...(differences ? [`\n${contrastsText(differences, means.by)}`] : [])];
}

function meansOf(model: FittedModel, data: DataTable, args: EmmeansArguments): MarginalMeans {
  const { header } = data;
  const specs = args.specs.flatMap((text) => namesIn(text, header));
  const options: EmmeansOptions = {
    by: args.by.flatMap((text) => namesIn(text, header)),
    at: valuesAt(args, data),
    weights: args.average,
    ddf: args.ddf,
    level: args.level,
  };
  return args.trend === undefined ? emmeans(model, specs, options) : emtrends(model, specs, args.trend, options);
}

/** A column of that very name, else the names between the commas. */
const namesIn = (text: string, columns: readonly string[]): string[] =>
  columns.includes(text) ? [text] : text.split(',').map((name) => name.trim());

/** @throws {InputError} for a column that the table does not have */
function valuesAt(
  { at, file }: EmmeansArguments,
  { columns, header }: DataTable,
): Record<string, readonly GridValue[]> {
  const out = Object.create(null) as Record<string, readonly GridValue[]>;
  for (const [name, texts] of at) {
    const column = columns.find((candidate) => candidate.name === name);
    if (!header.includes(name)) {
      throw new InputError('unknown-column', `${file} has no column "${name}" for --at${suggestion(name, header)}`, {
        column: name,
      });
    }
    out[name] = texts.map((text): GridValue => {
      // Of a column that the model does not read, the library says so.
      if (!column || column.kind === 'category') return text;
      if (column.kind === 'boolean' && (text === 'true' || text === 'false')) return text === 'true';
      const value = text === '' ? Number.NaN : Number(text);
      if (column.kind === 'number' && Number.isFinite(value)) return value;
      throw new InputError(
        'bad-value',
        `--at ${name}=${text}: the column holds ${column.kind === 'number' ? 'numbers' : 'true and false'}.`,
        { column: name },
      );
    });
  }
  return out;
}

function resultOf(model: FittedModel, means: MarginalMeans, differences: MeanContrasts | undefined): object {
  const { quantity, factors, by, levels, estimable, estimate, se, df, lower, upper, level, ddf } = means;
  return {
    formula: model.data.formula,
    quantity,
    factors,
    by,
    ddf,
    level,
    levels,
    estimable,
    estimate,
    se,
    df,
    lower,
    upper,
    contrasts: differences,
  };
}
