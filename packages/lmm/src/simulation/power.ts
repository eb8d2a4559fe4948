import { ModelError } from '../errors.js';
import { FittedModel } from '../fitted-model.js';
import { chiSquaredUpper } from '../inference/distributions/distributions.js';
import { problemOf, type SimulationProblem } from './problem.js';
import { refitter } from './refit.js';
import { simulator } from './simulate.js';

export interface PowerOptions {
  /** Fixed-effects columns that the test sets to zero together. */
  readonly columns: readonly string[];
  readonly nsim?: number;
  /** A whole number: the same seed gives the same bits everywhere. */
  readonly seed: number;
  /** Size of the test; default 0.05. */
  readonly alpha?: number;
}

export interface Power {
  /** Share of the data sets in which the test rejects. */
  readonly power: number;
  /** Wilson's 95 % interval for it. */
  readonly interval: readonly [number, number];
  readonly rejected: number;
  /** Data sets in which both searches converged: the others do not count. */
  readonly counted: number;
  /** p values by data set, NaN where they do not count. */
  readonly pValues: Float64Array;
}

/**
 * Power of the likelihood-ratio test of fixed effects (ML, chi-squared) at the parameters of a model or a design
 * ({@link designProblem}): data are simulated, and fitted with and without the columns. With few groups the test itself rejects too often;
 * its size shows when the coefficients in question are set to zero.
 *
 * @throws ModelError `bad-option` for unknown columns, or none
 */
export function powerBySimulation(model: FittedModel | SimulationProblem, options: PowerOptions): Power {
  const problem = model instanceof FittedModel ? problemOf(model) : model;
  const { columns, nsim = 1000, alpha = 0.05 } = options;
  const criterion = { ...problem.criterion, reml: false };
  const whole = refitter({ ...problem, criterion });
  const part = refitter({ ...without(problem, columns), criterion });
  const draw = simulator(problem, options.seed);
  const y = new Float64Array(problem.matrices.y.length);
  const pValues = new Float64Array(nsim).fill(Number.NaN);
  let counted = 0;
  let rejected = 0;
  for (let r = 0; r < nsim; r++) {
    draw(r, y);
    const a = whole.refit(y);
    const b = part.refit(y);
    if (!a.converged || !b.converged) continue;
    const p = chiSquaredUpper(Math.max(0, b.objective - a.objective), columns.length);
    pValues[r] = p;
    counted++;
    if (p <= alpha) rejected++;
  }
  return { power: rejected / counted, interval: wilson(rejected, counted), rejected, counted, pValues };
}

function without(problem: SimulationProblem, columns: readonly string[]): SimulationProblem {
  const { X } = problem.matrices;
  const estimated = new Set(problem.kept.map((k) => X.names[k]));
  const unknown = columns.filter((name) => !estimated.has(name));
  if (columns.length === 0 || unknown.length > 0) {
    throw new ModelError(
      'bad-option',
      `columns must name fixed effects to test${unknown.length > 0 ? `; there is no ${unknown.join(', ')}` : ''}: ${[...estimated].join(', ')}`,
    );
  }
  const stay = problem.kept.filter((k) => !columns.includes(X.names[k]));
  return {
    ...problem,
    matrices: {
      ...problem.matrices,
      X: { names: stay.map((k) => X.names[k]), columns: stay.map((k) => X.columns[k]) },
    },
    kept: stay.map((_, k) => k),
    beta: new Float64Array(stay.length),
  };
}

/** Wilson (1927), J. American Statistical Association 22, 209-212. */
function wilson(successes: number, n: number): [number, number] {
  const z = 1.959963984540054;
  const share = successes / n;
  const centre = (share + (z * z) / (2 * n)) / (1 + (z * z) / n);
  const half = (z / (1 + (z * z) / n)) * Math.sqrt((share * (1 - share)) / n + (z * z) / (4 * n * n));
  return [Math.max(0, centre - half), Math.min(1, centre + half)];
}
