import { compareModels, compareSavedModels, comparisonText, type ModelComparison } from '@blup/lmm';
import type { CompareArguments } from '../arguments/compare.js';
import { jsonPieces } from '../output/json.js';
import type { Streams } from '../run.js';
import { columnsOf, fitTable, rowNotes, writeNotes } from './fit-table.js';
import { loadTable } from './load-table.js';
import { loadSavedSummary } from './saved-model.js';

/** `blup compare`: likelihood-ratio tests of formulas on one table, or of saved models. */
export async function compareCommand(
  args: CompareArguments,
  streams: Pick<Streams, 'stdin' | 'stderr'>,
): Promise<Iterable<string>> {
  const comparison = await comparisonOf(args, streams);
  return args.format === 'json' ? jsonPieces(comparison) : [comparisonText(comparison)];
}

async function comparisonOf(
  { models, noRefit }: CompareArguments,
  streams: Pick<Streams, 'stdin' | 'stderr'>,
): Promise<ModelComparison> {
  if (models.kind === 'saved') {
    return compareSavedModels(await Promise.all(models.paths.map((path) => loadSavedSummary(path))));
  }
  const data = await loadTable(models.fit, streams, { columns: columnsOf(models.formulas, models.fit) });
  const fits = models.formulas.map((formula) => fitTable(formula, data, models.fit, streams.stderr));
  fits.forEach((model, i) =>
    writeNotes(
      [...rowNotes(model), ...model.data.warnings].map((note) => `model ${i + 1}: ${note}`),
      streams.stderr,
    ),
  );
  return compareModels(fits, noRefit ? { refit: false } : {});
}
