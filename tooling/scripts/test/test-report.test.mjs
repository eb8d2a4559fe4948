import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { clearTestReports, countTests } from '../test-report.mjs';

let root;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'test-report-'));
});
afterEach(() => rmSync(root, { recursive: true }));

function addPackage(name, report, script = 'vitest run') {
  const path = join(root, 'packages', name);
  mkdirSync(join(path, 'reports'), { recursive: true });
  writeFileSync(join(path, 'package.json'), JSON.stringify({ name, scripts: { test: script } }));
  if (report) writeFileSync(join(path, 'reports/vitest.json'), JSON.stringify({ testResults: [], ...report }));
  return join(path, 'reports/vitest.json');
}

test('counts of all packages are added up', () => {
  addPackage('a', { numPassedTests: 3, numFailedTests: 0 });
  addPackage('b', { numPassedTests: 4, numFailedTests: 2 });
  addPackage('c', undefined, 'node --check x.js');
  expect(countTests(root)).toEqual({ passed: 7, failed: 2, silent: [] });
});

test('a package whose tests did not run, and a file that did not load, are failures', () => {
  addPackage('a', undefined);
  const broken = { status: 'failed', assertionResults: [] };
  addPackage('b', { numPassedTests: 1, numFailedTests: 0, testResults: [broken] });
  expect(countTests(root)).toEqual({ passed: 1, failed: 2, silent: ['packages/a'] });
});

test('counts of an earlier run are forgotten', () => {
  const path = addPackage('a', { numPassedTests: 3, numFailedTests: 0 });
  clearTestReports(root);
  expect(existsSync(path)).toBe(false);
});
