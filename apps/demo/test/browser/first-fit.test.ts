import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { goldenPath, readCase } from '@blup/golden';
import { expect, test } from 'vitest';
import { formatNumber } from '../../src/model/number-text.js';
import { fitted, tableTexts, workbenchInBrowser } from './browser.js';

const workbench = workbenchInBrowser();

interface CliResult {
  objective: number;
  sigma: number;
  beta: { names: string[]; values: number[] };
  se: number[];
  varcorr: { sd: number[] }[];
}

/** The same fit by the blup command, from the same file. */
function byCommand(formula: string, table: string, ...options: string[]): CliResult {
  const bin = createRequire(import.meta.url)
    .resolve('blup')
    .replace(/dist.index\.js$/, 'bin/blup.cjs');
  const file = goldenPath(`data/${table}.csv`);
  const schema = goldenPath(`data/${table}.schema.json`);
  const run = spawnSync(
    process.execPath,
    [bin, 'fit', formula, file, '--schema', schema, '--format', 'json', ...options],
    {
      encoding: 'utf8',
      maxBuffer: 1e8,
    },
  );
  if (run.status !== 0) throw new Error(run.stderr);
  return JSON.parse(run.stdout) as CliResult;
}

test('sleepstudy is fitted at once, and its numbers are those of the command and of lme4', async () => {
  const page = await workbench.openPage();
  const rows = await tableTexts(page, '.fixed-effects');
  const formula = 'Reaction ~ Days + (Days | Subject)';
  const cli = byCommand(formula, 'sleepstudy');
  expect(rows.map(([term, estimate, se]) => [term, estimate, se])).toEqual(
    cli.beta.names.map((name, k) => [name, formatNumber(cli.beta.values[k]), formatNumber(cli.se[k])]),
  );
  const variances = await tableTexts(page, '.variance-components');
  expect(variances.map((row) => row[3])).toEqual([...cli.varcorr[0].sd, cli.sigma].map((v) => formatNumber(v)));
  const expected = readCase('sleepstudy-rs-reml').results;
  const [criterion] = await tableTexts(page, '.criteria');
  expect(criterion).toEqual(['REML criterion', formatNumber(expected.objective, 8)]);
  expect(rows[1]![5]).toBe(expected.satterthwaite.df[1].toFixed(1));
  expect(await page.textContent('.verdict h3')).toBe('Converged');
  await page.close();
});

test('every built-in data set opens with its formula and converges', async () => {
  const page = await workbench.openPage();
  await page.waitForSelector('.fixed-effects');
  const choice = page.getByLabel('Built-in data set');
  const entries = await choice
    .locator('option')
    .evaluateAll((options) => options.map((o) => (o as HTMLOptionElement).value));
  const ids = entries.filter((id) => id !== 'InstEval');
  expect(ids.length).toBeGreaterThan(10);
  for (const id of ids) {
    await choice.selectOption(id);
    await page.waitForFunction((name) => document.querySelector('.file strong')?.textContent === name, id);
    const formula = await page.inputValue('#formula');
    await fitted(page, formula);
    expect(await page.getAttribute('.verdict', 'class'), id).not.toContain('bad');
  }
  await page.close();
});

test('Dyestuff2: a variance of zero is told as what it is', async () => {
  const page = await workbench.openPage({ fragment: 'data=Dyestuff2&formula=Yield+%7E+1+%2B+%281+%7C+Batch%29' });
  await fitted(page, 'Yield ~ 1 + (1 | Batch)');
  expect(await page.textContent('.verdict')).toContain('exactly zero');
  await page.close();
});

test('the page with its first fit takes less than 300 kB', async () => {
  workbench.sent.clear();
  const page = await workbench.openPage();
  await page.waitForSelector('.fixed-effects');
  expect([...workbench.sent.keys()].some((path) => path.includes('worker'))).toBe(true);
  expect([...workbench.sent.values()].reduce((sum, bytes) => sum + bytes, 0)).toBeLessThan(300_000);
  await page.close();
});
