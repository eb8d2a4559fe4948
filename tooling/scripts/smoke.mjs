// Runs inside an empty project into which only our tarballs were installed: every package loads, and the command fits.
import { strictEqual, ok } from 'node:assert/strict';
import { execFileSync } from 'node:child_process';

for (const name of process.argv.slice(2)) {
  const module = await import(name);
  ok(Object.keys(module).length > 0, `${name} exports nothing`);
}

const formula = 'Reaction ~ 1 + Days + (1 + Days | Subject)';
const args = ['node_modules/blup/dist/bin.js', 'fit', formula, 'sleepstudy.csv', '--format', 'json'];
const results = JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' }));
strictEqual(results.nobs, 180);
ok(Math.abs(results.objective - 1743.6282719584906) < 1e-6, `objective ${results.objective}`);
