import { composite, lambdaOf, lowerFactorInPlace, type CompositeStructure } from '@blup/covariance';
import { accumulateCrossProducts, findBases } from '../accumulate.js';
import type { CrossProducts } from '../cross-products.js';
import { dot } from '../dense.js';
import type { FittedModel } from '../fitted-model.js';
import { takeColumns, type ModelMatrices } from '../model-matrices.js';
import { minimize, type Minimum } from '../optimizer/minimize.js';
import { solveNormalInPlace, type PenalizedLeastSquares } from '../penalized-least-squares.js';
import { profiledObjective, type ProfiledObjective } from '../profiled-objective.js';
import { searchCoordinates } from '../search-coordinates.js';
import { multiplyLambdaInto, multiplyZtZInto } from '../scale-by-lambda.js';
import { contrastToBasisInPlace } from './fixed-effects-space.js';

/** A parameter of which a profile is taken. */
export type ProfiledParameter =
  | { readonly kind: 'sd'; readonly term: number; readonly column: number }
  | { readonly kind: 'cor'; readonly term: number; readonly columns: readonly [number, number] }
  /** One par of another structure, times sigma to the power. */
  | { readonly kind: 'natural'; readonly term: number; readonly par: number; readonly sigmaPower: 0 | 1 }
  | { readonly kind: 'sigma' }
  | { readonly kind: 'beta'; readonly index: number };

/** The smallest deviance with one parameter held. */
export interface ConstrainedDeviance {
  /** @returns -2 log-likelihood minimised over all other parameters; starts where the last call ended */
  at(value: number): number;
}

/** Where the search of a {@link constrainedDeviance} goes: other coordinates z, and what par and sigma they mean. */
interface Coordinates {
  readonly start: Float64Array;
  /** Units of steps; 0 where those of the structures serve. */
  readonly unit: readonly number[];
  /** Coordinates of correlations and the like, with bounds on both sides. */
  readonly bounded: readonly number[];
  /** Writes par. @returns sigma, or null where it is profiled out */
  into(z: Float64Array, value: number, par: Float64Array): number | null;
  /** d objective / d z, given that by par and by log sigma. */
  pullBack(z: Float64Array, value: number, byPar: Float64Array, byLogSigma: number, g: Float64Array): void;
}

/**
 * The deviance of one model with a parameter held at any value. The columns of an unstructured term are reordered so that the parameter
 * stands first: a standard deviation is then theta_11 sigma, a correlation the angle of the second row of the factor. A fixed effect is
 * held in the solution of the normal equations, so nothing is read again: by the constraint r^2 rises by (v - beta)^2 / (X'H^-1X)^-1_kk.
 *
 * @param par an optimum of the deviance (ML), by the model's columns
 */
