// `npm test`: lint, import rule, builds, type checks, tests and packaging, then one line with the counts.
import { pnpm } from './pnpm.mjs';
import { clearTestReports, countTests } from './test-report.mjs';
import { repository } from './workspace.mjs';

clearTestReports(repository);
const tasks = ['lint', 'check', 'build', 'typecheck', 'test', 'check:packages'];
const status = pnpm([
  'exec',
  'turbo',
  'run',
  ...tasks,
  '--continue=dependencies-successful',
  '--concurrency=100%',
  '--log-order=grouped',
]);
const { passed, failed, silent } = countTests(repository);
for (const folder of silent) console.log(`${folder}: the tests did not run`);
const otherFailure = status !== 0 && failed === 0; // lint, import rule, types, build or packaging
if (otherFailure) console.log('all tests passed, but another check failed: see above');
console.log(`${passed} passed, ${failed + (otherFailure ? 1 : 0)} failed`);
process.exitCode = status === 0 && failed === 0 ? 0 : 1;
