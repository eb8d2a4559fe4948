import type { CompositeStructure } from '@blup/covariance';
import { symmetricEigen } from './optimizer/symmetric-eigen.js';
import type { Certificate } from './fitted-model-data.js';
import type { ProfiledObjective } from './profiled-objective.js';
import { membersOf, tieInPlace } from './par-constraints.js';
import { searchCoordinates } from './search-coordinates.js';
import { objectiveAtPar, type SearchResult, type SearchSpace } from './search.js';

/** Below this many standard errors from the minimum the search counts as converged. */
export const CONVERGED_DECREMENT = 1e-3;

/** Rounding error of the criterion beyond which a search that stands still may stand anywhere. */
const NOISE_THAT_COUNTS = 1e-6;

/**
 * Judges an optimum: gradient in standard errors, curvature, and at a boundary whether the objective rises into the interior. Leaves the
 * objective evaluated at `par`.
 *
 * @param par the canonical optimum; `value` its objective
 */
export function certify(
  objective: ProfiledObjective,
  space: SearchSpace,
  found: SearchResult,
  par: Float64Array,
  value: number,
  singular: boolean,
  parNames: readonly string[],
  maxEvaluations: number,
): Certificate {
  const { composite } = objective;
  const m = composite.parLength;
  const bounds = composite.parBounds();
  const { lower } = bounds;
  const boundary = boundarySlopes(objective, space, par, value, lower, parNames);
  const { gradient, hessian } = derivatives(objective, par, space);
  const free = [...space.free];
  const dwarfs = free.filter((k) =>
    dwarfsResiduals(
      composite,
      lower,
      k,
      par[k] / space.unit[k],
      gradient[k] * par[k],
      hessian[k * m + k] * par[k] ** 2,
    ),
  );
  const edge = free.filter((k) => dwarfs.includes(k) || isAtEdge(composite, bounds, k, par[k], gradient[k]));
  const interior = free.filter((k) => !(lower[k] === 0 && par[k] === 0) && !edge.includes(k) && hessian[k * m + k] > 0);
  const scaledGradient = Array.from({ length: m }, (_, k) =>
    interior.includes(k) ? gradient[k] / Math.sqrt(hessian[k * m + k]) : 0,
  );
  const noise = objective.noise();
  const { decrement, conditioning, weakest } = interiorCurvature(interior, gradient, hessian, m);
  const rises = boundary.every((b) => b.slope >= -1e-6 * Math.max(1, Math.abs(value)));
  const converged =
    (found.reason === 'converged' || (found.reason === 'no-progress' && noise <= NOISE_THAT_COUNTS)) &&
    decrement < CONVERGED_DECREMENT &&
    rises;
  return {
    converged,
    singular,
    reason: found.reason,
    message: messageFor({
      converged,
      singular,
      rises,
      noise,
      found,
      maxEvaluations,
      decrement,
      conditioning,
      boundary,
      edge: edge.map((k) => `${parNames[k]} (${par[k].toPrecision(4)})`),
      withoutNoise: dwarfs.length > 0,
      weakest: weakest.map((k) => parNames[k]),
    }),
    gradient: Array.from({ length: m }, (_, k) => (space.free.includes(k) ? gradient[k] : 0)),
    scaledGradient,
    decrement,
    hessian: Array.from({ length: m }, (_, i) => Array.from({ length: m }, (_, j) => hessian[j * m + i])),
    conditioning,
    boundary,
    evaluations: found.evaluations.length,
  };
}

/** (objective(par with entry k moved a little) - objective) / step^2 for each free entry that is zero at its bound. */
function boundarySlopes(
  objective: ProfiledObjective,
  space: SearchSpace,
  par: Float64Array,
  value: number,
  lower: Float64Array,
  parNames: readonly string[],
): { name: string; slope: number }[] {
  const out: { name: string; slope: number }[] = [];
  for (const k of space.free) {
    if (lower[k] !== 0 || par[k] !== 0) continue;
    const moved = par.slice();
    moved[k] = 1e-3 * space.unit[k];
    tieInPlace(moved, space.source);
    out.push({
      name: parNames[k],
      slope: (objectiveAtPar(objective, objective.composite, moved) - value) / moved[k] ** 2,
    });
  }
  return out;
}

/**
 * Whether a bounded par has run to an end of its range: all but there, and flat in the coordinate that it moves in. A correlation at 1, a
 * range without end.
 */
function isAtEdge(
  composite: CompositeStructure,
  { lower, upper }: ReturnType<CompositeStructure['parBounds']>,
  k: number,
  value: number,
  gradient: number,
): boolean {
  const scale = composite.searchScale?.[k] ?? 'linear';
  if (scale === 'linear' || value === 0) return false;
  const near =
    scale === 'log'
      ? value < 1e-6 || value > 1e6
      : Math.min(upper[k] - value, value - lower[k]) < 1e-4 * (upper[k] - lower[k]);
  // A standard deviation is at its edge only when it is zero, which is the boundary's case.
  const isSd = scale === 'log' && lower[k] === 0;
  const slope = Math.abs(gradient * searchCoordinates(composite).slope(k, value));
  return near && !isSd && slope < 1e-3;
}

/**
 * Whether a relative standard deviation has run off to where residuals vanish beside its effects, along a ridge on which the criterion stays
 * flat: effects that can take the place of the residuals, as AR(1) at every row can.
 * @param size in units of what matches the residuals
 * @param slope by the parameter's logarithm, and curvature in the same way
 */