export function constrainedDeviance(
  model: FittedModel,
  parameter: ProfiledParameter,
  par: Float64Array,
  sigma: number,
): ConstrainedDeviance {
  const { optimum } = model;
  const { matrices, par: permuted } = reordered(optimum.matrices, optimum.composite, par, parameter);
  const structure = composite(matrices.terms.map((t) => t.structure));
  const cp = accumulateCrossProducts(matrices, findBases(matrices));
  const profiled = profiledObjective(cp, structure, { reml: false, sigma: null });
  const { pls } = profiled;
  const fixedSigma = optimum.objective.sigma;
  const free = optimum.fixedPar.flatMap((held, k) => (held ? [] : [k]));
  const coordinates = coordinatesOf(parameter, structure, permuted, free, sigma, fixedSigma);
  const at = permuted.slice();
  const m = structure.thetaLength;
  const theta = new Float64Array(m);
  const byTheta = new Float64Array(m);
  const byPar = new Float64Array(structure.parLength);
  const J = new Float64Array(m * structure.parLength);
  const k = coordinates.start.length;
  let z = coordinates.start.slice();
  let scale: number | null = null;
  let objective: ProfiledObjective;
  // The objective takes the solution in pls for its own, so a held one is put back before the next evaluation.
  let release: (() => void) | null = null;
  const evaluate = (x: Float64Array, value: number): number => {
    release?.();
    release = null;
    scale = coordinates.into(x, value, at) ?? fixedSigma;
    structure.thetaInto(at, theta);
    objective = scale === null ? profiled : profiledObjective(cp, structure, { reml: false, sigma: scale }, pls);
    const free = objective.evaluate(theta);
    if (parameter.kind !== 'beta' || !Number.isFinite(free)) return free;
    const before = pls.pwrss;
    release = holdBeta(cp, pls, parameter.index, value);
    const nu = objective.nu;
    return scale === null ? free + nu * Math.log(pls.pwrss / before) : free + (pls.pwrss - before) / (scale * scale);
  };
  const gradient = (x: Float64Array, value: number, g: Float64Array): void => {
    objective.gradientInto(byTheta);
    structure.thetaInto(at, theta);
    objective.jacobianInto(at, J);
    for (let i = 0; i < byPar.length; i++) byPar[i] = dot(J, i * m, byTheta, 0, m);
    const byLogSigma = scale === null ? 0 : 2 * objective.nu - (2 * pls.pwrss) / (scale * scale);
    coordinates.pullBack(x, value, byPar, byLogSigma, g);
  };
  const others = coordinates.bounded.length > 0 && parameter.kind === 'natural' ? startsFor(coordinates) : [];
  const unit = new Float64Array(k).fill(1);
  const all = new Float64Array(structure.parLength);
  structure.stepScaleInto(Float64Array.from(cp.terms.flatMap((t) => Array.from(t.basis.rms))), all);
  for (let i = 0; i < k; i++) unit[i] = coordinates.unit[i] || Math.max(1e-3, Math.abs(z[i])) || all[i] || 1;
  return {
    at(value) {
      if (k === 0) return evaluate(z, value);
      const near = search(z, value);
      // Correlations beside others have several optima: the neighbour's may not be the lowest any more.
      const far = others.map((start) => search(start, value));
      const found = far.reduce((best, one) => (one.value < best.value ? one : best), near);
      z = found.x.slice();
      return found.value;
    },
  };

  function search(from: Float64Array, value: number): Minimum {
    return minimize(
      {
        dimension: k,
        unit,
        value: (x) => {
          z = x.slice();
          return evaluate(x, value);
        },
        noise: () => objective.noise(),
        gradientInto: (g) => gradient(z, value, g),
        hessianInto(H) {
          // Central differences of the exact gradient
          const here = z;
          const up = new Float64Array(k);
          const down = new Float64Array(k);
          for (let j = 0; j < k; j++) {
            const h = 1e-4 * unit[j];
            const moved = here.slice();
            moved[j] = here[j] + h;
            evaluate(moved, value);
            gradient(moved, value, up);
            moved[j] = here[j] - h;
            evaluate(moved, value);
            gradient(moved, value, down);
            for (let i = 0; i < k; i++) H[j * k + i] = (up[i] - down[i]) / (2 * h);
          }
          for (let j = 0; j < k; j++)
            for (let i = 0; i < j; i++) H[j * k + i] = H[i * k + j] = (H[j * k + i] + H[i * k + j]) / 2;
          z = here;
          evaluate(here, value);
        },
      },
      from,
      { tolerance: 1e-7, maxEvaluations: 300 },
    );
  }
}

/** Starts with the bounded coordinates on either side of the middle. */
function startsFor({ start, bounded }: Coordinates): Float64Array[] {
  return [0.8, -0.8].map((value) => {
    const from = start.slice();
    for (const i of bounded) from[i] = value;
    return from;
  });
}

function coordinatesOf(
  parameter: ProfiledParameter,
  structure: CompositeStructure,
  par: Float64Array,
  free: readonly number[],
  sigma: number,
  fixedSigma: number | null,
): Coordinates {
  // Par with bounds move on scales of their own.
  const search = searchCoordinates(structure);
  const starts = (own: readonly number[]) => own.map((k) => search.into(k, par[k]));
  const units = (own: readonly number[]) =>
    own.map((k) => ((structure.searchScale?.[k] ?? 'linear') === 'linear' ? 0 : search.unit(k, 1)));
  const bounded = (own: readonly number[]) =>
    own.flatMap((k, i) => (structure.searchScale?.[k] === 'atanh' ? [i] : []));
  const place = (own: readonly number[], z: Float64Array, out: Float64Array) =>
    own.forEach((k, i) => (out[k] = search.outOf(k, z[i])));
  const pull = (own: readonly number[], z: Float64Array, byPar: Float64Array, g: Float64Array) =>
    own.forEach((k, i) => (g[i] = byPar[k] * search.slope(k, search.outOf(k, z[i]))));
  const plain = (own: readonly number[]): Coordinates => ({
    start: Float64Array.from(starts(own)),
    unit: units(own),
    bounded: bounded(own),
    into(z, _value, out) {
      place(own, z, out);
      return null;
    },
    pullBack: (z, _value, byPar, _byLogSigma, g) => pull(own, z, byPar, g),
  });
  if (parameter.kind === 'beta') return plain(free);
  if (parameter.kind === 'sigma')
    return { ...plain(free), into: (z, value, out) => (plain(free).into(z, value, out), value) };
  const from = structure.parOffset[parameter.term];
  if (parameter.kind === 'natural' && parameter.sigmaPower === 0) {
    const k = from + parameter.par;
    const own = plain(free.filter((i) => i !== k));
    return {
      ...own,
      into(z, value, out) {
        out[k] = value;
        return own.into(z, value, out);
      },
    };
  }
  if (parameter.kind !== 'cor') {
    // The parameter is par[k] sigma; log sigma is the last coordinate unless sigma is known.
    const column = parameter.kind === 'natural' ? parameter.par : parameter.column;
    const k = from + (structure.parts[parameter.term].anyColumns ? 0 : column);
    const own = free.filter((i) => i !== k);
    const known = fixedSigma !== null;
    return {
      start: Float64Array.from([...starts(own), ...(known ? [] : [Math.log(sigma)])]),
      unit: units(own),
      bounded: bounded(own),
      into(z, value, out) {
        place(own, z, out);
        const s = known ? fixedSigma : Math.exp(z[own.length]);
        out[k] = value / s;
        return s;
      },
      pullBack(z, value, byPar, byLogSigma, g) {
        pull(own, z, byPar, g);
        if (!known) g[own.length] = byLogSigma - (byPar[k] * value) / Math.exp(z[own.length]);
      },
    };
  }
  // The second row of the factor is r (rho, sqrt(1 - rho^2)) with r the last coordinate.
  const { nc } = structure.parts[parameter.term];
  const [k1, k2] = [from + 1, from + nc];
  const own = free.filter((i) => i !== k1 && i !== k2);
  return {
    start: Float64Array.from([...starts(own), Math.hypot(par[k1], par[k2])]),
    unit: units(own),
    bounded: bounded(own),
    into(z, value, out) {
      place(own, z, out);
      const r = z[own.length];
      out[k1] = value * r;
      out[k2] = Math.sqrt(Math.max(0, 1 - value * value)) * r;
      return null;
    },
    pullBack(z, value, byPar, _byLogSigma, g) {
      pull(own, z, byPar, g);
      g[own.length] = value * byPar[k1] + Math.sqrt(Math.max(0, 1 - value * value)) * byPar[k2];
    },
  };
}

