import { readFileSync } from 'node:fs';
import { readCase } from '@blup/golden';
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { formatFixed, formatNumber } from '../../src/model/number-text.js';
import { fitted, tableTexts, workbenchInBrowser } from './browser.js';

const workbench = workbenchInBrowser();

const show = async (page: Page, tab: string): Promise<void> => {
  await page.waitForSelector('.fixed-effects');
  await page.getByRole('tab', { name: tab }).click();
};

/** Titles of the drawn figures, each with the number of its marks. */
const figures = async (page: Page, count: number): Promise<Map<string, number>> => {
  await page.waitForFunction((n) => document.querySelectorAll('.figure [role=img] svg').length >= n, count);
  return new Map(
    await page.$$eval('.figure', (found) =>
      found.map((f): [string, number] => [
        f.querySelector('h3')!.textContent!,
        f.querySelectorAll('svg circle, svg rect, svg path').length,
      ]),
    ),
  );
};

test('groups: lines of all 18 subjects and their effects in order', async () => {
  const page = await workbench.openPage();
  await show(page, 'Groups');
  const drawn = await figures(page, 3);
  expect(drawn.get('Fitted lines by Subject')).toBeGreaterThan(180);
  expect(await page.$$eval('.figure svg circle', (dots) => dots.length)).toBeGreaterThanOrEqual(180 + 18 + 18);
  await page.close();
});

test('residuals: a point for every row in each of three figures', async () => {
  const page = await workbench.openPage();
  await show(page, 'Residuals');
  await figures(page, 3);
  expect(await page.$$eval('.figure svg circle', (dots) => dots.length)).toBe(3 * 180);
  await page.close();
});

test('tests of terms are those of lmerTest', async () => {
  const page = await workbench.openPage();
  await show(page, 'Tests');
  const [row] = await tableTexts(page, '.anova');
  const { anovaTypeIII, satterthwaite } = readCase('sleepstudy-rs-reml').results;
  expect(anovaTypeIII).toBeDefined();
  expect(row![0]).toBe('Days');
  expect(row![3]).toBe(formatFixed(satterthwaite.df[1], 1));
  const random = await tableTexts(page, '.ranova');
  const withoutSlope =
    readCase('sleepstudy-ri-reml').results.objective - readCase('sleepstudy-rs-reml').results.objective;
  expect(random.map((cells) => cells[4])).toContain(formatNumber(withoutSlope));
  await page.close();
});

test('profile intervals are those of the exact likelihood', async () => {
  const page = await workbench.openPage();
  await show(page, 'Profiles');
  const rows = await tableTexts(page, '.profile');
  await figures(page, 6);
  const exact: { lower: number[]; upper: number[] } = readCase('sleepstudy-rs-ml').results.confintProfileExact;
  const wanted = exact.lower.map((low, k) => `${formatNumber(low)} ${formatNumber(exact.upper[k]!)}`);
  expect(rows.map(([, , low, high]) => `${low} ${high}`).toSorted()).toEqual(wanted.toSorted());
  await page.close();
});

test('matrices: nonzero counts of Penicillin are those of CHOLMOD', async () => {
  const page = await workbench.openPage({
    fragment: 'data=Penicillin&formula=diameter+%7E+1+%2B+%281+%7C+plate%29+%2B+%281+%7C+sample%29',
  });
  await show(page, 'Matrices');
  await figures(page, 4);
  const captions = await page.$$eval('.figure figcaption', (found) => found.map((f) => f.textContent));
  const { L } = readCase('penicillin-reml').results;
  expect(captions[0]).toContain(`${L.nnzA} nonzeros`);
  expect(captions[1]).toContain(`${L.nnzNatural} nonzeros`);
  expect(captions[3]).toContain(`${L.nnz} nonzeros`);
  await page.close();
});

