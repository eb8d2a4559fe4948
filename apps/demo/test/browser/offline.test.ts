import { expect, test } from 'vitest';
import { tableTexts, workbenchInBrowser } from './browser.js';

const workbench = workbenchInBrowser();

test('after one visit the page opens, fits and draws without a network', async () => {
  const page = await workbench.openPage({ serviceWorkers: 'allow' });
  const first = await tableTexts(page, '.fixed-effects');
  await page.evaluate(async () => {
    await navigator.serviceWorker.ready;
    if (!navigator.serviceWorker.controller)
      await new Promise((resolve) =>
        navigator.serviceWorker.addEventListener('controllerchange', resolve, { once: true }),
      );
  });
  await workbench.stopServer();
  await page.reload();
  expect(await tableTexts(page, '.fixed-effects')).toEqual(first);
  await page.getByRole('tab', { name: 'Residuals' }).click();
  await page.waitForSelector('.figure [role=img] svg');
  await page.getByLabel('Built-in data set').selectOption('Pastes');
  await page.waitForFunction(() => document.querySelector('.file strong')?.textContent === 'Pastes');
  await page.close();
});
