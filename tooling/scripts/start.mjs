// `npm start`: fits the sleepstudy model with the command as a user would, and says what to try next.
import { spawnSync } from 'node:child_process';
import { repository } from './workspace.mjs';

const formula = 'Reaction ~ 1 + Days + (1 + Days | Subject)';
const bin = 'packages/cli/bin/blup.cjs';
const data = 'examples/sleepstudy.csv';

console.log(`\n$ blup fit '${formula}' ${data}\n`);
const { status } = spawnSync(process.execPath, [bin, 'fit', formula, data], { cwd: repository, stdio: 'inherit' });
if (status === 0) {
  console.log(`
What to try next
  node ${bin} fit '${formula}' ${data} --ml
  node ${bin} fit 'diameter ~ 1 + (1 | plate) + (1 | sample)' examples/penicillin.csv
  node ${bin} fit '${formula}' ${data} --format json
  node ${bin} --help
  npm test`);
}
process.exitCode = status ?? 1;
