import { refitter, type Refit } from './refit.js';
import type { SimulationProblem } from './problem.js';
import { simulator } from './simulate.js';

/** What a run of replicates is to do, besides the model: plain data. */
export interface ReplicatePlan {
  readonly seed: number;
  readonly randomEffects: 'new' | 'kept';
}

/** Results of consecutive replicates: `width` numbers each, in the order objective, sigma, beta, theta; and flags. */
export interface ReplicateBlock {
  readonly from: number;
  readonly values: Float64Array;
  /** The parameters of the structures, parLength numbers for each replicate. */
  readonly par: Float64Array;
  /** Bit 0: converged; bit 1: singular. */
  readonly flags: Uint8Array;
}

export const CONVERGED = 1;
export const SINGULAR = 2;

/** A function that simulates and refits replicates `from` to `to - 1`; each is a pure function of (problem, plan, number). */
export function replicateRunner(
  problem: SimulationProblem,
  plan: ReplicatePlan,
): (from: number, to: number) => ReplicateBlock {
  const draw = simulator(problem, plan.seed, plan.randomEffects);
  const { refit } = refitter(problem);
  const y = new Float64Array(problem.matrices.y.length);
  return (from, to) => {
    let values = new Float64Array(0);
    const par = new Float64Array(problem.par.length * (to - from));
    const flags = new Uint8Array(to - from);
    for (let r = from; r < to; r++) {
      const result = refit(draw(r, y));
      const width = widthOf(result);
      if (r === from) values = new Float64Array(width * (to - from));
      writeInto(result, values, (r - from) * width);
      par.set(result.par, (r - from) * problem.par.length);
      flags[r - from] = (result.converged ? CONVERGED : 0) | (result.singular ? SINGULAR : 0);
    }
    return { from, values, par, flags };
  };
}

const widthOf = ({ beta, theta }: Refit): number => 2 + beta.length + theta.length;

function writeInto({ objective, sigma, beta, theta }: Refit, out: Float64Array, at: number): void {
  out[at] = objective;
  out[at + 1] = sigma;
  out.set(beta, at + 2);
  out.set(theta, at + 2 + beta.length);
}
