import { fitModel, parametricBootstrap, platformWorkers } from '@blup/lmm';

/** What the test asks the page: replicates of a model, computed by so many workers, and how many workers were started. */
globalThis.bootstrapOf = async (formula, table, options, workers) => {
  let started = 0;
  const start = platformWorkers();
  const workerFactory = () => {
    started++;
    return start();
  };
  const { values, converged, singular, done, estimates } = await parametricBootstrap(
    fitModel(formula, table, options),
    {
      nsim: 96,
      seed: 2026,
      workers,
      workerFactory,
    },
  );
  return {
    values: [...values],
    converged: [...converged],
    singular: [...singular],
    done,
    estimates: [...estimates],
    started,
  };
};
