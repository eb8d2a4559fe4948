// Relative errors of distribution functions against values computed with 60 digits (tooling/golden/inference/distributions-exact.json).
//   node tooling/studies/distributions.mjs [FOLDER]
// blup's own, R's where Rscript is installed, and, from the node_modules of FOLDER, what is there of @stdlib/stats-base-dists-{t,f,chisquare,normal},
// @stdlib/math-base-special-{betainc,gammainc,erfc}, jstat and lib-r-math.js.
import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';

const internal = (file) =>
  import(new URL(`../../packages/lmm/dist/inference/distributions/${file}.js`, import.meta.url));
const cases = JSON.parse(
  readFileSync(new URL('../golden/inference/distributions-exact.json', import.meta.url), 'utf8'),
).map(({ f, args, value }) => ({ f, args: args.map(Number), exact: Number(value) }));

const found = [['blup', { ...(await internal('distributions')), ...(await internal('studentized-range')) }]];

if (spawnSync('Rscript', ['-e', '1'], { stdio: 'ignore' }).status === 0) {
  const code = `
    f <- list(normalUpper = function(z) pnorm(z, lower.tail = FALSE), normalUpperQuantile = function(p) qnorm(p, lower.tail = FALSE),
      tUpper = function(t, d) pt(t, d, lower.tail = FALSE), tUpperQuantile = function(p, d) qt(p, d, lower.tail = FALSE),
      chiSquaredUpper = function(x, d) pchisq(x, d, lower.tail = FALSE), chiSquaredUpperQuantile = function(p, d) qchisq(p, d, lower.tail = FALSE),
      fUpper = function(x, a, b) pf(x, a, b, lower.tail = FALSE), fUpperQuantile = function(p, a, b) qf(p, a, b, lower.tail = FALSE),
      studentizedRangeUpper = function(q, k, d) ptukey(q, k, d, lower.tail = FALSE))
    for (line in readLines("stdin")) { x <- strsplit(line, " ")[[1]]
      cat(sprintf("%.17g", suppressWarnings(do.call(f[[x[1]]], as.list(as.numeric(x[-1]))))), "\\n") }`;
  const input = cases.map(({ f, args }) => [f, ...args.map((v) => (v === Infinity ? 'Inf' : v))].join(' ')).join('\n');
  const answers = execFileSync('Rscript', ['-e', code], { input, encoding: 'utf8' }).trim().split('\n').map(Number);
  const byCase = new Map(cases.map((c, i) => [c, answers[i]]));
  found.push(['R', byCase]);
}

