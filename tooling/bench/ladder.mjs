// The ladder, side by side with lme4 where Rscript and lme4 are installed.
//   node tooling/bench/ladder.mjs [--only c1,c4] [--repeats 5] [--no-r] [--skip-slow-r]
import { execFileSync, spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { rungs } from './rungs.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    repeats: { type: 'string', default: '5' },
    'no-r': { type: 'boolean', default: false },
    'skip-slow-r': { type: 'boolean', default: false },
  },
});
const wanted = values.only ? new Set(values.only.split(',')) : null;
const folder = mkdtempSync(join(tmpdir(), 'blup-bench-'));
const hasR =
  !values['no-r'] && spawnSync('Rscript', ['-e', 'library(lme4); library(jsonlite)'], { stdio: 'ignore' }).status === 0;

function writeCsv(path, table) {
  const names = Object.keys(table);
  const columns = Object.values(table);
  const file = openSync(path, 'w');
  let text = `${names.join()}\n`;
  for (let i = 0; i < columns[0].length; i++) {
    text += `${columns.map((c) => c[i]).join()}\n`;
    if (text.length > 1 << 20) {
      writeSync(file, text);
      text = '';
    }
  }
  writeSync(file, text);
  closeSync(file);
}

function lme4(rung) {
  if (!hasR || (rung.slow && values['skip-slow-r'])) return null;
  const csv = join(folder, `${rung.id}.csv`);
  const formula = join(folder, `${rung.id}.formula`);
  writeCsv(csv, rung.data());
  writeFileSync(formula, `${rung.formula}\n`);
  const env = { ...process.env, OPENBLAS_NUM_THREADS: '1', OMP_NUM_THREADS: '1' };
  const out = execFileSync(
    'Rscript',
    [join(here, 'lme4.R'), csv, formula, rung.factors.join(), rung.slow ? '1' : values.repeats],
    {
      encoding: 'utf8',
      env,
      stdio: ['ignore', 'pipe', 'ignore'],
    },
  );
  rmSync(csv);
  return JSON.parse(out.trim().split('\n').at(-1));
}

const digits = (x, d = 3) => (x === null || x === undefined ? '' : x >= 100 ? x.toFixed(0) : x.toPrecision(d));
const rows = [];
try {
  for (const rung of rungs) {
    if (wanted && !wanted.has(rung.id)) continue;
    const repeats = rung.slow ? '1' : values.repeats;
    const ours = JSON.parse(
      execFileSync(process.execPath, [join(here, 'run-blup.mjs'), rung.id, repeats], { encoding: 'utf8' }),
    );
    const theirs = lme4(rung);
    const excess = theirs ? (ours.objective - theirs.objective) / Math.abs(theirs.objective) : null;
    const agrees =
      excess === null
        ? ''
        : excess <= 1e-9
          ? excess < -1e-7
            ? `lower by ${(theirs.objective - ours.objective).toPrecision(2)}`
            : 'yes'
          : 'HIGHER';
    rows.push([
      `${rung.id} ${rung.title}`,
      `${ours.n}/${ours.p}/${ours.q}/${ours.thetas}`,
      digits(ours.n / ours.frameMs / 1000),
      digits(ours.crossProductsMs),
      digits(ours.evaluateMs),
      digits(ours.gradientMs),
      String(ours.evaluations),
      digits(ours.totalMs),
      digits(ours.peakMb),
      digits(theirs?.evaluateMs),
      theirs ? String(theirs.evaluations) : '',
      digits(theirs?.totalMs),
      digits(theirs?.peakMb),
      theirs ? digits(theirs.totalMs / ours.totalMs) : '',
      agrees,
    ]);
    process.stderr.write(`${rung.id} done\n`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
const titles = [
  'rung',
  'n/p/q/thetas',
  'frame Mrows/s',
  'cross-products ms',
  'f ms',
  'g ms',
  'evaluations',
  'total ms',
  'peak MB',
  'lme4 f ms',
  'lme4 evaluations',
  'lme4 total ms',
  'lme4 peak MB',
  'lme4/blup',
  'same optimum',
];
console.log(`| ${titles.join(' | ')} |\n|${titles.map(() => '---').join('|')}|`);
for (const row of rows) console.log(`| ${row.join(' | ')} |`);
