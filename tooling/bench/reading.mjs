// Reading a million rows: from a CSV file to the model frame, beside what a CSV library takes for its rows of strings (Papa Parse), and beside
// R's read.csv and model.frame where Rscript is. Every run has a process of its own, and they take turns.
//   node tooling/bench/reading.mjs [--repeats 3] [--no-r]
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { buildModelFrame } from '@blup/formula';
import { modelTable, readTable } from 'blup';
import Papa from 'papaparse';
import { writeCsv } from './csv.mjs';
import { memoryPeak } from './memory.mjs';
import { generator } from './random.mjs';
import { digits, median, printTable } from './table.mjs';

/** The frame may take this many times what the library takes for the file alone. */
const TARGET = 2;
const ROWS = 1_000_000;

function numbers() {
  const r = generator(41);
  const column = (draw) => Float64Array.from({ length: ROWS }, draw);
  return { y: column(() => r.normal()), x: column(() => r.normal()), g: column(() => 1 + r.below(100_000)) };
}

function labels() {
  const r = generator(42);
  const text = (prefix, levels) => Array.from({ length: ROWS }, () => `${prefix}${r.below(levels)}`);
  return {
    score: Float64Array.from({ length: ROWS }, () => 1 + r.below(5)),
    service: text('service ', 2),
    student: text('student-', 30_000),
    lecturer: text('lecturer-', 1000),
  };
}

const tables = [
  {
    name: 'two columns of 16 digits, 100 000 integers as levels',
    data: numbers,
    formula: 'y ~ x + (x | g)',
    factors: ['g'],
  },
  {
    name: 'labels: 2, 1000 and 30 000 levels',
    data: labels,
    formula: 'score ~ service + (1 | student) + (1 | lecturer)',
    factors: ['service', 'student', 'lecturer'],
  },
];

/** What a process of its own does: prints milliseconds and peak bytes. */
const tasks = {
  async blup(path, { formula, factors }) {
    const table = await readTable({ path, name: 'data.csv' }, { factors });
    buildModelFrame(formula, modelTable(table));
  },
  papa(path) {
    Papa.parse(readFileSync(path, 'utf8'));
  },
};

async function runTask(task, path, table) {
  const began = performance.now();
  await tasks[task](path, table);
  console.log(JSON.stringify({ ms: performance.now() - began, peak: memoryPeak() }));
}

function ownProcess(task, path, t) {
  const args = [fileURLToPath(import.meta.url), '--task', task, '--path', path, '--table', String(t)];
  return JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' }));
}

function inR(path, { formula, factors }) {
  const code = `s <- Sys.time(); d <- read.csv("${path}"); for (v in c(${factors.map((f) => `"${f}"`)})) d[[v]] <- factor(d[[v]])
f <- model.frame(${formula.replace(/\(.*?\| (\w+)\)/g, '$1')}, d); cat(1000 * as.numeric(Sys.time() - s, units = "secs"))`;
  return { ms: Number(execFileSync('Rscript', ['-e', code], { encoding: 'utf8' })) };
}

/** @returns whether the target is met */
export function reading(repeats, useR) {
  const withR = useR && spawnSync('Rscript', ['-e', '1'], { stdio: 'ignore' }).status === 0;
  const folder = mkdtempSync(join(tmpdir(), 'blup-reading-'));
  const rows = [];
  let ok = true;
  try {
    tables.forEach((table, t) => {
      const path = join(folder, `${t}.csv`);
      writeCsv(path, table.data());
      const ours = [];
      const library = [];
      const peer = [];
      for (let k = 0; k < repeats; k++) {
        ours.push(ownProcess('blup', path, t));
        library.push(ownProcess('papa', path, t));
        if (withR) peer.push(inR(path, table));
      }
      const ms = (runs) => median(runs.map((run) => run.ms));
      const ratio = ms(ours) / ms(library);
      ok &&= ratio <= TARGET;
      rows.push([
        table.name,
        digits(statSync(path).size / 1e6),
        digits(ms(ours)),
        digits(ms(library)),
        digits(ratio),
        withR ? digits(ms(peer)) : '',
        digits(Math.max(...ours.map((run) => run.peak)) / 1e6),
        digits(Math.max(...library.map((run) => run.peak)) / 1e6),
      ]);
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  printTable(
    [
      '10^6 rows',
      'MB',
      'file to model frame ms',
      'Papa Parse alone ms',
      'ratio',
      'read.csv, factor, model.frame ms',
      'peak MB',
      'Papa Parse peak MB',
    ],
    rows,
  );
  console.log(`\n${ok ? 'At most' : 'MORE THAN'} ${TARGET} times what the library takes for the file.`);
  return ok;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({
    options: {
      repeats: { type: 'string', default: '3' },
      'no-r': { type: 'boolean', default: false },
      task: { type: 'string' },
      path: { type: 'string' },
      table: { type: 'string' },
    },
  });
  if (values.task) await runTask(values.task, values.path, tables[Number(values.table)]);
  else if (!reading(Number(values.repeats), !values['no-r'])) process.exitCode = 1;
}
