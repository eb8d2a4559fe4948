import { simulate } from '@blup/lmm';
import type { SimulateArguments } from '../arguments/simulate.js';
import { csvPieces } from '../output/csv.js';
import { jsonPieces } from '../output/json.js';
import type { Streams } from '../run.js';
import { fitFile } from './fit-table.js';

/** `blup simulate`: new responses from the fitted model, one column for each. */
export async function simulateCommand(
  args: SimulateArguments,
  streams: Pick<Streams, 'stdin' | 'stderr'>,
): Promise<Iterable<string>> {
  const { nsim, seed, randomEffects } = args;
  const model = await fitFile(args, streams);
  const responses = simulate(model, { nsim, seed, randomEffects });
  const { formula, nobs } = model.data;
  const rows = Int32Array.from({ length: nobs }, (_, i) => (model.rows ? model.rows[i]! : i) + 1);
  if (args.format === 'json') return jsonPieces({ formula, seed, randomEffects, rows, simulations: responses });
  return csvPieces(nobs, [
    { name: 'row', cell: (i) => String(rows[i]) },
    ...responses.map((y, k) => ({ name: `sim_${k + 1}`, cell: (i: number) => String(y[i]) })),
  ]);
}