function dwarfsResiduals(
  composite: CompositeStructure,
  lower: Float64Array,
  k: number,
  size: number,
  slope: number,
  curvature: number,
): boolean {
  if ((composite.searchScale?.[k] ?? 'linear') !== 'linear' || lower[k] !== 0) return false;
  return Math.abs(size) > 100 && Math.abs(slope) < 1e-2 && Math.abs(curvature) < 1e-2;
}

/** Gradient and model Hessian by par at `par`, all entries; those of a free par that others are tied to are by all of them together. */
function derivatives(
  objective: ProfiledObjective,
  par: Float64Array,
  { free, source }: SearchSpace,
): { gradient: Float64Array; hessian: Float64Array } {
  const { composite } = objective;
  const m = composite.thetaLength;
  const k = composite.parLength;
  objectiveAtPar(objective, composite, par);
  const byTheta = new Float64Array(m);
  const hessian = new Float64Array(k * k);
  objective.gradientInto(byTheta);
  objective.parInformationInto(par, hessian);
  const J = new Float64Array(m * k);
  objective.jacobianInto(par, J);
  const gradient = new Float64Array(k);
  for (let i = 0; i < k; i++) for (let t = 0; t < m; t++) gradient[i] += J[i * m + t] * byTheta[t];
  const members = membersOf(free, source);
  if (members.every((list) => list.length === 1)) return { gradient, hessian };
  const apart = hessian.slice();
  members.forEach((rows, i) => {
    gradient[free[i]] = rows.reduce((s, a) => s + gradient[a], 0);
    members.forEach((columns, j) => {
      let s = 0;
      for (const a of rows) for (const b of columns) s += apart[b * k + a];
      hessian[free[j] * k + free[i]] = s;
    });
  });
  return { gradient, hessian };
}

/** Decrement and conditioning of the Hessian scaled to unit diagonal, over the interior entries, and those that its weakest direction moves. */
function interiorCurvature(
  interior: readonly number[],
  gradient: Float64Array,
  hessian: Float64Array,
  m: number,
): { decrement: number; conditioning: number; weakest: number[] } {
  const k = interior.length;
  if (k === 0) return { decrement: 0, conditioning: 1, weakest: [] };
  const root = interior.map((i) => Math.sqrt(hessian[i * m + i]));
  const scaled = new Float64Array(k * k);
  for (let i = 0; i < k; i++)
    for (let j = 0; j < k; j++) scaled[j * k + i] = hessian[interior[j] * m + interior[i]] / (root[i] * root[j]);
  const { values, vectors } = symmetricEigen(scaled, k);
  let s = 0;
  for (let e = 0; e < k; e++) {
    let along = 0;
    for (let i = 0; i < k; i++) along += (vectors[e * k + i] * gradient[interior[i]]) / root[i];
    s += along ** 2 / Math.max(values[e], 1e-9 * values[k - 1]);
  }
  const weakest = interior.filter((_, i) => Math.abs(vectors[i]) > 0.1);
  return { decrement: Math.sqrt(s), conditioning: values[0] / values[k - 1], weakest };
}

interface Verdict {
  readonly converged: boolean;
  readonly singular: boolean;
  readonly rises: boolean;
  readonly noise: number;
  readonly found: SearchResult;
  readonly maxEvaluations: number;
  readonly decrement: number;
  readonly conditioning: number;
  readonly boundary: readonly { readonly name: string; readonly slope: number }[];
  /** Parameters whose maximum lies at the edge of their range, with their values. */
  readonly edge: readonly string[];
  /** Whether the edge is that of a residual variance that vanishes beside the effects. */
  readonly withoutNoise: boolean;
  /** Parameters of the combination that the data determine least. */
  readonly weakest: readonly string[];
}

function messageFor(v: Verdict): string {
  if (v.found.reason === 'cancelled') return 'the search was cancelled; these are the best values so far';
  if (v.found.reason === 'no-finite-start')
    return 'the objective has no finite value at the start; choose other start values or rescale the columns';
  // First of all: what the objective does near zero is not known either when its value is not.
  if (!v.converged && v.noise > NOISE_THAT_COUNTS) {
    return `double precision ends here: random effects are so much larger than residuals that the criterion is known only to ${v.noise.toPrecision(1)}; subtract what is known of the groups from the response, or measure it more coarsely`;
  }
  if (!v.rises)
    return 'a variance was put to zero although the objective falls away from zero: start again from other values';
  if (!v.converged) {
    const where =
      v.found.reason === 'evaluation-limit'
        ? `the search reached its limit of ${v.maxEvaluations} evaluations`
        : 'the search could not improve the objective any further';
    return `${where}, still ${v.decrement.toPrecision(2)} standard errors from the minimum; raise the limit, rescale the columns, or simplify the random effects`;
  }
  if (v.edge.length > 0) {
    const why = v.withoutNoise
      ? 'the residual variance goes to zero beside it, so that the effects describe the data alone; a residual structure may take their place'
      : 'the data do not determine it, or ask for a simpler structure';
    return `converged, but the best value of ${v.edge.join(', ')} is at the edge of its range: ${why}`;
  }
  if (v.singular) {
    const zero = v.boundary.map((b) => b.name);
    const which = zero.length
      ? `the estimate of ${zero.join(', ')} is zero`
      : 'some combination of random effects has no variance (a correlation is 1 or -1)';
    return `converged to a singular fit: ${which}; the data support a simpler random-effects structure`;
  }
  if (v.conditioning < 1e-10)
    return `converged, but some combination of ${v.weakest.join(', ')} is hardly determined by the data`;
  return 'converged';
}
