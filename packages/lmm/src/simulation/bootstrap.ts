import { ModelError } from '../errors.js';
import type { FittedModel } from '../fitted-model.js';
import { plainProblem, problemOf } from './problem.js';
import { CONVERGED, replicateRunner, SINGULAR, type ReplicateBlock, type ReplicatePlan } from './replicates.js';
import type { WorkerReply } from './worker-messages.js';
import { platformWorkers, type WorkerFactory, type WorkerPort } from './worker-port.js';

export interface BootstrapOptions {
  /** How many replicates; default 1000. */
  readonly nsim?: number;
  /** A whole number: the same seed gives the same bits, whatever the number of workers. */
  readonly seed: number;
  /** New random effects in every replicate (default), or the conditional modes kept. */
  readonly randomEffects?: 'new' | 'kept';
  /** How many workers; 0 (default) computes here, and lets other tasks run from time to time. */
  readonly workers?: number;
  /** Starts a worker; default {@link platformWorkers}. */
  readonly workerFactory?: WorkerFactory;
  /** Called now and then with the number of replicates that are done. */
  readonly onProgress?: (done: number, nsim: number) => void;
  /** Stops when aborted; an AbortSignal, for example. */
  readonly signal?: { readonly aborted: boolean };
}

/** Estimates of all replicates, row by row. */
export interface Bootstrap {
  readonly nsim: number;
  readonly seed: number;
  /** `objective`, `sigma`, the names of beta, the names of theta. */
  readonly names: readonly string[];
  /** What the model itself has, by name. */
  readonly estimates: Float64Array;
  /** nsim rows of names.length numbers; NaN in replicates that were not computed. */
  readonly values: Float64Array;
  /** The parameters of the covariance structures, nsim rows of `model.data.par.length` numbers; NaN likewise. */
  readonly par: Float64Array;
  /** 1 where a replicate's search converged, length nsim. */
  readonly converged: Uint8Array;
  /** 1 where a replicate's fit is singular, length nsim. */
  readonly singular: Uint8Array;
  /** Replicates that were computed; fewer than nsim when the run was stopped. */
  readonly done: number;
}

/** Replicates handed over at a time: enough to make messages cheap, few enough to share work evenly. */
const CHUNK = 16;

/**
 * Parametric bootstrap: simulates responses from the model, refits each, and keeps the estimates. Replicate r is a function of the model,
 * the seed and r alone (Efron and Tibshirani 1993, An Introduction to the Bootstrap, section 6.5).
 *
 * @throws ModelError `bad-option` for impossible options, or a covariance structure that cannot be sent to workers
 */
export async function parametricBootstrap(model: FittedModel, options: BootstrapOptions): Promise<Bootstrap> {
  const nsim = whole(options.nsim ?? 1000, 'nsim');
  const count = Math.min(whole(options.workers ?? 0, 'workers'), Math.ceil(nsim / CHUNK));
  const plan: ReplicatePlan = { seed: whole(options.seed, 'seed'), randomEffects: options.randomEffects ?? 'new' };
  const collected = collector(model, nsim, plan.seed);
  const take = (block: ReplicateBlock) => {
    collected.take(block);
    options.onProgress?.(collected.done(), nsim);
  };
  const stopped = () => options.signal?.aborted === true;
  if (count > 0) await runInWorkers(model, plan, nsim, count, options.workerFactory, stopped, take);
  else await runHere(model, plan, nsim, stopped, take);
  return collected.bootstrap();
}

/**
 * The same here and now, without workers, progress or a pause for other tasks: for runs that take seconds.
 *
 * @throws ModelError `bad-option` for impossible options
 */
