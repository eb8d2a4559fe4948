import { availableParallelism } from 'node:os';
import { ModelError, parametricBootstrap, type Bootstrap, type FittedModel } from '@blup/lmm';
import type { FitArguments } from '../arguments/fit.js';

/** Milliseconds of work below which threads take longer to start than they save. */
const WORTH_THREADS = 500;

/** Replicates of a model, in threads where asked for or where it pays: the same bits in either case. */
export async function bootstrapOf(
  model: FittedModel,
  { nsim, seed, workers }: FitArguments['boot'],
  onProgress: (done: number) => void,
): Promise<Bootstrap> {
  const run = (count: number) => parametricBootstrap(model, { nsim, seed, onProgress, workers: count < 2 ? 0 : count });
  if (workers !== undefined) return run(workers);
  if (nsim * model.data.timings.optimize < WORTH_THREADS) return run(0);
  try {
    return await run(availableParallelism());
  } catch (error) {
    // Threads make structures from their names, which not all have.
    if (error instanceof ModelError && error.code === 'bad-option') return run(0);
    throw error;
  }
}
