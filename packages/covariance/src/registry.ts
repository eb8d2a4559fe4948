import { ar1, car1 } from './correlation/autoregressive.js';
import { ar1WithInitialVariance } from './correlation/initial-variance.js';
import { compoundSymmetry } from './correlation/compound-symmetry.js';
import { coordinatesOf } from './correlation/coordinates.js';
import { exponential, gaussian, matern, ornsteinUhlenbeck } from './correlation/spatial.js';
import { toeplitz } from './correlation/toeplitz.js';
import { diagonal, homogeneousDiagonal, scalar } from './diagonal.js';
import { nearestTag } from './nearest-tag.js';
import { factorAnalytic, reducedRank } from './reduced-rank.js';
import { CovarianceStructureError, type CovarianceStructure } from './structure.js';
import { unstructured } from './unstructured.js';

/** What a formula says of a term's structure: its tag, the tag's named arguments, and the columns. */
export interface StructureRequest {
  readonly name: string;
  readonly args: Readonly<Record<string, number | string | boolean>>;
  readonly nc: number;
  /** When the columns are the indicators of one factor (`0 + f`): all its levels, those without rows too, and each column's. */
  readonly indicator?: { readonly levels: readonly string[]; readonly columnLevels: ArrayLike<number> } | null;
}

/** Makes the structure of one term. */
export type StructureFactory = (request: StructureRequest) => CovarianceStructure;

const builtIn: ReadonlyMap<string, StructureFactory> = new Map<string, StructureFactory>([
  ['us', (r) => (argumentsOf(r) && r.nc === 1 ? scalar() : unstructured(r.nc))],
  ['diag', (r) => (flag(argumentsOf(r, 'hom'), 'hom', false) ? homogeneousDiagonal(r.nc) : diagonal(r.nc))],
  ['homdiag', (r) => argumentsOf(r) && homogeneousDiagonal(r.nc)],
  ['cs', (r) => compoundSymmetry(r.nc, { hom: flag(argumentsOf(r, 'hom'), 'hom', false) })],
  ['homcs', (r) => argumentsOf(r) && compoundSymmetry(r.nc, { hom: true })],
  ['hetcs', (r) => argumentsOf(r) && compoundSymmetry(r.nc, { hom: false })],
  ['ar1', ar1Of],
  ['hetar1', (r) => argumentsOf(r) && ar1(r.nc, { hom: false, times: placesInSeries(r) })],
  ['toep', (r) => toeplitz(seriesLength(r), { hom: flag(argumentsOf(r, 'hom', 'band'), 'hom', false), ...bandOf(r) })],
  ['homtoep', (r) => toeplitz(seriesLength(argumentsOf(r, 'band')), { hom: true, ...bandOf(r) })],
  ['ou', (r) => ornsteinUhlenbeck(timesOfColumns(argumentsOf(r, 'hom')), { hom: flag(r, 'hom', true) })],
  ['car1', (r) => car1(timesOfColumns(argumentsOf(r, 'hom')), { hom: flag(r, 'hom', true) })],
  ['exp', (r) => exponential(placesOf(argumentsOf(r, 'hom')), { hom: flag(r, 'hom', true) })],
  ['gau', (r) => gaussian(placesOf(argumentsOf(r, 'hom')), { hom: flag(r, 'hom', true) })],
  ['mat', (r) => matern(placesOf(argumentsOf(r, 'hom')), { hom: flag(r, 'hom', true) })],
  ['rr', (r) => reducedRank(r.nc, whole(argumentsOf(r, 'd'), 'd', Math.min(2, r.nc)))],
  ['fa', (r) => factorAnalytic(r.nc, whole(argumentsOf(r, 'd'), 'd', 1))],
]);

/** `stationary = FALSE`: the first time has a variance of its own. */
function ar1Of(r: StructureRequest): CovarianceStructure {
  argumentsOf(r, 'hom', 'stationary');
  const hom = flag(r, 'hom', true);
  if (flag(r, 'stationary', true)) return ar1(r.nc, { hom, times: placesInSeries(r) });
  if (!hom)
    throw new CovarianceStructureError(
      `"${r.name}" with stationary = FALSE has variances that follow from the first one: leave hom out`,
    );
  return ar1WithInitialVariance(r.nc, placesInSeries(r));
}

