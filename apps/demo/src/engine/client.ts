import { proxy, wrap, type Remote } from 'comlink';
import type { TableSummary } from '../data/summarize-table.js';
import type { ModelSettings } from '../model/settings.js';
import type { FitReport, Outcome, Progress } from './fit-report.js';
import type { DeclaredLevels, Session } from './session.js';

interface Source {
  readonly name: string;
  readonly blob: Blob;
  readonly declared: readonly DeclaredLevels[];
}

const CANCELLED = { ok: false, problem: { message: 'Cancelled.', place: null } } as const;

/**
 * The page's end of the worker. A fit runs to its end without looking up, so cancelling it means ending the worker; the next request
 * starts a new one, which reads the data again, and fits again whatever is asked about.
 */
export class Engine {
  private worker: Worker | null = null;
  private remote: Remote<Session> | null = null;
  private source: Source | null = null;
  private readonly settings = new Map<number, ModelSettings>();
  private cancelled: (() => void)[] = [];

  async open(name: string, blob: Blob, declared: readonly DeclaredLevels[]): Promise<Outcome<TableSummary>> {
    this.source = { name, blob, declared };
    this.settings.clear();
    return this.load(this.start());
  }

  async fit(
    id: number,
    settings: ModelSettings,
    onProgress: (progress: Progress) => void,
  ): Promise<Outcome<FitReport>> {
    const session = await this.session();
    this.settings.set(id, settings);
    return this.unlessCancelled(session.fit(id, settings, proxy(onProgress)));
  }

  /** Asks about fits; those that a cancelled fit took along with its worker are repeated first. */
  async ask<T>(
    about: number | readonly number[],
    question: (session: Remote<Session>) => Promise<Outcome<T>>,
  ): Promise<Outcome<T>> {
    const session = await this.session();
    for (const id of typeof about === 'number' ? [about] : about) {
      const settings = this.settings.get(id);
      if (!settings || (await session.has(id))) continue;
      const again = await this.unlessCancelled(session.fit(id, settings));
      if (!again.ok) return again;
    }
    return this.unlessCancelled(question(session));
  }

  /** Those of the tags that are covariance structures. */
  structures(tags: readonly string[]): Promise<string[]> {
    return this.start().structures(tags);
  }

  async forget(id: number): Promise<void> {
    this.settings.delete(id);
    await this.remote?.forget(id);
  }

  /** Ends whatever runs; what was waiting for it is told so. */
  cancel(): void {
    this.worker?.terminate();
    this.worker = null;
    this.remote = null;
    for (const tell of this.cancelled) tell();
    this.cancelled = [];
  }

  private start(): Remote<Session> {
    if (!this.remote) {
      this.worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
      this.remote = wrap<Session>(this.worker);
    }
    return this.remote;
  }

  private async session(): Promise<Remote<Session>> {
    if (this.remote) return this.remote;
    const session = this.start();
    await this.load(session);
    return session;
  }

  private async load(session: Remote<Session>): Promise<Outcome<TableSummary>> {
    const { name, blob, declared } = this.source!;
    return this.unlessCancelled(session.open(name, await blob.arrayBuffer(), declared));
  }

  private unlessCancelled<T>(work: Promise<Outcome<T>>): Promise<Outcome<T>> {
    return new Promise((resolve, reject) => {
      const tell = () => resolve(CANCELLED);
      this.cancelled.push(tell);
      work.then(resolve, reject).finally(() => (this.cancelled = this.cancelled.filter((t) => t !== tell)));
    });
  }
}
