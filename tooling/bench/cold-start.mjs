// From nothing to the printed summary of sleepstudy: an empty Node process, `blup fit`, Rscript with lme4. Processes take turns, so that a busy
// machine is busy for all of them.
//   node tooling/bench/cold-start.mjs [--repeats 15] [--no-r]
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { goldenPath } from '@blup/golden';
import { hasPackage } from './peers.mjs';
import { digits, median, printTable } from './table.mjs';

/** Milliseconds above an empty Node process that the summary may take. */
const TARGET = 60;

const csv = goldenPath('data/sleepstudy.csv');
const bin = join(dirname(createRequire(import.meta.url).resolve('blup/package.json')), 'bin/blup.cjs');
const formula = 'Reaction ~ Days + (Days | Subject)';
const inR = `suppressMessages(library(lme4)); print(summary(lmer(${formula}, read.csv("${csv}"))))`;

function spawned(command, args) {
  const began = performance.now();
  const { status } = spawnSync(command, args, { stdio: ['ignore', 'pipe', 'ignore'] });
  if (status !== 0) throw new Error(`${command} ended with ${status}`);
  return performance.now() - began;
}

/** @returns whether the target is met */
export function coldStart(repeats, withR) {
  const processes = [
    ['node, empty', process.execPath, ['-e', '0']],
    ['blup fit, CSV to summary', process.execPath, [bin, 'fit', formula, csv]],
    ...(withR && hasPackage('lme4') ? [['Rscript, lme4', 'Rscript', ['-e', inR]]] : []),
  ].map(([title, command, args]) => ({ title, run: () => spawned(command, args), times: [] }));
  for (let k = 0; k < repeats; k++)
    for (const { run, times, title } of processes) if (k < 5 || title !== 'Rscript, lme4') times.push(run());
  const [empty] = processes;
  const least = (times) => Math.min(...times);
  printTable(
    ['process', 'median ms', 'least ms', 'above empty, median', 'least'],
    processes.map(({ title, times }) => [
      title,
      digits(median(times)),
      digits(least(times)),
      digits(median(times) - median(empty.times)),
      digits(least(times) - least(empty.times)),
    ]),
  );
  const above = median(processes[1].times) - median(empty.times);
  const ok = above <= TARGET;
  console.log(`\n${ok ? 'At most' : 'MORE THAN'} ${TARGET} ms above an empty process (${digits(above)}).`);
  return ok;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({
    options: { repeats: { type: 'string', default: '15' }, 'no-r': { type: 'boolean', default: false } },
  });
  if (!coldStart(Number(values.repeats), !values['no-r'])) process.exitCode = 1;
}