export function parametricBootstrapSync(
  model: FittedModel,
  options: Pick<BootstrapOptions, 'nsim' | 'seed' | 'randomEffects'>,
): Bootstrap {
  const nsim = whole(options.nsim ?? 1000, 'nsim');
  const plan: ReplicatePlan = { seed: whole(options.seed, 'seed'), randomEffects: options.randomEffects ?? 'new' };
  const collected = collector(model, nsim, plan.seed);
  if (nsim > 0) collected.take(replicateRunner(problemOf(model), plan)(0, nsim));
  return collected.bootstrap();
}

/** Puts the blocks of replicates in their places, in whatever order they come. */
function collector({ data }: FittedModel, nsim: number, seed: number) {
  const names = ['objective', 'sigma', ...data.beta.names, ...data.thetaNames];
  const parLength = data.par.length;
  const values = new Float64Array(nsim * names.length).fill(Number.NaN);
  const par = new Float64Array(nsim * parLength).fill(Number.NaN);
  const converged = new Uint8Array(nsim);
  const singular = new Uint8Array(nsim);
  let done = 0;
  return {
    done: () => done,
    take(block: ReplicateBlock) {
      values.set(block.values, block.from * names.length);
      par.set(block.par, block.from * parLength);
      block.flags.forEach((flag, i) => {
        converged[block.from + i] = flag & CONVERGED ? 1 : 0;
        singular[block.from + i] = flag & SINGULAR ? 1 : 0;
      });
      done += block.flags.length;
    },
    bootstrap(): Bootstrap {
      const estimates = Float64Array.of(data.objective, data.sigma, ...data.beta.values, ...data.theta);
      return { nsim, seed, names, estimates, values, par, converged, singular, done };
    },
  };
}

async function runHere(
  model: FittedModel,
  plan: ReplicatePlan,
  nsim: number,
  stopped: () => boolean,
  take: (block: ReplicateBlock) => void,
): Promise<void> {
  const run = replicateRunner(problemOf(model), plan);
  for (let from = 0; from < nsim && !stopped(); from += CHUNK) {
    take(run(from, Math.min(from + CHUNK, nsim)));
    await otherTasks();
  }
}

/** Lets events, timers and painting have their turn. */
function otherTasks(): Promise<void> {
  const { setTimeout } = globalThis as unknown as { setTimeout(run: () => void, ms: number): void };
  return new Promise((resolve) => setTimeout(resolve, 0));
}

function runInWorkers(
  model: FittedModel,
  plan: ReplicatePlan,
  nsim: number,
  count: number,
  factory: WorkerFactory | undefined,
  stopped: () => boolean,
  take: (block: ReplicateBlock) => void,
): Promise<void> {
  const start = factory ?? platformWorkers();
  if (!start) throw new ModelError('bad-option', 'there are no workers here: pass a workerFactory, or workers: 0');
  const problem = plainProblem(model);
  const ports: WorkerPort[] = [];
  let next = 0;
  let busy = 0;
  return new Promise<void>((resolve, reject) => {
    const give = (port: WorkerPort) => {
      if (next >= nsim || stopped()) {
        port.terminate();
        if (busy === 0) resolve();
        return;
      }
      const to = Math.min(next + CHUNK, nsim);
      busy++;
      port.postMessage({ kind: 'run', from: next, to });
      next = to;
    };
    const fail = (error: unknown) => {
      for (const port of ports) port.terminate();
      reject(error instanceof Error ? error : new Error(String(error)));
    };
    for (let w = 0; w < count; w++) {
      const port = start();
      ports.push(port);
      port.onError(fail);
      port.onMessage((message) => {
        const answer = message as WorkerReply;
        if (answer.kind === 'failed') {
          fail(new Error(`a worker failed: ${answer.message}`));
          return;
        }
        busy--;
        take(answer.block);
        give(port);
      });
      port.postMessage({ kind: 'begin', problem, plan });
    }
    for (const port of ports.slice()) give(port);
  });
}

function whole(value: number, what: string): number {
  if (Number.isSafeInteger(value) && value >= 0) return value;
  throw new ModelError('bad-option', `${what} must be a whole number that is not negative, not ${value}`);
}
