import { readCase } from '@blup/golden';
import { expect, test } from 'vitest';
import { formatNumber } from '../../src/model/number-text.js';
import { fitted, tableTexts, workbenchInBrowser } from './browser.js';

const workbench = workbenchInBrowser();

test('a mistake in the formula is underlined where it is, and explained', async () => {
  const page = await workbench.openPage();
  await page.waitForSelector('.fixed-effects');
  await page.fill('#formula', 'Reaction ~ Dyas + (1 | Subject)');
  expect(await page.textContent('.backdrop mark')).toBe('Dyas');
  expect(await page.textContent('#formula-problem')).toContain('Did you mean "Days"');
  expect(await page.getAttribute('#formula', 'aria-invalid')).toBe('true');
  expect(await page.isDisabled('button[type=submit]')).toBe(true);
  await page.close();
});

test('by keyboard alone: completion, then the fit', async () => {
  const page = await workbench.openPage();
  await page.waitForSelector('.fixed-effects');
  await page.focus('#formula');
  await page.keyboard.press('Control+A');
  await page.keyboard.type('Reaction ~ 1 + (1 | Sub');
  expect(await page.getAttribute('#formula', 'aria-expanded')).toBe('true');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await page.keyboard.type(')');
  expect(await page.inputValue('#formula')).toBe('Reaction ~ 1 + (1 | Subject)');
  await page.keyboard.press('Enter');
  await fitted(page, 'Reaction ~ 1 + (1 | Subject)');
  await page.close();
});

test('formula and builder follow each other', async () => {
  const page = await workbench.openPage();
  await page.waitForSelector('.fixed-effects');
  await page.click('text=Build the model by clicking');
  const builder = page.locator('.builder');
  const effects = builder.getByRole('group', { name: 'Random effects by Subject, term 1' });
  await effects.getByLabel('Days').uncheck();
  expect(await page.inputValue('#formula')).toBe('Reaction ~ Days + (1 | Subject)');
  await effects.getByLabel('Days').check();
  await effects.getByLabel('Their covariance').selectOption('diag');
  expect(await page.inputValue('#formula')).toBe('Reaction ~ Days + diag(Days | Subject)');
  expect(await page.textContent('.words')).toContain('uncorrelated, each with a variance of its own');
  await page.click('button[type=submit]');
  await fitted(page, 'Reaction ~ Days + diag(Days | Subject)');
  const { objective } = readCase('sleepstudy-zc-reml').results;
  expect((await tableTexts(page, '.criteria'))[0]![1]).toBe(formatNumber(objective, 8));

  await page.fill('#formula', 'Reaction ~ poly(Days, 2) + (1 | Subject)');
  await builder.getByRole('button', { name: 'Remove poly(Days, 2)' }).click();
  expect(await page.inputValue('#formula')).toBe('Reaction ~ 1 + (1 | Subject)');
  await page.fill('#formula', '');
  await builder.getByLabel('Response: what is to be explained').selectOption('Reaction');
  await builder.getByLabel('For each').selectOption('Subject');
  await builder.getByRole('button', { name: 'Add' }).last().click();
  expect(await page.inputValue('#formula')).toBe('Reaction ~ 1 + (1 | Subject)');
  await page.close();
});

test('serial structures are offered for the levels of one factor', async () => {
  const page = await workbench.openPage({ fragment: 'data=ar1sim&formula=y+%7E+x+%2B+%281+%7C+g%29' });
  await fitted(page, 'y ~ x + (1 | g)');
  await page.click('text=Build the model by clicking');
  const effects = page.getByRole('group', { name: 'Random effects by g, term 1' });
  await effects.getByLabel('timeF').check();
  await effects.getByLabel('Their covariance').selectOption('ar1');
  expect(await page.inputValue('#formula')).toBe('y ~ x + ar1(0 + timeF | g)');
  await page.click('button[type=submit]');
  await fitted(page, 'y ~ x + ar1(0 + timeF | g)');
  const { objective } = readCase('ar1sim-reml').results;
  expect((await tableTexts(page, '.criteria'))[0]![1]).toBe(formatNumber(objective, 8));
  await page.close();
});

test('ML, types of columns, subset: the settings reach the fit', async () => {
  const page = await workbench.openPage();
  await page.waitForSelector('.fixed-effects');
  await page.getByLabel('ML', { exact: true }).check();
  await page.click('button[type=submit]');
  await page.waitForFunction(() => document.querySelector('.criteria')?.textContent?.includes('Deviance'));
  const ml = readCase('sleepstudy-rs-ml').results;
  expect((await tableTexts(page, '.criteria'))[0]![1]).toBe(formatNumber(ml.objective, 8));

  await page.getByLabel('REML', { exact: true }).check();
  await page.click('text=Columns and their types');
  await page.getByLabel('Type of Days').selectOption('factor');
  await page.getByLabel('Reference level').first().selectOption('3');
  await page.fill('#formula', 'Reaction ~ Days + (1 | Subject)');
  await page.click('button[type=submit]');
  await fitted(page, 'Reaction ~ Days + (1 | Subject)');
  const terms = (await tableTexts(page, '.fixed-effects')).map(([term]) => term);
  expect(terms).toEqual(['(Intercept)', ...[0, 1, 2, 4, 5, 6, 7, 8, 9].map((day) => `Days${day}`)]);
  await page.close();
});

test('a link carries formula and settings, and opening it fits them', async () => {
  const page = await workbench.openPage({
    fragment: 'data=sleepstudy&formula=Reaction+%7E+Days+%2B+%28Days+%7C%7C+Subject%29&criterion=ML',
  });
  await fitted(page, 'Reaction ~ Days + (Days || Subject)');
  const { objective } = readCase('sleepstudy-zc-ml').results;
  expect((await tableTexts(page, '.criteria'))[0]).toEqual([
    'Deviance (−2 log-likelihood)',
    formatNumber(objective, 8),
  ]);
  await page.getByRole('tab', { name: 'Take away' }).click();
  const link = await page.inputValue('.link');
  expect(new URL(link).hash).toBe(
    '#data=sleepstudy&formula=Reaction+%7E+Days+%2B+%28Days+%7C%7C+Subject%29&criterion=ML',
  );
  await page.close();
});

test('a long fit shows its progress and can be cancelled; the page stays alive', async () => {
  const page = await workbench.openPage();
  await page.waitForSelector('.fixed-effects');
  await page.getByLabel('Built-in data set').selectOption('InstEval');
  await page.waitForFunction(() => /evaluation \d+/.test(document.querySelector('.progress')?.textContent ?? ''));
  await page.getByRole('button', { name: 'Cancel' }).click();
  await page.waitForFunction(() => document.querySelector('form .problem[role=alert]')?.textContent === 'Cancelled.');
  await page.fill('#formula', 'y ~ 1 + (1 | dept)');
  await page.click('button[type=submit]');
  await fitted(page, 'y ~ 1 + (1 | dept)');
  expect((await tableTexts(page, '.fixed-effects')).length).toBe(1);
  await page.close();
});
