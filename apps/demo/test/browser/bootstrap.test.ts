import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readTable } from '@blup/golden';
import { fitModel, parametricBootstrap, type FitModelOptions } from '@blup/lmm';
import { build } from 'vite';
import { afterAll, expect, test } from 'vitest';
import { workbenchInBrowser } from './browser.js';

/** A page of a user's own: the library through a bundler, which has to find the module that the workers run. */
const folder = mkdtempSync(join(tmpdir(), 'blup-bootstrap-page-'));
const workbench = workbenchInBrowser(async () => {
  await build({
    root: fileURLToPath(new URL('bootstrap-page', import.meta.url)),
    base: './',
    configFile: false,
    logLevel: 'silent',
    worker: { format: 'es' },
    build: { outDir: folder, emptyOutDir: true, target: 'es2022' },
  });
  return folder;
});
afterAll(() => rmSync(folder, { recursive: true }));

interface Replicates {
  values: number[];
  converged: number[];
  singular: number[];
  done: number;
  estimates: number[];
  started: number;
}
type Page = { bootstrapOf(formula: string, table: object, options: object, workers: number): Promise<Replicates> };

const { columns: sleepstudy } = readTable('sleepstudy');
const { columns: penicillin } = readTable('Penicillin');
const w = sleepstudy['Days']!.map((day) => 1 + Number(day) / 4);
const cases: [string, string, Record<string, readonly unknown[]>, FitModelOptions][] = [
  ['slopes', 'Reaction ~ Days + (Days | Subject)', sleepstudy, {}],
  [
    'weights, no correlation, ML',
    'Reaction ~ Days + (Days || Subject)',
    { ...sleepstudy, w },
    { weights: 'w', reml: false },
  ],
  ['crossed factors', 'diameter ~ 1 + (1 | plate) + (1 | sample)', penicillin, {}],
];

test.each(cases)(
  'workers of the browser give the bits that Node gives, whatever their number: %s',
  async (_, formula, table, options) => {
    const here = await parametricBootstrap(fitModel(formula, table, options), { nsim: 96, seed: 2026 });
    const want = { ...here, values: [...here.values], estimates: [...here.estimates] };
    const page = await workbench.openPage();
    await page.waitForFunction(() => 'bootstrapOf' in globalThis);
    for (const workers of [0, 1, 2, 4]) {
      const got = await page.evaluate(
        ([formula, table, options, workers]) =>
          (globalThis as unknown as Page).bootstrapOf(formula, table, options, workers),
        [formula, table, options, workers] as const,
      );
      expect(got.started).toBe(workers);
      expect(got.done).toBe(96);
      expect(got.converged).toEqual([...want.converged]);
      expect(got.singular).toEqual([...want.singular]);
      // toEqual compares numbers with Object.is: every bit.
      expect(got.estimates).toEqual(want.estimates);
      expect(got.values).toEqual(want.values);
    }
    await page.close();
  },
);
