import { describe, expect, it } from 'vitest';
import { readTable } from '@blup/golden';
import { bootstrapIntervals, confint, fitModel, parametricBootstrap, type WorkerFactory } from '../../src/index.js';
import { requestHandler, type WorkerRequest } from '../../src/simulation/worker-messages.js';
import { fitCase, goldenCase } from '../golden.js';

/** Workers in this thread whose answers come in an order of their own; messages are cloned as between threads. */
function slowWorkers(started: number[] = []): WorkerFactory {
  return () => {
    const turn = started.push(0);
    let listen: (message: unknown) => void = () => {};
    let ended = false;
    const handle = requestHandler((message) => {
      setTimeout(() => ended || listen(structuredClone(message)), (turn * 7) % 5);
    });
    return {
      postMessage: (message) => void setTimeout(() => ended || handle(structuredClone(message) as WorkerRequest), 0),
      onMessage: (listener) => void (listen = listener),
      onError: () => {},
      terminate: () => void (ended = true),
    };
  };
}

const model = fitCase(goldenCase('sleepstudy-rs-reml'));

describe('the parametric bootstrap', () => {
  it('gives the same bits whatever the number of workers', async () => {
    const here = await parametricBootstrap(model, { nsim: 75, seed: 12 });
    expect(here.done).toBe(75);
    for (const workers of [1, 2, 3, 8]) {
      const started: number[] = [];
      const there = await parametricBootstrap(model, {
        nsim: 75,
        seed: 12,
        workers,
        workerFactory: slowWorkers(started),
      });
      expect(there).toEqual(here);
      expect(started.length).toBe(Math.min(workers, 5));
    }
    const longer = await parametricBootstrap(model, { nsim: 90, seed: 12 });
    expect(longer.values.slice(0, here.values.length)).toEqual(here.values);
  });

  it.each([
    ['ar1(1 | Subject)', 'distance ~ age * Sex'],
    ['strata(Sex) * car1(age | Subject)', 'distance ~ age + (1 | Subject)'],
    ['us(age | Subject)', 'distance ~ age'],
  ])('gives the same bits in workers under the residual structure %s', async (residual, formula) => {
    const structured = fitModel(formula, readTable('Orthodont').columns, { residual });
    const here = await parametricBootstrap(structured, { nsim: 20, seed: 3 });
    const there = await parametricBootstrap(structured, {
      nsim: 20,
      seed: 3,
      workers: 2,
      workerFactory: slowWorkers(),
    });
    expect(there).toEqual(here);
    const { names, lower, upper } = confint(structured, { method: 'boot', bootstrap: there });
    names.forEach((name, k) => expect(lower[k], name).toBeLessThanOrEqual(upper[k]));
  });

  it('gives the same bits in threads of the platform', async () => {
    const { parametricBootstrap: built, fitModel: fit } = await import(
      new URL('../../dist/index.js', import.meta.url).href
    );
    const data = { y: [1, 4, 2, 7, 5, 9, 8, 3, 6, 5, 2, 4], g: [...'aaabbbcccddd'] };
    const small = fit('y ~ 1 + (1 | g)', data);
    const here = await built(small, { nsim: 40, seed: 5 });
    expect(await built(small, { nsim: 40, seed: 5, workers: 2 })).toEqual(here);
  });

  it('reports progress and stops when asked', async () => {
    const seen: number[] = [];
    const signal = { aborted: false };
    const result = await parametricBootstrap(model, {
      nsim: 200,
      seed: 1,
      signal,
      onProgress: (done, nsim) => {
        expect(nsim).toBe(200);
        seen.push(done);
        if (done >= 48) signal.aborted = true;
      },
    });
    expect(seen).toEqual([16, 32, 48]);
    expect(result.done).toBe(48);
    expect(Number.isNaN(result.values[48 * result.names.length])).toBe(true);
    const stopped = await parametricBootstrap(model, {
      nsim: 200,
      seed: 1,
      workers: 2,
      workerFactory: slowWorkers(),
      signal: { aborted: true },
    });
    expect(stopped.done).toBe(0);
  });

  it('scatters as its theory says: beta like vcov, sigma^2 like chi-squared', async () => {
    const b = await parametricBootstrap(model, { nsim: 1500, seed: 77 });
    expect(b.converged.every((c) => c === 1)).toBe(true);
    const intervals = new Map(bootstrapIntervals(b, { kind: 'normal' }).map((row) => [row.name, row]));
    model.data.beta.names.forEach((name, k) => {
      expect(intervals.get(name)!.se / model.data.se[k]).toBeGreaterThan(0.93);
      expect(intervals.get(name)!.se / model.data.se[k]).toBeLessThan(1.07);
      expect(Math.abs(intervals.get(name)!.bias)).toBeLessThan(0.15 * model.data.se[k]);
    });
    // 144 residual degrees of freedom: sd(sigma) is about sigma / sqrt(288).
    expect(intervals.get('sigma')!.se / (model.data.sigma / Math.sqrt(288))).toBeCloseTo(1, 1);
    const percentile = bootstrapIntervals(b);
    const basic = bootstrapIntervals(b, { kind: 'basic' });
    percentile.forEach((row, k) => {
      expect(row.lower).toBeLessThan(row.upper);
      expect(basic[k].lower).toBeCloseTo(2 * row.estimate - row.upper, 10);
    });
  });

  it('refuses impossible options, and tells when a worker fails', async () => {
    await expect(parametricBootstrap(model, { seed: -1 })).rejects.toThrow(/seed/);
    await expect(parametricBootstrap(model, { seed: 1, nsim: 2.5 })).rejects.toThrow(/nsim/);
    const failing: WorkerFactory = () => {
      let report: (error: unknown) => void = () => {};
      return {
        postMessage: () => void setTimeout(() => report(new Error('out of memory')), 0),
        onMessage: () => {},
        onError: (listener) => void (report = listener),
        terminate: () => {},
      };
    };
    await expect(parametricBootstrap(model, { seed: 1, workers: 2, workerFactory: failing })).rejects.toThrow(
      /out of memory/,
    );
  });

  it('works on weighted, rank-deficient and singular fits', async () => {
    for (const id of ['sleepstudy-weights-offset-reml', 'sleepstudy-rankdef-ml', 'dyestuff2-ml']) {
      const b = await parametricBootstrap(fitCase(goldenCase(id)), { nsim: 40, seed: 3 });
      expect(b.converged.every((c) => c === 1)).toBe(true);
      expect(b.values.every(Number.isFinite)).toBe(true);
    }
    const lm = fitModel('y ~ x', { y: [1, 3, 2, 5, 4], x: [1, 2, 3, 4, 5] });
    expect((await parametricBootstrap(lm, { nsim: 20, seed: 3 })).names).toEqual([
      'objective',
      'sigma',
      '(Intercept)',
      'x',
    ]);
  });
});
