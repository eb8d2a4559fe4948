// Models on data sets of R packages, by the blup command and by lme4 (best of three optimisers): node tooling/peers/lme4-models.mjs
// Needs Rscript with lme4, nlme, MASS and jsonlite. Exit status 1 when blup's criterion is higher, or estimates differ at the same criterion.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const bin = join(here, '../../packages/cli/bin/blup.cjs');
const folder = mkdtempSync(join(tmpdir(), 'blup-peers-'));
let failed = 0;
let passed = 0;
try {
  execFileSync('Rscript', [join(here, 'lme4-models.R'), folder], { stdio: ['ignore', 'ignore', 'inherit'] });
  for (const want of JSON.parse(readFileSync(join(folder, 'models.json'), 'utf8'))) {
    const args = [
      bin,
      'fit',
      want.formula,
      join(folder, `${want.id}.csv`),
      '--schema',
      join(folder, `${want.id}.schema.json`),
      '--format',
      'json',
    ];
    if (!want.reml) args.push('--ml');
    if (want.weights) args.push('--weights', want.weights);
    if (want.offset) args.push('--offset', want.offset);
    want.beta.names = [want.beta.names].flat();
    want.beta.values = [want.beta.values].flat();
    want.se = [want.se].flat();
    let got;
    try {
      got = JSON.parse(
        execFileSync(process.execPath, args, {
          encoding: 'utf8',
          maxBuffer: 1 << 28,
          stdio: ['ignore', 'pipe', 'pipe'],
        }),
      );
    } catch (error) {
      console.log(`FAIL ${want.id}: ${String(error.stderr).trim().split('\n')[0]}`);
      failed++;
      continue;
    }
    const above = got.objective - want.objective;
    const shift = Math.max(
      0,
      ...want.beta.names.map(
        (name, i) => Math.abs(got.beta.values[got.beta.names.indexOf(name)] - want.beta.values[i]) / want.se[i],
      ),
    );
    // lme4's search stops some 1e-6 short; estimates then differ by about the square root of what is left.
    const good =
      got.nobs === want.nobs && got.converged && above < 1e-7 && !(shift > 1e-3 + 2 * Math.sqrt(Math.max(0, -above)));
    if (good) passed++;
    else failed++;
    const note = above < -1e-4 ? `, lower by ${(-above).toPrecision(2)}` : '';
    console.log(
      `${good ? 'ok  ' : 'FAIL'} ${want.id} criterion ${above.toExponential(1)}, beta ${shift.toExponential(1)} se${note}${got.singular ? ', singular' : ''}`,
    );
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed ? 1 : 0;
