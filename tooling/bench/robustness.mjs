// How many evaluations the search takes, and whether it ever misses the optimum, on random small problems with covariances of low rank.
//   node tooling/bench/robustness.mjs [problems = 300]
// Every problem is fitted from its own start and from four random ones; the first must be as low as any.
import { fitMatrices } from '@blup/lmm';
import { scalar, unstructured } from '@blup/covariance';
import { effects, generator } from './random.mjs';

function problem(seed) {
  const r = generator(seed);
  const n = 200 + r.below(400);
  const x = Float64Array.from({ length: n }, () => r.normal() + (seed % 3 === 0 ? 5 : 0));
  const y = Float64Array.from({ length: n }, () => r.normal());
  const terms = Array.from({ length: 1 + r.below(3) }, (_, t) => {
    const nc = 1 + r.below(4);
    const nl = 4 + r.below(20);
    const rank = r.below(nc + 1);
    const columns = Array.from({ length: nc }, (_, c) =>
      c === 0 ? new Float64Array(n).fill(1) : c === 1 ? x : Float64Array.from({ length: n }, () => r.normal()),
    );
    const levelIdx = Int32Array.from({ length: n }, (_, i) => (i < nl ? i : r.below(nl)));
    // nc effects that are combinations of `rank` independent ones
    const mix = effects(
      r,
      nc,
      Array.from({ length: rank }, (_, i) => Array.from({ length: i + 1 }, (_, j) => (i === j ? 1 : 0))),
    );
    const b = Array.from({ length: nl }, () => {
      const z = Array.from({ length: rank }, () => r.normal());
      return mix.map((row) => row.reduce((s, v, k) => s + v * z[k], 0));
    });
    for (let i = 0; i < n; i++) columns.forEach((z, c) => (y[i] += b[levelIdx[i]][c] * z[i]));
    return {
      group: `g${t}`,
      names: columns.map((_, c) => `c${c}`),
      columns,
      levels: Array.from({ length: nl }, (_, l) => `l${l}`),
      levelIdx,
      structure: nc === 1 ? scalar() : unstructured(nc),
    };
  });
  return { y, X: { names: ['1', 'x'], columns: [new Float64Array(n).fill(1), x] }, terms };
}

const count = Number(process.argv[2] ?? 300);
const evaluations = [];
let unconverged = 0;
let missed = 0;
for (let seed = 1; seed <= count; seed++) {
  const model = problem(seed);
  const fit = fitMatrices(model).data;
  evaluations.push(fit.certificate.evaluations);
  if (!fit.certificate.converged) unconverged++;
  const r = generator(1_000_000 + seed);
  for (let k = 0; k < 4; k++) {
    const other = fitMatrices(model, { start: fit.par.map(() => r.normal()) }).data;
    if (other.objective < fit.objective - 1e-6) missed++;
  }
}
evaluations.sort((a, b) => a - b);
const at = (share) => evaluations[Math.min(count - 1, Math.floor(share * count))];
console.log(
  `${count} problems: evaluations median ${at(0.5)}, 90 % ${at(0.9)}, largest ${at(1)}; ${unconverged} not converged; ${missed} of ${4 * count} other starts found a lower optimum`,
);