/** The model with the parameter's columns first in their unstructured term, and par in these columns. */
function reordered(
  matrices: ModelMatrices,
  structure: CompositeStructure,
  par: Float64Array,
  parameter: ProfiledParameter,
): { matrices: ModelMatrices; par: Float64Array } {
  if (parameter.kind !== 'sd' && parameter.kind !== 'cor') return { matrices, par };
  const { term } = parameter;
  const part = structure.parts[term];
  if (!part.anyColumns || part.nc === 1) return { matrices, par };
  const first = parameter.kind === 'sd' ? [parameter.column] : [...parameter.columns];
  const order = [...first, ...Array.from({ length: part.nc }, (_, c) => c).filter((c) => !first.includes(c))];
  const { nc, thetaIndex } = part;
  const from = structure.parOffset[term];
  const lambda = lambdaOf(part, par.subarray(from, structure.parOffset[term + 1]));
  const turned = new Float64Array(nc * nc);
  for (let c = 0; c < nc; c++) order.forEach((r, i) => (turned[c * nc + i] = lambda[c * nc + r]));
  lowerFactorInPlace(turned, nc);
  const out = par.slice();
  for (let k = 0; k < nc * nc; k++) if (thetaIndex[k] >= 0) out[from + thetaIndex[k]] = turned[k];
  part.canonicalizeInPlace(out.subarray(from, structure.parOffset[term + 1]));
  const terms = matrices.terms.map((t, i) => (i === term ? takeColumns(t, order) : t));
  return { matrices: { ...matrices, terms }, par: out };
}

/**
 * Moves the solution in `pls` to the best one with fixed effect k at v: u, beta, Z'e and r^2.
 * @returns puts the free solution back
 */
function holdBeta(cp: CrossProducts, pls: PenalizedLeastSquares, k: number, v: number): () => void {
  const { q, p } = cp;
  const l = new Float64Array(p);
  l[k] = 1;
  contrastToBasisInPlace(cp, l);
  let estimate = 0;
  for (let i = 0; i < p; i++) estimate += l[i] * (pls.beta[i] + cp.fixed.c[i]);
  const du = new Float64Array(q);
  const dbeta = l.slice();
  solveNormalInPlace(pls, du, dbeta);
  const variance = dot(l, 0, dbeta, 0, p);
  const step = (v - estimate) / variance;
  const { pwrss } = pls;
  const [u, b, beta, Zte] = [pls.u.slice(), pls.b.slice(), pls.beta.slice(), pls.Zte.slice()];
  const db = new Float64Array(q);
  multiplyLambdaInto(cp, pls.lambdas, false, du, 1, pls.work.small, db);
  const Zd = new Float64Array(q);
  multiplyZtZInto(cp, db, 1, Zd);
  for (let i = 0; i < q; i++) {
    let zx = 0;
    for (let j = 0; j < p; j++) zx += cp.ZtX[j * q + i] * dbeta[j];
    pls.u[i] += step * du[i];
    pls.b[i] += step * db[i];
    pls.Zte[i] -= step * (zx + Zd[i]);
  }
  for (let j = 0; j < p; j++) pls.beta[j] += step * dbeta[j];
  pls.pwrss += step * step * variance;
  return () => {
    pls.u.set(u);
    pls.b.set(b);
    pls.beta.set(beta);
    pls.Zte.set(Zte);
    pls.pwrss = pwrss;
  };
}
