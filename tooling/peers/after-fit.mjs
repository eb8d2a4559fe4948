// What comes after the fit, function by function beside R's packages, on the same data in one session: agreement and times as a Markdown table.
//   node tooling/peers/after-fit.mjs [--only REGEX] [--no-large]
// Needs Rscript with lme4 and jsonlite; rows of lmerTest, pbkrtest, emmeans, RLRsim, merTools, performance, broom.mixed where these are installed.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { fitModel, kenwardRoger, satterthwaite, simulate } from '@blup/lmm';
import { data, large, models } from './after-fit-models.mjs';
import { rows } from './after-fit-rows.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const { values: args } = parseArgs({
  options: { only: { type: 'string', default: '' }, 'no-large': { type: 'boolean', default: false } },
});

const fit = (id) => {
  const { data: name, formula, weights } = models[id];
  const { columns, categories, ordered } = data[name];
  return fitModel(formula, columns, { categories, ordered, ...(weights ? { weights } : {}) });
};

/** One more fit than runs, so that no run finds what an earlier one left with its model; the first run warms up. */
async function timed(row) {
  const needed = [row.model].flat();
  const times = [];
  let result;
  for (let k = 0, total = 0; k < (row.repeats ?? 7) + 1 && total < 4000; k++) {
    const fresh = needed.map(fit);
    const began = performance.now();
    result = await row.run(...fresh);
    times.push(performance.now() - began);
    total += times.at(-1);
  }
  const warm = times.length > 1 ? times.slice(1) : times;
  return { values: Array.from(result, Number), ms: warm.sort((a, b) => a - b)[warm.length >> 1] };
}

function writeInputs(folder) {
  for (const [name, { columns }] of Object.entries(data)) {
    const names = Object.keys(columns);
    const lines = columns[names[0]].map((_, i) => names.map((c) => columns[c][i]).join());
    writeFileSync(join(folder, `${name}.csv`), `${names.join()}\n${lines.join('\n')}\n`);
  }
  const fields = ({ categories, ordered }) =>
    Object.entries(categories).map(([name, levels]) => ({ name, levels, ordered: ordered.includes(name) }));
  const spec = {
    data: Object.fromEntries(Object.entries(data).map(([name, table]) => [name, fields(table)])),
    models,
    only: args.only,
  };
  writeFileSync(join(folder, 'models.json'), JSON.stringify(spec));
  const ys = simulate(fit('sleep'), { nsim: 100, seed: 3 });
  const lines = Array.from(ys[0], (_, i) => ys.map((y) => y[i]).join());
  writeFileSync(join(folder, 'responses.csv'), `${ys.map((_, r) => `y${r}`).join()}\n${lines.join('\n')}\n`);
  return ys;
}

const environment = { ...process.env, OPENBLAS_NUM_THREADS: '1', OMP_NUM_THREADS: '1' };
const number = (ms) => (ms >= 100 ? ms.toFixed(0) : ms >= 1 ? ms.toPrecision(3) : ms.toPrecision(2));

async function compare() {
  const folder = mkdtempSync(join(tmpdir(), 'blup-after-fit-'));
  try {
    const ys = writeInputs(folder);
    execFileSync('Rscript', [join(here, 'after-fit.R'), folder], {
      env: environment,
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    const { rows: peers, versions } = JSON.parse(readFileSync(join(folder, 'peers.json'), 'utf8'));
    const named = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
    console.log(`Node ${process.versions.node}; R with ${named.join(', ')}; one thread each.\n`);
    console.log('| | blup | peer | data | difference | of | blup ms | peer ms | peer / blup |');
    console.log('| --- | --- | --- | --- | --- | --- | --- | --- | --- |');
    for (const row of rows(ys)) {
      const peer = peers[row.id];
      if (!peer) continue;
      const ours = await timed(row);
      const [difference, of] = row.compare(ours.values, [peer.values].flat().map(numeric));
      const cells = [row.what, row.ours, row.peer, row.on, difference, of, number(ours.ms), number(peer.ms)];
      console.log(`| ${cells.join(' | ')} | ${(peer.ms / ours.ms).toPrecision(2)} |`);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** R's NaN and Inf are strings or null in JSON. */
const numeric = (v) => (v === null ? Number.NaN : v === 'Inf' ? Infinity : Number(v));

/** Degrees of freedom for 50 000 rows and 5000 effects, in seconds of one processor; the peers get 150 seconds, the fit included, and 12 GB. */
async function compareLarge() {
  const folder = mkdtempSync(join(tmpdir(), 'blup-after-fit-'));
  try {
    const { columns } = large.table();
    const names = Object.keys(columns);
    writeFileSync(
      join(folder, 'large.csv'),
      `${names.join()}\n${columns.y.map((_, i) => names.map((c) => columns[c][i]).join()).join('\n')}\n`,
    );
    const model = fitModel(large.formula, columns);
    console.log(
      `\n\`${large.formula}\`, n = ${columns.y.length}, q = ${model.optimum.cp.q}, seconds of one processor:\n`,
    );
    for (const [method, ours, theirs] of [
      ['Satterthwaite', satterthwaite, 'lmerTest::as_lmerModLmerTest(m)'],
      ['Kenward-Roger', kenwardRoger, 'pbkrtest::vcovAdj(m)'],
    ]) {
      const began = process.cpuUsage();
      const { df } = ours(model);
      const { user, system } = process.cpuUsage(began);
      const seconds = ((user + system) / 1e6).toFixed(1);
      const code = `suppressMessages(library(lme4)); d <- read.csv("${join(folder, 'large.csv')}", stringsAsFactors = TRUE)
        m <- lmer(${large.formula}, d); s <- sum(proc.time()[1:2]); invisible(${theirs}); cat(sum(proc.time()[1:2]) - s)`;
      const R = spawnSync('bash', ['-c', `ulimit -v 12000000; timeout 150 Rscript -e '${code}'`], {
        encoding: 'utf8',
        env: environment,
      });
      const outcome =
        R.status === 0
          ? `${Number(R.stdout).toFixed(1)} s`
          : R.status === 124
            ? 'stopped after 150 s'
            : `stops: ${R.stderr
                .trim()
                .split('\n')
                .findLast((line) => !/^Calls|halted/.test(line))
                ?.trim()}`;
      const dfs = df.map((v) => v.toFixed(1)).join(', ');
      console.log(`- ${method}: blup ${seconds} s (df ${dfs}); \`${theirs}\`: ${outcome}`);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

if (spawnSync('Rscript', ['-e', 'library(lme4); library(jsonlite)'], { stdio: 'ignore' }).status !== 0) {
  console.log('Rscript with lme4 and jsonlite is not installed: there is nothing to compare with');
} else {
  await compare();
  if (!args['no-large']) await compareLarge();
}
