import { anova, anovaText, ranova, ranovaText } from '@blup/lmm';
import type { AnovaArguments } from '../arguments/anova.js';
import { jsonPieces } from '../output/json.js';
import type { Streams } from '../run.js';
import { fitFile } from './fit-table.js';

/** `blup anova`: F tests of the fixed-effects terms, or likelihood-ratio tests of the random-effects terms. */
export async function anovaCommand(
  args: AnovaArguments,
  streams: Pick<Streams, 'stdin' | 'stderr'>,
): Promise<Iterable<string>> {
  const model = await fitFile(args, streams);
  const { formula } = model.data;
  const json = args.format === 'json';
  if (args.random) {
    const table = ranova(model);
    return json ? jsonPieces({ formula, criterion: model.data.criterion, ...table }) : [ranovaText(table)];
  }
  const table = anova(model, { type: args.type, ddf: args.ddf });
  return json ? jsonPieces({ formula, ...table }) : [anovaText(table)];
}
