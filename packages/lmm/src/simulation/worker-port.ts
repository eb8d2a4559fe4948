/** One worker, as the bootstrap sees it: the same four functions for worker threads of Node and workers of a browser. */
export interface WorkerPort {
  postMessage(message: unknown): void;
  onMessage(listener: (message: unknown) => void): void;
  onError(listener: (error: unknown) => void): void;
  terminate(): void;
}

/** Starts a worker that runs the module `@blup/lmm/worker`. */
export type WorkerFactory = () => WorkerPort;

/** The URL class that Node and browsers share, as far as it is used here. */
declare const URL: new (path: string, base: string) => object;

interface NodeWorker {
  postMessage(message: unknown): void;
  on(event: string, listener: (value: unknown) => void): void;
  terminate(): Promise<number>;
}

interface BrowserWorker {
  postMessage(message: unknown): void;
  onmessage: ((event: { data: unknown }) => void) | null;
  onerror: ((event: unknown) => void) | null;
  terminate(): void;
}

interface Surroundings {
  readonly Worker?: new (url: object, options: { type: 'module' }) => BrowserWorker;
  readonly process?: { getBuiltinModule?(name: string): { Worker: new (url: object) => NodeWorker } | undefined };
}

/**
 * Workers of the platform: worker threads in Node (20.16, 22.3 or later), else the browser's. Bundlers find the worker's module by the
 * `new Worker(new URL(...))` below.
 *
 * @returns null where there are none
 */
export function platformWorkers(): WorkerFactory | null {
  const surroundings = globalThis as unknown as Surroundings;
  const threads = surroundings.process?.getBuiltinModule?.('node:worker_threads');
  if (threads)
    return () => nodePort(new threads.Worker(new URL('./worker.js', (import.meta as { url?: string }).url!)));
  const { Worker } = surroundings;
  if (!Worker) return null;
  return () =>
    browserPort(new Worker(new URL('./worker.js', (import.meta as { url?: string }).url!), { type: 'module' }));
}

function nodePort(worker: NodeWorker): WorkerPort {
  return {
    postMessage: (message) => worker.postMessage(message),
    onMessage: (listener) => worker.on('message', listener),
    onError: (listener) => worker.on('error', listener),
    terminate: () => void worker.terminate(),
  };
}

function browserPort(worker: BrowserWorker): WorkerPort {
  return {
    postMessage: (message) => worker.postMessage(message),
    onMessage: (listener) => {
      worker.onmessage = (event) => listener(event.data);
    },
    onError: (listener) => {
      worker.onerror = listener;
    },
    terminate: () => worker.terminate(),
  };
}
