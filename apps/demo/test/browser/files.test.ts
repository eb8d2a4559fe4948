import { readFileSync } from 'node:fs';
import { goldenPath, readTable } from '@blup/golden';
import { tableFromArrays, tableToIPC } from 'apache-arrow';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { expect, test } from 'vitest';
import { chooseFile, fitted, tableTexts, workbenchInBrowser } from './browser.js';

const workbench = workbenchInBrowser();
const { columns } = readTable('sleepstudy');
const formula = 'Reaction ~ Days + (Days | Subject)';

async function expectSleepstudy(name: string, content: string | Uint8Array): Promise<void> {
  const page = await workbench.openPage();
  const expected = await tableTexts(page, '.fixed-effects');
  await chooseFile(page, name, content);
  await page.waitForFunction((text) => document.querySelector('.file strong')?.textContent === text, name);
  await page.fill('#formula', formula);
  await page.click('button[type=submit]');
  await fitted(page, formula);
  expect(await tableTexts(page, '.fixed-effects')).toEqual(expected);
  await page.close();
}

const rows = () =>
  Array.from(columns['Reaction']!, (_, i) => ({
    Reaction: columns['Reaction']![i],
    Days: columns['Days']![i],
    Subject: columns['Subject']![i],
  }));

test('CSV', () => expectSleepstudy('sleep.csv', readFileSync(goldenPath('data/sleepstudy.csv'))));
test('TSV with a decimal point and quotes', () =>
  expectSleepstudy(
    'sleep.tsv',
    ['"Reaction"\tDays\tSubject', ...rows().map((r) => `"${r.Reaction}"\t${r.Days}\ts${r.Subject}`)].join('\r\n'),
  ));
test('JSON rows', () => expectSleepstudy('sleep.json', JSON.stringify(rows())));
test('JSON columns', () =>
  expectSleepstudy(
    'columns.json',
    JSON.stringify({ Reaction: columns['Reaction'], Days: columns['Days'], Subject: columns['Subject'] }),
  ));
test('Arrow', () =>
  expectSleepstudy(
    'sleep.arrow',
    tableToIPC(
      tableFromArrays({
        Reaction: Float64Array.from(columns['Reaction'] as number[]),
        Days: Int32Array.from(columns['Days'] as number[]),
        Subject: columns['Subject'] as string[],
      }),
      'file',
    ),
  ));
test('Parquet', () =>
  expectSleepstudy(
    'sleep.parquet',
    new Uint8Array(
      parquetWriteBuffer({
        columnData: ['Reaction', 'Days', 'Subject'].map((name) => ({
          name,
          data: columns[name] as (string | number)[],
          type: name === 'Subject' ? ('STRING' as const) : ('DOUBLE' as const),
        })),
      }),
    ),
  ));

test('names and levels of a hostile file are text, wherever they are shown', async () => {
  const image = '<img src=x onerror="document.title=\'broken\'">';
  const lines = Array.from({ length: 40 }, (_, i) => {
    const level = [`${image}${i % 5}`, '__proto__', 'constructor', '=HYPERLINK("x")', '</script><b>'][i % 5]!;
    return `${(i % 7) + i / 3},${i},"${level.replaceAll('"', '""')}"`;
  });
  const name = `${image.replaceAll(/["\\/]/g, '')}.csv`;
  const page = await workbench.openPage();
  await page.waitForSelector('.fixed-effects');
  await chooseFile(page, name, [`y,"${image.replaceAll('"', '""')}",__proto__`, ...lines].join('\n'));
  await page.waitForFunction((text) => document.querySelector('.file strong')?.textContent === text, name);
  await page.click('text=Columns and their types');
  await page.click('text=/The first \\d+ rows/');
  const hostile = `y ~ \`${image}\` + (1 | \`__proto__\`)`;
  await page.fill('#formula', hostile);
  await page.click('text=As mathematics');
  await page.click('text=Build the model by clicking');
  await page.click('button[type=submit]');
  await fitted(page, hostile);
  for (const tab of await page.getByRole('tab').allTextContents()) {
    await page.getByRole('tab', { name: tab, exact: true }).click();
    await page.waitForFunction(() => !document.querySelector('[role=tabpanel]')?.textContent?.includes('Computing'));
  }
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Report (HTML)' }).click(),
  ]);
  const report = readFileSync(await download.path(), 'utf8');
  expect(report).toContain('&lt;img');
  expect(report).not.toContain('<img');
  expect(await page.$$eval('img, #app script, #app b', (found) => found.length)).toBe(0);
  expect(await page.title()).toBe('blup workbench: mixed models in one page');
  await page.close();
});

test.each([
  ['empty.csv', '', 'is empty'],
  ['header.csv', 'a,b', 'rows below it'],
  ['ragged.csv', 'a,b\n1,2\n3', 'Row 2 has 1 fields, the header has 2'],
  ['broken.json', '{"a": [1, 2', 'not JSON'],
  ['lengths.json', '{"a": [1, 2], "b": [1]}', 'Column "b" has 1 values'],
  ['picture.csv', 'PNG\0\0\0\0', 'neither text nor Parquet nor Arrow'],
  ['broken.parquet', 'PAR1 nothing', 'This Parquet file cannot be read'],
])('%s is refused with the reason', async (name, content, reason) => {
  const page = await workbench.openPage();
  await page.waitForSelector('.fixed-effects');
  await chooseFile(page, name, content);
  expect(await page.textContent('section[aria-labelledby=data-title] .problem')).toContain(reason);
  await page.close();
});
