import { execFileSync, spawnSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeCsv } from './csv.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const env = { ...process.env, OPENBLAS_NUM_THREADS: '1', OMP_NUM_THREADS: '1' };
const loads = new Map();

/** Whether Rscript finds the package. */
export function hasPackage(name) {
  let known = loads.get(name);
  if (known === undefined) {
    known = spawnSync('Rscript', ['-e', `library(${name}); library(jsonlite)`], { stdio: 'ignore' }).status === 0;
    loads.set(name, known);
  }
  return known;
}

/**
 * The rung fitted by its peer, lme4 unless the rung names another one: times, evaluations, objective, and the peer's own criterion at our theta;
 * null where the peer is not installed.
 */
export function fitByPeer(rung, ours, repeats, folder) {
  const peer = rung.peer ?? 'lme4';
  if (!hasPackage(peer)) return null;
  const csv = join(folder, `${rung.id}.csv`);
  const about = join(folder, `${rung.id}.json`);
  writeCsv(csv, rung.data());
  writeFileSync(
    about,
    JSON.stringify({
      formula: rung.peerFormula ?? rung.formula,
      factors: rung.peerFactors ?? rung.factors,
      theta: ours.theta,
      thetaNames: ours.thetaNames,
    }),
  );
  const out = execFileSync('Rscript', [join(here, `${peer}.R`), csv, about, String(repeats)], {
    encoding: 'utf8',
    env,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  rmSync(csv);
  return { peer, ...JSON.parse(out.trim().split('\n').at(-1)) };
}

/** A minimum counts as found when it is at most this far above the peer's, relative; below that is the rounding of R's criterion. */
const NOT_HIGHER = 1e-9;
/** The two programs compute the same criterion when they agree by this at our theta, relative. */
const SAME = 1e-7;

/** What is to be said of our optimum beside the peer's. */
export function compareOptima(ours, theirs) {
  const excess = (ours.objective - theirs.objective) / Math.abs(theirs.objective);
  const atOurs =
    typeof theirs.atOurTheta !== 'number'
      ? null
      : Math.abs(theirs.atOurTheta - ours.objective) / Math.abs(ours.objective);
  if (excess > NOT_HIGHER)
    return { ok: false, text: `HIGHER by ${(ours.objective - theirs.objective).toPrecision(2)}` };
  if (atOurs !== null && atOurs > SAME) return { ok: false, text: `ANOTHER CRITERION (${theirs.atOurTheta})` };
  if (atOurs === null && excess < -SAME)
    return { ok: false, text: `LOWER by ${(-excess).toPrecision(2)}, not verified` };
  const below = theirs.objective - ours.objective;
  return { ok: true, text: excess < -SAME ? `yes; ${theirs.peer} stops ${below.toPrecision(2)} above it` : 'yes' };
}
