import { composite, type CompositeStructure } from '@blup/covariance';
import type { FactorSize } from '@blup/sparse';
import { certify } from './certificate.js';
import { now } from './clock.js';
import type { CrossProducts } from './cross-products.js';
import { ModelError } from './errors.js';
import type { Certificate } from './fitted-model-data.js';
import { guidedSearch, type GuidedResult, type SearchPlan } from './guided-search.js';
import { checkIdentifiability, type IdentifiabilityCheck } from './identifiability.js';
import type { ModelMatrices } from './model-matrices.js';
import { parConstraints, tieInPlace, type HeldPar, type TiedPar } from './par-constraints.js';
import { otherStarts } from './other-starts.js';
import type { Evaluation } from './optimizer/minimize.js';
import { checkFactorSize } from './size/factor-size.js';
import { checkedMaxBytes } from './size/max-bytes.js';
import { checkProductsSize } from './size/products-size.js';
import type { Criterion, ProfiledObjective } from './profiled-objective.js';
import { readRows } from './read-rows.js';
import { NEGLIGIBLE_RISE, objectiveAtPar, snapToBoundary } from './search.js';
import { columnScales } from './start-values.js';

/** What may be asked of a fit. */
export interface FitOptions {
  /** REML (the default) or ML. */
  readonly reml?: boolean;
  /** A known residual standard deviation; estimated when left out. */
  readonly sigma?: number;
  /** Start values of par, all of them. */
  readonly start?: ArrayLike<number>;
  /** Values of par that are held fixed, by position (null or undefined entries are free) or by name. */
  readonly fixedPar?: HeldPar;
  /** Parameters that equal others, in the same term or in different ones: `{ 'dam.(Intercept)': 'sire.(Intercept)' }`, or `{ dam: 'sire' }`. */
  readonly tiedPar?: TiedPar;
  /** Most evaluations of the objective (default 1000). */
  readonly maxEvaluations?: number;
  /**
   * Bytes that the fit may take beside the data; a model that would need more is refused before they are allocated. Default: 4 GiB, or half the
   * memory of the machine where a browser tells of less than 8 GiB.
   */
  readonly maxBytes?: number;
  /** The search stops this many standard errors (times sqrt 2) from the minimum; default 1e-6. */
  readonly tolerance?: number;
  /** Relative standard deviation below which a fit is called singular, in units of the column's root mean square; default 1e-4. */
  readonly singularTolerance?: number;
  /** Models that no data could identify are refused, or fitted with a warning. Default `refuse`. */
  readonly identifiability?: IdentifiabilityCheck;
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
  /** Which par the search did not move: held fixed, or tied to another one. */
  readonly fixedPar: readonly boolean[];
  /** For each par the one that it equals, itself where it is not tied. */
  readonly source: Int32Array;
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
 * @throws ModelError for a model that no data could identify, and for mistakes in the options; ModelSizeError for one that is too large; a search that does not converge is told by
 * the certificate
 */
export function findOptimum(matrices: ModelMatrices, options: FitOptions = {}): Optimum {
  const began = now();
  const sigma = checkedSigma(options.sigma);
  const warnings = checkIdentifiability(matrices, sigma !== null, options.identifiability ?? 'refuse');
  const structure = composite(matrices.terms.map((term) => term.structure));
  const maxBytes = checkedMaxBytes(options.maxBytes);
  const sizes = checkProductsSize(matrices, structure, maxBytes);
  const { bases, cp } = readRows(matrices);
  checkResponse(matrices, cp, sigma !== null);
  const read = now();

  const inspect = (size: FactorSize) => checkFactorSize(size, matrices, cp, sizes, maxBytes);
  const plan = { ...planSearch(cp, structure, matrices, options), inspect };
  const criterion: Criterion = { reml: options.reml ?? true, sigma };
  const parNames = parNamesOf(matrices, structure);
  const judge = (searched: GuidedResult) => {
    const { objective, found } = searched;
    const { par, value } = bestOf(searched, plan);
    const singular = isSingular(structure, par, plan.scales, options.singularTolerance ?? 1e-4);
    return {
      ...searched,
      par,
      value,
      certificate: certify(objective, plan, found, par, value, singular, parNames, plan.limits.maxEvaluations),
    };
  };
  let best = judge(guidedSearch({ ...plan, limits: { ...plan.limits, foresee: true } }, criterion, matrices, bases));
  const { length } = best.evaluations;
  const { tolerance, maxEvaluations } = plan.limits;
  const foreseen = best.found.reason === 'converged' && best.found.decrement > tolerance;
  if (foreseen && best.certificate.decrement > tolerance && length < maxEvaluations) {
    // The last step was not as good as foreseen: the search goes on, a point at a time.
    const rest = { ...plan.limits, maxEvaluations: maxEvaluations - length };
    const more = judge(guidedSearch({ ...plan, given: best.par, limits: rest }, criterion, matrices, bases));
    const evaluations = [...best.evaluations, ...more.evaluations];
    if (more.value <= best.value + NEGLIGIBLE_RISE) best = { ...more, evaluations };
  }
  const { free, start, unit, source } = plan;
  const others = options.start
    ? []
    : otherStarts(structure, start, unit, [...free], source, best.par, best.certificate);
  for (const given of others) {
    const rest = { ...plan.limits, maxEvaluations: maxEvaluations - best.evaluations.length };
    if (rest.maxEvaluations < 1 || best.certificate.reason === 'cancelled') break;
    const other = judge(guidedSearch({ ...plan, given, limits: rest }, criterion, matrices, bases));
    const evaluations = [...best.evaluations, ...other.evaluations];
    const cancelled = other.found.reason === 'cancelled';
    best =
      cancelled || other.value < best.value - NEGLIGIBLE_RISE ? { ...other, evaluations } : { ...best, evaluations };
    if (cancelled) break;
  }
  const { objective, par, value, certificate, evaluations } = best;
  const theta = new Float64Array(structure.thetaLength);
  structure.thetaInto(par, theta);
  // Searches from other starts share the cross-products.
  if (others.length > 0) objective.evaluate(theta);
  return {
    matrices,
    cp: objective.pls.cp,
    composite: structure,
    objective,
    par,
    theta,
    fixedPar: Array.from(par, (_, k) => !plan.free.includes(k)),
    source: plan.source,
    value,
    certificate: { ...certificate, evaluations: evaluations.length },
    evaluations,
    warnings,
    timings: { crossProducts: read - began, optimize: now() - read },
  };
}

/** The polished point, unless the objective is higher there by more than what is negligible. */
function bestOf({ objective, found, snapped }: GuidedResult, plan: SearchPlan): { par: Float64Array; value: number } {
  const at = (candidate: Float64Array) => {
    const par = snapToBoundary(objective, plan, candidate, found.value);
    return { par, value: objectiveAtPar(objective, plan.composite, par) };
  };
  const polished = at(found.polished);
  const slack = Math.max(1.1 * NEGLIGIBLE_RISE, 4e-14 * Math.abs(polished.value), objective.noise());
  return polished.value <= found.value + slack ? polished : at(snapped());
}

function planSearch(
  cp: CrossProducts,
  structure: CompositeStructure,
  matrices: ModelMatrices,
  options: FitOptions,
): Omit<SearchPlan, 'inspect'> {
  const m = structure.parLength;
  const scales = columnScales(
    structure,
    cp.terms.map((t) => t.basis),
  );
  const unit = new Float64Array(m);
  const start = new Float64Array(m);
  structure.stepScaleInto(scales, unit);
  structure.startInto(scales, start);
  if (options.start) {
    if (options.start.length !== m || !Array.from(options.start).every(Number.isFinite)) {
      throw new ModelError(
        'bad-start',
        `start needs ${m} finite numbers, one for each variance parameter; it has ${options.start.length}`,
      );
    }
    start.set(Float64Array.from(options.start));
  }
  const { free, held, source } = parConstraints(
    structure,
    parNamesOf(matrices, structure),
    matrices.terms.map(({ group }) => group),
    options.fixedPar,
    options.tiedPar,
  );
  for (const [k, v] of held) start[k] = v;
  tieInPlace(start, source);
  const given = options.start || held.size > 0 ? start : null;
  const limits = {
    tolerance: options.tolerance ?? 1e-6,
    maxEvaluations: options.maxEvaluations ?? 1000,
    onEvaluation: options.onEvaluation,
  };
  return { cp, composite: structure, scales, start, unit, free, source, given, limits };
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

function checkedSigma(sigma: number | undefined): number | null {
  if (sigma === undefined) return null;
  if (!(sigma > 0) || !Number.isFinite(sigma))
    throw new ModelError('bad-option', `sigma must be a positive number, not ${sigma}`);
  return sigma;
}

/** The weighted square sum of y - offset: that of y~ and of the fit Q1 c that was taken from it; from the rows where they were whitened. */
function rawSquares(m: ModelMatrices, { n, p, yty, XtX, Xty, fixed, residual }: CrossProducts): number {
  let raw = 0;
  if (residual) {
    for (let i = 0; i < n; i++) raw += (m.weights ? m.weights[i] : 1) * (m.y[i] - (m.offset ? m.offset[i] : 0)) ** 2;
    return raw;
  }
  for (let k = 0; k < p; k++) {
    let fit = Xty[k];
    for (let l = 0; l < p; l++) fit += XtX[l * p + k] * fixed.c[l];
    raw += fixed.c[k] * (fit + Xty[k]);
  }
  return raw + yty;
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
  if (cp.yty > 1e-28 * rawSquares(m, cp)) return;
  const constant = m.y.every((v) => v === m.y[0]);
  throw new ModelError(
    'constant-response',
    constant
      ? `the response ${m.responseName} has the same value in every row: there is no variance to model`
      : `the fixed effects explain the response ${m.responseName} exactly: there is no variance left to model`,
  );
}
