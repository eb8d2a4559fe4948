// The ladder, side by side with lme4 (glmmTMB where lme4 lacks the structure) as far as Rscript finds them. Ends with 1 where an optimum is not
// the peer's, or memory is over its target.
//   node tooling/bench/ladder.mjs [--only c1,c4] [--repeats 5] [--no-r] [--skip-slow-r]
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { coldStart } from './cold-start.mjs';
import { memoryTarget } from './memory.mjs';
import { compareOptima, fitByPeer } from './peers.mjs';
import { reading } from './reading.mjs';
import { rungs } from './rungs.mjs';
import { digits, printTable } from './table.mjs';

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
const mb = (bytes) => digits(bytes / 1e6);

/** How many times more often small rungs are fitted. */
const SMALL = 1600;

/** Every rung has to fit in a heap of 1 GB. */
const HEAP = ['--expose-gc', '--max-old-space-size=1024'];

const rows = [];
const failures = [];
const versions = new Set();
try {
  for (const rung of rungs) {
    if (wanted && !wanted.has(rung.id)) continue;
    // A fit of a few milliseconds is measured once the compiler has warmed up.
    const repeats = rung.slow ? 1 : rung.small ? SMALL * Number(values.repeats) : Number(values.repeats);
    const out = execFileSync(process.execPath, [...HEAP, join(here, 'run-blup.mjs'), rung.id, String(repeats)], {
      encoding: 'utf8',
    });
    const ours = JSON.parse(out);
    const withPeer = !values['no-r'] && !(rung.slow && values['skip-slow-r']);
    const theirs = withPeer ? fitByPeer(rung, ours, rung.slow ? 1 : Number(values.repeats), folder) : null;
    if (theirs) versions.add(`${theirs.peer} ${theirs.version} with one thread of ${theirs.blas}`);
    const optimum = theirs ? compareOptima(ours, theirs) : { ok: true, text: '' };
    const memory = memoryTarget(ours);
    if (!optimum.ok) failures.push(`${rung.id}: optimum ${optimum.text}`);
    if (!ours.converged) failures.push(`${rung.id}: not converged`);
    if (!memory.ok) failures.push(`${rung.id}: memory ${digits(memory.times)} times the columns, plus the factor`);
    rows.push([
      `${rung.id} ${rung.title}`,
      `${ours.n}/${ours.p}/${ours.q}/${ours.theta.length}`,
      digits(ours.n / ours.frameMs / 1000),
      digits(ours.crossProductsMs),
      digits(ours.evaluateMs),
      digits(ours.gradientMs),
      `${ours.evaluations}/${ours.gradients}`,
      digits(ours.firstMs),
      digits(ours.totalMs),
      `${mb(ours.columnBytes)} + ${mb(ours.factorBytes)}`,
      mb(ours.fitBytes),
      mb(ours.peakBytes),
      digits(theirs?.evaluateMs),
      theirs ? String(theirs.evaluations) : '',
      digits(theirs?.totalMs),
      digits(theirs?.peakMb),
      theirs ? digits(theirs.totalMs / ours.totalMs) : '',
      optimum.text,
    ]);
    // As it is found: a run that is broken off has told what it knows.
    process.stderr.write(`| ${rows.at(-1).join(' | ')} |\n`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
console.log(
  `Node ${process.versions.node}${[...versions].map((v) => `, ${v}`).join('')}; REML; medians of ${values.repeats} fits, on small rungs of the second half of up to ` +
    `${SMALL * Number(values.repeats)}, one fit on slow ones; every rung in a heap of 1 GB.\n`,
);
printTable(
  [
    'rung',
    'n/p/q/thetas',
    'frame Mrows/s',
    'cross-products ms',
    'f ms',
    'g ms',
    'evaluations f/g',
    'first fit ms',
    'total ms',
    'columns + factor MB',
    'fit takes MB',
    'peak MB',
    'peer f ms',
    'peer evaluations',
    'peer total ms',
    'peer peak MB',
    'peer/blup',
    'same optimum',
  ],
  rows,
);
if (!wanted) {
  console.log('\nCold start, sleepstudy:\n');
  if (!coldStart(15, !values['no-r'])) failures.push('cold start');
  console.log('\nReading:\n');
  if (!reading(3, !values['no-r'])) failures.push('reading');
}
for (const failure of failures) console.error(`FAILED ${failure}`);
if (failures.length > 0) process.exitCode = 1;
