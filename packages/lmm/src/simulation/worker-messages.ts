import { problemFromPlain, type PlainProblem } from './problem.js';
import { replicateRunner, type ReplicateBlock, type ReplicatePlan } from './replicates.js';

/** To a worker: the model once, then ranges of replicates. */
export type WorkerRequest =
  | { readonly kind: 'begin'; readonly problem: PlainProblem; readonly plan: ReplicatePlan }
  | { readonly kind: 'run'; readonly from: number; readonly to: number };

/** From a worker: a block for each range, or why there is none. */
export type WorkerReply =
  | { readonly kind: 'block'; readonly block: ReplicateBlock }
  | { readonly kind: 'failed'; readonly message: string };

/** The worker's side of the conversation: one reply for each range. */
export function requestHandler(reply: (message: WorkerReply) => void): (request: WorkerRequest) => void {
  let run: ((from: number, to: number) => ReplicateBlock) | null = null;
  return (request) => {
    try {
      if (request.kind === 'begin') run = replicateRunner(problemFromPlain(request.problem), request.plan);
      else if (run) reply({ kind: 'block', block: run(request.from, request.to) });
      else reply({ kind: 'failed', message: 'a range of replicates came before the model' });
    } catch (error) {
      reply({ kind: 'failed', message: error instanceof Error ? error.message : String(error) });
    }
  };
}
