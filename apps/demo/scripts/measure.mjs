// Prints what the first visit costs: bytes sent until the first summary stands there (gzip), and the time from navigation to it.
import sparticuz from '@sparticuz/chromium';
import { chromium } from 'playwright-core';
import { serve } from './static-server.mjs';

const RUNS = 5;
const args = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

const sent = new Map();
const server = await serve({ onSent: (path, bytes) => sent.set(path, bytes) });
const browser = await chromium.launch({ executablePath: await sparticuz.executablePath(), args });
const times = [];
for (let run = 0; run < RUNS; run++) {
  // A context of its own has an empty cache; the service worker fills its cache only after the page is at rest.
  const context = await browser.newContext({ serviceWorkers: 'block' });
  const page = await context.newPage();
  const began = performance.now();
  await page.goto(server.address);
  await page.waitForSelector('.fixed-effects');
  times.push(performance.now() - began);
  await context.close();
}
await browser.close();
await server.close();

const files = Object.fromEntries([...sent].sort());
const bytes = [...sent.values()].reduce((sum, b) => sum + b, 0);
const sorted = times.toSorted((a, b) => a - b);
const milliseconds = {
  median: Math.round(sorted[Math.floor(RUNS / 2)]),
  min: Math.round(sorted[0]),
  max: Math.round(sorted[RUNS - 1]),
};
console.log(JSON.stringify({ bytes, files, milliseconds, runs: RUNS }, null, 2));
