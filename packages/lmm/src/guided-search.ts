import type { CompositeStructure } from '@blup/covariance';
import type { FactorSize } from '@blup/sparse';
import { accumulateCrossProducts, type Bases } from './accumulate.js';
import type { CrossProducts } from './cross-products.js';
import type { ModelMatrices } from './model-matrices.js';
import { leastSquaresOf } from './one-factor/levelwise-least-squares.js';
import type { Evaluation, MinimizeOptions } from './optimizer/minimize.js';
import { tieInPlace } from './par-constraints.js';
import { profiledObjective, type Criterion, type ProfiledObjective } from './profiled-objective.js';
import { search, snapToBoundary, type SearchResult, type SearchSpace } from './search.js';
import { columnScales, momentStart } from './start-values.js';
import { workingColumns, type WorkingColumns } from './working-columns.js';

/** The search space by the user's columns, and what is needed to search in better ones. */
export interface SearchPlan extends SearchSpace {
  readonly cp: CrossProducts;
  readonly composite: CompositeStructure;
  readonly scales: Float64Array;
  /** The user's start and fixed values; null: start from moments. */
  readonly given: Float64Array | null;
  readonly limits: MinimizeOptions;
  /** Told the size of a sparse factor before it is allocated; throws to refuse it. */
  readonly inspect: (size: FactorSize) => void;
}

export interface GuidedResult {
  /** By the columns as given. */
  readonly objective: ProfiledObjective;
  /** With `par` and `polished` by the columns as given; vanishing variances of `polished` are zero. */
  readonly found: SearchResult;
  /** `par` with vanishing variances put to zero. Moves the objective. */
  snapped(): Float64Array;
  readonly evaluations: readonly Evaluation[];
}

/** Each round squares the ratio of effects to residuals that moments can tell. */
const PILOT_ROUNDS = 6;

/** How often rows may be read again to save digits. */
const DIGIT_ROUNDS = 3;

/** How often the columns may be turned. */
const TURNS = 20;

/**
 * Searches in well-conditioned columns, from moments unless the user gave a start. Where a factor becomes badly pivoted the columns are turned
 * to its principal axes; where random effects turn out to dwarf the residuals, the effects found so far are taken from y and the rows are
 * read again; the search goes on from where it is.
 */
export function guidedSearch(
  plan: SearchPlan,
  criterion: Criterion,
  matrices: ModelMatrices,
  bases: Bases,
): GuidedResult {
  const { composite, free, source, limits, inspect } = plan;
  const evaluations: Evaluation[] = [];
  const unit = new Float64Array(composite.parLength);
  let columns = workingColumns(plan.cp, composite, movableTerms(plan));
  composite.stepScaleInto(columnScales(composite, columns.bases), unit);
  const readAgain = (effects: Float64Array) => {
    const cp = accumulateCrossProducts(matrices, bases, effects);
    return profiledObjective(cp, composite, criterion, leastSquaresOf(cp, composite, inspect), columns.bases);
  };
  const byColumns = (of: ProfiledObjective, next: WorkingColumns) =>
    profiledObjective(of.pls.cp, composite, criterion, of.pls, next.bases);

  let working = profiledObjective(
    plan.cp,
    composite,
    criterion,
    leastSquaresOf(plan.cp, composite, inspect),
    columns.bases,
  );
  let par = plan.given && columns.into(plan.given);
  for (let round = 0, loose: Float64Array | undefined; !par; round++) {
    const moments = momentStart(working, columns.bases, loose);
    const effects = moments.solved ? effectsThatDwarfResiduals(working) : null;
    if (effects) working = readAgain(effects);
    if (moments.looser && round < PILOT_ROUNDS) loose = moments.looser;
    else par = moments.par;
  }
  tieInPlace(par, source);

  for (let turns = 0, reads = 0; ;) {
    if (turns < TURNS && columns.needTurning(par)) {
      ({ columns, par } = columns.turnedAt(par));
      working = byColumns(working, columns);
      turns++;
    }
    const start: Float64Array = par;
    const asGiven = (e: Evaluation): Evaluation => ({ ...e, x: columns.outOf(e.x) });
    const count = evaluations.length;
    const found = search(
      working,
      { start, unit, free, source },
      {
        tolerance: limits.tolerance,
        foresee: limits.foresee && isDear(working),
        maxEvaluations: Math.max(1, limits.maxEvaluations - count),
        interrupt: turns < TURNS ? (x) => columns.needTurning(x) : undefined,
        onEvaluation: limits.onEvaluation && ((e, k) => limits.onEvaluation!(asGiven(e), count + k)),
      },
    );
    evaluations.push(...found.evaluations.map(asGiven));
    par = found.par;
    if (found.reason === 'interrupted') continue;
    working.evaluate(thetaOf(composite, par));
    const effects = reads < DIGIT_ROUNDS && found.reason !== 'cancelled' ? effectsThatDwarfResiduals(working) : null;
    if (effects) {
      working = readAgain(effects);
      reads++;
      continue;
    }
    // Near enough, and its solution is at hand.
    const isEnough = found.reason === 'converged' && found.decrement <= limits.tolerance && isDear(working);
    const space = { start, unit, free, source };
    const snapped = (x: Float64Array) => columns.outOf(snapToBoundary(working, space, x, found.value));
    return {
      objective: profiledObjective(working.pls.cp, composite, criterion, working.pls),
      found: {
        ...found,
        par: columns.outOf(found.par),
        polished: snapped(isEnough ? found.par : found.polished),
      },
      snapped: () => snapped(found.par),
      evaluations,
    };
  }
}

/** Flops of a factorisation, or of a pass over the levels, from which on the last digits of theta are not worth one more. */
const DEAR = 2e7;

function isDear({ pls }: ProfiledObjective): boolean {
  const { cp, levels, precisions } = pls;
  if (cp.residual || precisions.some(Boolean)) return false;
  if (!levels) return pls.symbolic.flops > DEAR;
  const { nc, nl } = levels.blocks;
  return 8 * nl * nc * (nc + cp.p) ** 2 > DEAR;
}

/** Whether all par of a term are free and their own, so that its columns may be changed. */
function movableTerms({ composite, free, source }: SearchPlan): (term: number) => boolean {
  const isFree = new Set(free);
  source.forEach((s, k) => s !== k && isFree.delete(s));
  return (t) => {
    for (let k = composite.parOffset[t]; k < composite.parOffset[t + 1]; k++) if (!isFree.has(k)) return false;
    return true;
  };
}

function thetaOf(composite: CompositeStructure, par: Float64Array): Float64Array {
  const theta = new Float64Array(composite.thetaLength);
  composite.thetaInto(par, theta);
  return theta;
}

/** The share of the sum of squares that residuals may have before digits are worth a second reading. */
const DWARFED = 1e-6;

/**
 * Lambda u (changed columns) of the solution at hand, where sums of squares have lost digits because random effects are far larger than
 * residuals; else null.
 */
function effectsThatDwarfResiduals({ pls, failure }: ProfiledObjective): Float64Array | null {
  const { cp, levels, pwrss } = pls;
  // By levels, wrss alone costs a pass; it is as large as pwrss but for shrinkage.
  if (failure !== 'none' || (levels && pwrss >= 1e3 * DWARFED * cp.yty) || pls.wrss >= DWARFED * cp.yty) return null;
  return pls.b.slice();
}
