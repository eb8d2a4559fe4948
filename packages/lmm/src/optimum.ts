import { composite, type CompositeStructure } from '@blup/covariance';
import { accumulateCrossProducts, findBases, type Bases } from './accumulate.js';
import { certify } from './certificate.js';
import { now } from './clock.js';
import type { CrossProducts } from './cross-products.js';
import { ModelError } from './errors.js';
import type { Certificate } from './fitted-model-data.js';
import { checkIdentifiability } from './identifiability.js';
import type { ModelMatrices } from './model-matrices.js';
import type { Evaluation } from './optimizer/minimize.js';
import { profiledObjective, type ProfiledObjective } from './profiled-objective.js';
import { objectiveAtPar, search, snapToBoundary, type SearchResult, type SearchSpace } from './search.js';
import { columnScales, startPar } from './start-values.js';

/** What may be asked of a fit. */
export interface FitOptions {
  /** REML (the default) or ML. */
  readonly reml?: boolean;
  /** A known residual standard deviation; estimated when left out. */
  readonly sigma?: number;
  /** Start values of par, all of them. */
  readonly start?: ArrayLike<number>;
  /** Values of par that are held fixed, by position; null or undefined entries are free. */
  readonly fixedPar?: readonly (number | null | undefined)[];
  /** Most evaluations of the objective (default 1000). */
  readonly maxEvaluations?: number;
  /** The search stops this many standard errors (times sqrt 2) from the minimum; default 1e-6. */
  readonly tolerance?: number;
  /** Relative standard deviation below which a fit is called singular, in units of the column's root mean square; default 1e-4. */
  readonly singularTolerance?: number;
  /** Called after every evaluation; return false to stop. */
  readonly onEvaluation?: (evaluation: Evaluation, count: number) => boolean | void;
}

/** An optimum with everything it was found with; the solution stands in `objective.pls`. */
export interface Optimum {
  readonly matrices: ModelMatrices;
  readonly cp: CrossProducts;
  readonly composite: CompositeStructure;
  readonly objective: ProfiledObjective;
  readonly par: Float64Array;
  readonly theta: Float64Array;
  /** Which par were held fixed. */
  readonly fixedPar: readonly boolean[];
  readonly value: number;
  readonly certificate: Certificate;
  readonly evaluations: readonly Evaluation[];
  readonly warnings: readonly string[];
  readonly timings: { crossProducts: number; optimize: number };
}

/**
 * Reads the rows of checked matrices once into cross-products, minimises the profiled criterion, puts vanishing variances exactly to zero,
 * and certifies the result.
 *
 * @throws ModelError for a model that no data could identify, and for mistakes in the options; a search that does not converge is told by
 * the certificate
 */
export function findOptimum(matrices: ModelMatrices, options: FitOptions = {}): Optimum {
  const began = now();
  const sigma = checkedSigma(options.sigma);
  const warnings = checkIdentifiability(matrices, sigma !== null);
  const structure = composite(matrices.terms.map((term) => term.structure));
  const bases = findBases(matrices);
  const cp = accumulateCrossProducts(matrices, bases);
  checkResponse(matrices, cp, sigma !== null);
  const read = now();

  const scales = columnScales(cp, structure);
  const space = searchSpace(structure, scales, options);
  const objective = profiledObjective(cp, structure, { reml: options.reml ?? true, sigma });
  const { best, found, evaluations } = searchWithDigits(objective, space, matrices, bases, options);
  const { par, value } = snapToBoundary(best, space, found.par, found.value);
  const singular = isSingular(structure, par, scales, options.singularTolerance ?? 1e-4);
  const certificate = certify(best, space, found, par, value, singular, parNamesOf(matrices, structure));
  const theta = new Float64Array(structure.thetaLength);
  structure.thetaInto(par, theta);
  return {
    matrices,
    cp: best.pls.cp,
    composite: structure,
    objective: best,
    par,
    theta,
    fixedPar: Array.from(par, (_, k) => !space.free.includes(k)),
    value,
    certificate: { ...certificate, evaluations: evaluations.length },
    evaluations,
    warnings,
    timings: { crossProducts: read - began, optimize: now() - read },
  };
}

interface DigitsResult {
  readonly best: ProfiledObjective;
  readonly found: SearchResult;
  readonly evaluations: readonly Evaluation[];
}

/**
 * Searches, and where random effects turn out to dwarf the residuals, takes the effects found so far from y, reads the rows again and
 * searches on from there.
 */
