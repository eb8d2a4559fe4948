import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { chromium, type Browser, type Page } from 'playwright-core';
import { afterAll, beforeAll, expect } from 'vitest';
import { chromiumOnDisk } from './chromium.js';
import { serve } from '../../scripts/static-server.mjs';

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

export interface OpenOptions {
  readonly width?: number;
  readonly scheme?: 'light' | 'dark';
  /** After the #. */
  readonly fragment?: string;
  readonly serviceWorkers?: 'allow' | 'block';
}

/**
 * A browser (from npm, nothing needs to be installed) and a server of the built page for one test file. Errors on any page, and requests to
 * any other host, fail the file.
 *
 * @param built makes the folder to serve; the workbench itself when left out
 */
export function workbenchInBrowser(built?: () => Promise<string>) {
  let browser: Browser;
  let server: Awaited<ReturnType<typeof serve>>;
  const sent = new Map<string, number>();
  const errors: string[] = [];

  beforeAll(async () => {
    const onSent = (path: string, bytes: number) => sent.set(path, (sent.get(path) ?? 0) + bytes);
    server = await serve({ onSent, ...(built ? { root: await built() } : {}) });
    const { executablePath, env } = await chromiumOnDisk();
    browser = await chromium.launch({
      executablePath,
      env: { ...process.env, ...env } as Record<string, string>,
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    });
  });

  afterAll(async () => {
    await browser?.close();
    await server?.close();
    expect(errors).toEqual([]);
  });

  async function openPage({
    width = 1280,
    scheme = 'light',
    fragment = '',
    serviceWorkers = 'block',
  }: OpenOptions = {}): Promise<Page> {
    const context = await browser.newContext({
      viewport: { width, height: 900 },
      colorScheme: scheme,
      serviceWorkers,
      acceptDownloads: true,
    });
    const page = await context.newPage();
    page.setDefaultTimeout(20_000);
    page.on('pageerror', (error) => errors.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error') errors.push(message.text());
    });
    page.on('request', (request) => {
      if (!/^(?:data|blob):/.test(request.url()) && !request.url().startsWith(server.address))
        errors.push(`request to ${request.url()}`);
    });
    await page.goto(server.address + (fragment === '' ? '' : `#${fragment}`));
    return page;
  }

  return {
    openPage,
    /** Bytes sent so far, by path. */
    sent,
    get address() {
      return server.address;
    },
    stopServer: () => server.close(),
  };
}

/** Rows of a table of the page, as texts. */
export async function tableTexts(page: Page, selector: string): Promise<string[][]> {
  await page.waitForSelector(selector);
  return page.$$eval(`${selector} tbody tr`, (rows) =>
    rows.map((row) => [...row.querySelectorAll('th, td')].map((cell) => cell.textContent?.trim() ?? '')),
  );
}

/** What axe finds that is serious or critical. */
export async function seriousFindings(page: Page): Promise<string[]> {
  await page.evaluate(axeSource);
  return page.evaluate(async () => {
    const { axe } = globalThis as unknown as {
      axe: { run(): Promise<{ violations: { id: string; impact: string; nodes: { html: string }[] }[] }> };
    };
    const { violations } = await axe.run();
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`);
  });
}

/** Chooses a file for the page, given as text or bytes. */
export async function chooseFile(page: Page, name: string, content: string | Uint8Array): Promise<void> {
  await page.setInputFiles('input[type=file]', {
    name,
    mimeType: 'application/octet-stream',
    buffer: Buffer.from(content as string),
  });
}

/** Waits until a fit of this formula stands in the summary. */
export async function fitted(page: Page, formula: string): Promise<void> {
  await page.waitForFunction((text) => document.querySelector('.fitted-formula')?.textContent === text, formula);
}
