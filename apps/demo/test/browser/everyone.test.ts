import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { fitted, seriousFindings, workbenchInBrowser } from './browser.js';

const workbench = workbenchInBrowser();

/** Opens everything that can be opened. */
async function unfold(page: Page): Promise<void> {
  await page.$$eval('details', (all) => all.forEach((d) => ((d as HTMLDetailsElement).open = true)));
}

test.each([
  [1400, 'light'],
  [1400, 'dark'],
  [400, 'light'],
  [400, 'dark'],
] as const)('axe finds nothing serious, and nothing is wider than the page: %d px, %s', async (width, scheme) => {
  const page = await workbench.openPage({ width, scheme });
  await page.waitForSelector('.fixed-effects');
  await page.fill('#formula', 'Reaction ~ Days + (1 | Subject)');
  await page.click('button[type=submit]');
  await fitted(page, 'Reaction ~ Days + (1 | Subject)');
  for (const tab of await page.getByRole('tab').allTextContents()) {
    await page.getByRole('tab', { name: tab, exact: true }).click();
    await page.waitForFunction(() => !document.querySelector('[role=tabpanel]')?.textContent?.includes('Computing'));
    await page.waitForFunction(
      () => document.querySelectorAll('.figure').length === document.querySelectorAll('.figure [role=img] svg').length,
    );
    await unfold(page);
    expect(await seriousFindings(page), tab).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth), tab).toBeLessThanOrEqual(width);
  }
  await page.fill('#formula', 'Reaction ~ Dyas');
  expect(await seriousFindings(page)).toEqual([]);
  await page.close();
});

test('tabs are walked with the arrow keys', async () => {
  const page = await workbench.openPage();
  await page.waitForSelector('.fixed-effects');
  await page.getByRole('tab', { name: 'Summary' }).focus();
  await page.keyboard.press('ArrowRight');
  expect(await page.getByRole('tab', { name: 'Tests' }).getAttribute('aria-selected')).toBe('true');
  await page.keyboard.press('End');
  expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Take away');
  await page.close();
});

test('the chosen theme stays', async () => {
  const page = await workbench.openPage();
  const ground = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
  const light = await ground();
  await page.getByLabel('Colours').selectOption('dark');
  const dark = await ground();
  expect(dark).not.toBe(light);
  await page.reload();
  await page.waitForSelector('.fixed-effects');
  expect(await ground()).toBe(dark);
  await page.close();
});

test('fits are told to screen readers', async () => {
  const page = await workbench.openPage();
  await page.waitForSelector('.fixed-effects');
  expect(await page.textContent('[aria-live=polite].visually-hidden')).toMatch(/^Fitted after \d+ evaluations\.$/);
  await page.close();
});