function searchWithDigits(
  objective: ProfiledObjective,
  space: SearchSpace,
  matrices: ModelMatrices,
  bases: Bases,
  options: FitOptions,
): DigitsResult {
  const tolerance = options.tolerance ?? 1e-6;
  const limit = options.maxEvaluations ?? 1000;
  const evaluations: Evaluation[] = [];
  let best = objective;
  let start = space.start;
  for (let round = 0; ; round++) {
    const maxEvaluations = Math.max(1, limit - evaluations.length);
    const found = search(
      best,
      { start, unit: space.unit, free: space.free },
      { tolerance, maxEvaluations, onEvaluation: options.onEvaluation },
    );
    evaluations.push(...found.evaluations);
    const effects = round < 3 && found.reason !== 'cancelled' ? effectsThatDwarfResiduals(best, found.par) : null;
    if (!effects) return { best, found, evaluations };
    best = profiledObjective(accumulateCrossProducts(matrices, bases, effects), objective.composite, objective);
    start = found.par;
  }
}

function isSingular(
  structure: CompositeStructure,
  par: Float64Array,
  scales: Float64Array,
  tolerance: number,
): boolean {
  return structure.parts.some((part, t) =>
    part.isSingular(
      par.subarray(structure.parOffset[t], structure.parOffset[t + 1]),
      scales.subarray(structure.columnOffset[t], structure.columnOffset[t + 1]),
      tolerance,
    ),
  );
}

/** Names of par in the manner of `Subject.(Intercept)`, `Subject.Days.(Intercept)`, `Subject.Days`. */
export function parNamesOf(m: ModelMatrices, structure: CompositeStructure): string[] {
  return structure.parts.flatMap((part, t) =>
    part.parNames(m.terms[t].names).map((name) => `${m.terms[t].group}.${name}`),
  );
}

function searchSpace(structure: CompositeStructure, scales: Float64Array, options: FitOptions): SearchSpace {
  const m = structure.parLength;
  const unit = new Float64Array(m);
  structure.stepScaleInto(scales, unit);
  const start = options.start ? Float64Array.from(options.start) : startPar(structure, scales);
  if (start.length !== m || !start.every(Number.isFinite)) {
    throw new ModelError(
      'bad-start',
      `start needs ${m} finite numbers, one for each variance parameter; it has ${start.length}`,
    );
  }
  const fixed = options.fixedPar ?? [];
  if (fixed.length > m)
    throw new ModelError('bad-option', `fixedPar has ${fixed.length} entries for ${m} variance parameters`);
  const free: number[] = [];
  for (let k = 0; k < m; k++) {
    const v = fixed[k];
    if (v === null || v === undefined) free.push(k);
    else if (Number.isFinite(v)) start[k] = v;
    else
      throw new ModelError(
        'bad-option',
        `fixedPar[${k}] is ${v}; it must be a finite number, or null for a free entry`,
      );
  }
  return { start, unit, free: Int32Array.from(free) };
}

function checkedSigma(sigma: number | undefined): number | null {
  if (sigma === undefined) return null;
  if (!(sigma > 0) || !Number.isFinite(sigma))
    throw new ModelError('bad-option', `sigma must be a positive number, not ${sigma}`);
  return sigma;
}

/** A response that the fixed effects explain exactly has no variance to divide, and fewer rows than columns leave nothing for sigma. */
function checkResponse(m: ModelMatrices, cp: CrossProducts, sigmaFixed: boolean): void {
  if (sigmaFixed) return;
  if (cp.n <= cp.p) {
    throw new ModelError(
      'not-identified',
      `${cp.n} rows cannot determine ${cp.p} fixed effects and a residual variance: use more rows or fewer columns`,
    );
  }
  let raw = 0;
  for (let i = 0; i < cp.n; i++) raw += (m.weights ? m.weights[i] : 1) * (m.y[i] - (m.offset ? m.offset[i] : 0)) ** 2;
  if (cp.yty > 1e-28 * raw) return;
  const constant = m.y.every((v) => v === m.y[0]);
  throw new ModelError(
    'constant-response',
    constant
      ? `the response ${m.responseName} has the same value in every row: there is no variance to model`
      : `the fixed effects explain the response ${m.responseName} exactly: there is no variance left to model`,
  );
}

/** Lambda u (changed columns) where sums of squares have lost digits because random effects are far larger than residuals, else null. */
function effectsThatDwarfResiduals(objective: ProfiledObjective, par: Float64Array): Float64Array | null {
  const { pls, composite: structure } = objective;
  objectiveAtPar(objective, structure, par);
  if (objective.failure !== 'none' || pls.wrss >= DWARFED * pls.cp.yty) return null;
  return pls.b.slice();
}

/** The share of the sum of squares that residuals may have before digits are worth a second reading. */
const DWARFED = 1e-6;
