import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { packagesIn } from './workspace.mjs';

/** Where a package's vitest run leaves its counts (see tooling/vitest). */
const reportPath = (path) => join(path, 'reports', 'vitest.json');

const testedPackages = (root) =>
  ['packages', 'apps', 'tooling']
    .flatMap((folder) => packagesIn(root, folder))
    .filter(({ manifest }) => manifest.scripts?.test?.startsWith('vitest'));

/** Forgets the counts of earlier runs, so that a package whose tests never start cannot pass with old ones. */
export function clearTestReports(root) {
  for (const { path } of testedPackages(root)) rmSync(reportPath(path), { force: true });
}

/** Adds up the counts of all packages. A package without a report, or a file that failed to load, is a failure. */
export function countTests(root) {
  let passed = 0;
  let failed = 0;
  const silent = [];
  for (const { path, folder } of testedPackages(root)) {
    if (!existsSync(reportPath(path))) {
      silent.push(folder);
      failed++;
      continue;
    }
    const report = JSON.parse(readFileSync(reportPath(path), 'utf8'));
    passed += report.numPassedTests;
    failed += report.numFailedTests;
    failed += report.testResults.filter((f) => f.status === 'failed' && f.assertionResults.length === 0).length;
  }
  return { passed, failed, silent };
}