/** The request itself, when it has no arguments but the allowed ones. */
function argumentsOf(request: StructureRequest, ...allowed: string[]): StructureRequest {
  const odd = Object.keys(request.args).filter((name) => !allowed.includes(name));
  if (odd.length === 0) return request;
  const known = allowed.length ? `it has ${allowed.join(', ')}` : 'it has none';
  throw new CovarianceStructureError(`the structure "${request.name}" has no argument ${odd.join(', ')}; ${known}`);
}

function flag({ name, args }: StructureRequest, arg: string, fallback: boolean): boolean {
  const v = args[arg] ?? fallback;
  if (typeof v === 'boolean') return v;
  throw new CovarianceStructureError(`the argument ${arg} of "${name}" must be TRUE or FALSE, not ${v}`);
}

function whole({ name, args }: StructureRequest, arg: string, fallback: number): number {
  const v = args[arg] ?? fallback;
  if (typeof v === 'number' && Number.isInteger(v)) return v;
  throw new CovarianceStructureError(`the argument ${arg} of "${name}" must be a whole number, not ${v}`);
}

const bandOf = (r: StructureRequest): { band?: number } => ('band' in r.args ? { band: whole(r, 'band', 1) } : {});

/** Place of each column in the order of the factor's levels; levels without rows keep theirs, so a gap stays a gap. */
function placesInSeries(r: StructureRequest): ArrayLike<number> {
  return indicatorOf(r).columnLevels;
}

/** The number of columns, for a structure that speaks of lags and knows no gaps. */
function seriesLength(r: StructureRequest): number {
  const { levels, columnLevels } = indicatorOf(r);
  for (let j = 1; j < r.nc; j++) {
    if (columnLevels[j] === columnLevels[j - 1] + 1) continue;
    throw new CovarianceStructureError(
      `"${r.name}" has one correlation for each lag, and level "${levels[columnLevels[j - 1] + 1]}" has no rows: ` +
        'drop the level from the factor if its place is not to count, or use ar1',
    );
  }
  return r.nc;
}

function indicatorOf(r: StructureRequest): { levels: readonly string[]; columnLevels: ArrayLike<number> } {
  if (r.indicator) return r.indicator;
  throw new CovarianceStructureError(
    `"${r.name}" needs columns that are the levels of one factor in order: write ${r.name}(0 + f | g) with a factor f`,
  );
}

function placesOf(r: StructureRequest): number[][] {
  const { levels, columnLevels } = indicatorOf(r);
  return coordinatesOf(
    r.name,
    Array.from(columnLevels, (k) => levels[k]),
  );
}

function timesOfColumns(r: StructureRequest): number[] {
  return placesOf(r).map((place) => {
    if (place.length === 1) return place[0];
    throw new CovarianceStructureError(
      `"${r.name}" needs levels that are times, and (${place.join(', ')}) has ${place.length} coordinates; exp takes places in the plane and in space`,
    );
  });
}

/** The tags that {@link structureFor} knows, the user's own ones first. */
export function structureTags(own?: ReadonlyMap<string, StructureFactory>): string[] {
  return [...new Set([...(own?.keys() ?? []), ...builtIn.keys()])];
}

/**
 * The structure that a formula asks for; `own` holds the user's structures by tag and goes before the built-in ones.
 * @throws CovarianceStructureError for an unknown tag, naming the nearest and all known ones, and for arguments that a structure does
 * not have
 */
export function structureFor(
  request: StructureRequest,
  own?: ReadonlyMap<string, StructureFactory>,
): CovarianceStructure {
  const factory = own?.get(request.name) ?? builtIn.get(request.name);
  if (factory) return factory(request);
  const known = structureTags(own);
  const near = nearestTag(request.name, known);
  throw new CovarianceStructureError(
    `there is no covariance structure "${request.name}"${near ? `, did you mean "${near}"?` : ''}; known structures: ${known.join(', ')}`,
  );
}
