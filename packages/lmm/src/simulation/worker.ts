import { requestHandler, type WorkerRequest } from './worker-messages.js';

/** The module that a worker runs: replicates of a parametric bootstrap, for Node's worker threads and for browsers. */

interface ParentPort {
  postMessage(message: unknown): void;
  on(event: 'message', listener: (message: WorkerRequest) => void): void;
}

interface Surroundings {
  readonly process?: { getBuiltinModule?(name: string): { parentPort: ParentPort | null } | undefined };
  postMessage(message: unknown): void;
  onmessage: ((event: { data: WorkerRequest }) => void) | null;
}

const here = globalThis as unknown as Surroundings;
const parent = here.process?.getBuiltinModule?.('node:worker_threads')?.parentPort;
if (parent) {
  parent.on('message', requestHandler(parent.postMessage.bind(parent)));
} else {
  const handle = requestHandler(here.postMessage.bind(here));
  here.onmessage = (event) => handle(event.data);
}