test('the way of the search is drawn for one, two and three variance parameters', async () => {
  const page = await workbench.openPage();
  for (const [formula, headers] of [
    ['Reaction ~ Days + (1 | Subject)', 3],
    ['Reaction ~ Days + (Days || Subject)', 4],
    ['Reaction ~ Days + (Days | Subject)', 4],
  ] as const) {
    await page.getByRole('tab', { name: 'Summary' }).click();
    await page.fill('#formula', formula);
    await page.click('button[type=submit]');
    await fitted(page, formula);
    await show(page, 'Search');
    await figures(page, 1);
    await page.click('text=The evaluations as a table');
    const rows = await tableTexts(page, '[role=tabpanel] table');
    expect(rows[0]!.length).toBe(headers);
    expect(Number(rows.at(-1)!.at(-1))).toBeCloseTo(0, 6);
  }
  await page.close();
});

test('shrinkage: with parameters of zero everybody is the same, and the criterion rises', async () => {
  const page = await workbench.openPage();
  await show(page, 'Shrinkage');
  await figures(page, 1);
  expect(await page.textContent('.criterion-now')).toContain('0.0000 above the minimum');
  await page.click('text=All zero');
  const atZero = readCase('sleepstudy-lm-reml').results.objective;
  await page.waitForFunction(
    (text) => document.querySelector('.criterion-now strong')?.textContent === text,
    formatFixed(atZero, 4),
  );
  const dots = await page.$$eval(
    '.figure svg g[aria-label=dot]',
    (groups) =>
      new Set([...groups[1]!.querySelectorAll('circle')].map((c) => `${c.getAttribute('cx')} ${c.getAttribute('cy')}`))
        .size,
  );
  expect(dots).toBe(1);
  await page.locator('input[type=range]').first().focus();
  await page.keyboard.press('ArrowRight');
  await page.waitForFunction(
    (text) => document.querySelector('.criterion-now strong')?.textContent !== text,
    formatFixed(atZero, 4),
  );
  await page.close();
});

test('fits stand side by side, and can be removed', async () => {
  const page = await workbench.openPage();
  await page.waitForSelector('.fixed-effects');
  await page.fill('#formula', 'Reaction ~ 1 + (1 | Subject)');
  await page.click('button[type=submit]');
  await fitted(page, 'Reaction ~ 1 + (1 | Subject)');
  await show(page, 'Compare');
  const coefficients = await tableTexts(page, '.coefficients');
  expect(coefficients.map(([term]) => term)).toEqual(['(Intercept)', 'Days']);
  expect(coefficients[1]![2]).toBe('');
  const tests = await tableTexts(page, '.likelihood-ratio');
  expect(tests.map(([fit]) => fit)).toEqual(['2', '1']);
  expect(tests[1]![4]).toBe(formatNumber(readCase('sleepstudy-rs-ml').results.objective, 8));
  expect(await page.textContent('[role=tabpanel] .note')).toContain('refitted by maximum likelihood');
  await page.getByRole('button', { name: 'Remove fit 1' }).click();
  expect(await page.getByRole('tab', { name: 'Compare' }).count()).toBe(0);
  await page.close();
});

test('what is taken away: model, tables, figures', async () => {
  const page = await workbench.openPage();
  await show(page, 'Take away');
  const save = async (name: string): Promise<string> => {
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name }).first().click(),
    ]);
    return readFileSync(await download.path(), 'latin1');
  };
  const model = JSON.parse(await save('Model (JSON)')) as {
    ranef: Record<string, { levels: string[] }>;
    theta: number[];
  };
  expect(model.ranef['Subject']!.levels.length).toBe(18);
  const { theta } = readCase('sleepstudy-rs-reml').results;
  model.theta.forEach((value, k) => expect(value).toBeCloseTo(theta[k], 5));
  expect(await save('Fixed effects (CSV)')).toMatch(/^term,estimate,stdError\n\(Intercept\),251\.405104848/);
  expect((await save('Effects of Subject (CSV)')).split('\n').length).toBe(1 + 36 + 1);
  expect(await page.textContent('.r-code')).toContain(
    'lmer(Reaction ~ Days + (Days | Subject), data = d, REML = TRUE)',
  );
  await page.getByRole('tab', { name: 'Residuals' }).click();
  await figures(page, 3);
  const svg = await save('Save as SVG: Residuals by fitted value');
  expect(svg).toContain('<svg');
  expect(svg).not.toContain('var(--');
  expect((await save('Save as PNG: Residuals by fitted value')).slice(1, 4)).toBe('PNG');
  await page.close();
});
