// Coverage of 95 % intervals on small unbalanced designs, as Markdown tables (docs/coverage.md).
//   node tooling/studies/coverage.mjs [data sets = 1000] [of these with bootstrap = 200]
import { binomialLimits } from './binomial.mjs';
import { coverageStudy } from './coverage-study.mjs';
import { designs, SEED } from './designs.mjs';

const nsim = Number(process.argv[2] ?? 1000);
const bootstrapped = Number(process.argv[3] ?? Math.min(nsim, 200));

/** Methods side by side, one table for each set of them. */
const TABLES = [
  ['fixed', 'Fixed effects', ['Wald z', 'Satterthwaite', 'Kenward-Roger']],
  ['prediction', 'Prediction intervals with quantiles of', ['normal', 'Satterthwaite']],
  ['deviation', 'Standard deviations', ['profile', 'Wald (log)']],
  ['bootstrap', 'Parametric bootstrap', ['percentile', 'basic']],
];

const cell = (row) => {
  if (!row) return '';
  const [low, high] = binomialLimits(row.counted, 0.95, 0.001);
  const share = ((100 * row.held) / row.counted).toFixed(1);
  return row.held < low ? `**${share}** too few` : row.held > high ? `**${share}** too many` : share;
};

for (const design of designs) {
  const { rows, singular } = await coverageStudy(design, { nsim, seed: SEED, profiled: nsim, bootstrapped });
  console.log(`## ${design.title}\n`);
  const n = Object.values(design.table)[0].length;
  console.log(
    `\`${design.formula}\`, ${n} rows; ${singular.held} of ${singular.counted} fits are singular, and count.\n`,
  );
  for (const [kind, title, methods] of TABLES) {
    const own = rows.filter((row) => row.kind === kind);
    if (own.length === 0) continue;
    console.log(`| ${title} (${own[0].counted} data sets) | ${methods.join(' | ')} |`);
    console.log(`| --- |${' --- |'.repeat(methods.length)}`);
    for (const what of new Set(own.map((row) => row.what))) {
      const cells = methods.map((method) => cell(own.find((row) => row.what === what && row.method === method)));
      console.log(`| ${what} | ${cells.join(' | ')} |`);
    }
    console.log('');
  }
}