const folder = process.argv[2];
if (folder) {
  const require = createRequire(join(resolve(folder), 'package.json'));
  const optional = (name) => {
    try {
      return require(name);
    } catch {
      return null;
    }
  };
  const normal = optional('@stdlib/stats-base-dists-normal');
  const t = optional('@stdlib/stats-base-dists-t');
  const chi = optional('@stdlib/stats-base-dists-chisquare');
  const F = optional('@stdlib/stats-base-dists-f');
  if (normal && t && chi && F) {
    found.push([
      '@stdlib dists',
      {
        // The distributions have no upper tails: by symmetry where there is one, else one less the lower tail.
        normalUpper: (z) => normal.cdf(-z, 0, 1),
        normalUpperQuantile: (p) => -normal.quantile(p, 0, 1),
        tUpper: (x, df) => t.cdf(-x, df),
        tUpperQuantile: (p, df) => -t.quantile(p, df),
        chiSquaredUpper: (x, df) => 1 - chi.cdf(x, df),
        chiSquaredUpperQuantile: (p, df) => chi.quantile(1 - p, df),
        fUpper: (x, a, b) => 1 - F.cdf(x, a, b),
        fUpperQuantile: (p, a, b) => F.quantile(1 - p, a, b),
      },
    ]);
  }
  const betainc = optional('@stdlib/math-base-special-betainc');
  const gammainc = optional('@stdlib/math-base-special-gammainc');
  const erfc = optional('@stdlib/math-base-special-erfc');
  if (betainc && gammainc && erfc) {
    found.push([
      '@stdlib special',
      {
        normalUpper: (z) => erfc(z / Math.SQRT2) / 2,
        tUpper: (x, df) => {
          const half = betainc(df / (df + x * x), df / 2, 0.5, true, false) / 2;
          return x >= 0 ? half : 1 - half;
        },
        chiSquaredUpper: (x, df) => gammainc(x / 2, df / 2, true, true),
        fUpper: (x, a, b) => betainc(b / (b + a * x), b / 2, a / 2, true, false),
      },
    ]);
  }
  const jstat = optional('jstat');
  if (jstat) {
    const { jStat } = jstat;
    found.push([
      'jstat',
      {
        normalUpper: (z) => jStat.normal.cdf(-z, 0, 1),
        normalUpperQuantile: (p) => -jStat.normal.inv(p, 0, 1),
        tUpper: (x, df) => jStat.studentt.cdf(-x, df),
        tUpperQuantile: (p, df) => -jStat.studentt.inv(p, df),
        chiSquaredUpper: (x, df) => 1 - jStat.chisquare.cdf(x, df),
        chiSquaredUpperQuantile: (p, df) => jStat.chisquare.inv(1 - p, df),
        fUpper: (x, a, b) => 1 - jStat.centralF.cdf(x, a, b),
        fUpperQuantile: (p, a, b) => jStat.centralF.inv(1 - p, a, b),
        studentizedRangeUpper: (q, k, df) => 1 - jStat.tukey.cdf(q, k, df),
      },
    ]);
  }
  const nmath = optional('lib-r-math.js');
  if (nmath) {
    found.push([
      'lib-r-math.js',
      {
        normalUpper: (z) => nmath.pnorm(z, 0, 1, false),
        normalUpperQuantile: (p) => nmath.qnorm(p, 0, 1, false),
        tUpper: (x, df) => nmath.pt(x, df, 0, false),
        tUpperQuantile: (p, df) => nmath.qt(p, df, 0, false),
        chiSquaredUpper: (x, df) => nmath.pchisq(x, df, undefined, false),
        chiSquaredUpperQuantile: (p, df) => nmath.qchisq(p, df, undefined, false),
        fUpper: (x, a, b) => nmath.pf(x, a, b, undefined, false),
        fUpperQuantile: (p, a, b) => nmath.qf(p, a, b, undefined, false),
        studentizedRangeUpper: (q, k, df) => nmath.ptukey(q, k, df, 1, false),
      },
    ]);
  }
}

/** The largest relative error of a library over some cases, and how many it misses by more than 1e-12 (or does not answer). */
function errorsOf(library, own) {
  let worst = 0;
  let missed = 0;
  for (const c of own) {
    let value;
    try {
      value = library instanceof Map ? library.get(c) : library[c.f](...c.args);
    } catch {
      value = Number.NaN;
    }
    const error = Math.abs(value - c.exact) / Math.abs(c.exact);
    if (!(error <= 1e-12)) missed++;
    worst = Number.isFinite(error) ? Math.max(worst, error) : Infinity;
  }
  return { worst, missed };
}

console.log(`| function | cases | ${found.map(([name]) => name).join(' | ')} |`);
console.log(`| --- | --- |${' --- |'.repeat(found.length)}`);
for (const f of new Set(cases.map((c) => c.f))) {
  const own = cases.filter((c) => c.f === f);
  const cells = found.map(([, library]) => {
    if (!(library instanceof Map) && !library[f]) return '';
    const { worst, missed } = errorsOf(library, own);
    const size = worst === Infinity ? 'no answer' : worst >= 0.5 ? 'wrong' : worst.toExponential(0);
    return missed ? `${size} (${missed} missed)` : size;
  });
  console.log(`| ${f} | ${own.length} | ${cells.join(' | ')} |`);
}
