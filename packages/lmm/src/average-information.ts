import type { CompositeStructure } from '@blup/covariance';
import { permuteInto, solveLInPlace } from '@blup/sparse';
import { chainInformationInto } from './chains/chain-information.js';
import { dot, solveLowerInPlace } from './dense.js';
import type { FactorDirection } from './factor-directions.js';
import type { FactorGradient } from './objective-gradient.js';
import { factorizePrecision } from './level-precision.js';
import { levelInformationInto } from './one-factor/level-information.js';
import type { PenalizedLeastSquares } from './penalized-least-squares.js';
import {
  addColumnProducts,
  crossProducts,
  gramProducts,
  productAt,
  type ColumnProducts,
} from './products/column-products.js';
import { multiplyLambdaInto, multiplyZtZInto } from './scale-by-lambda.js';
import { pullBackInto, type TermBasis } from './term-basis.js';
import { workingVectorsInto } from './working-vectors.js';

/** Workspace of {@link averageInformationInto}: three q-vectors for each parameter. */
export interface InformationWork {
  readonly c: Float64Array;
  /** With room for p more columns where directions are many. */
  readonly v: Float64Array;
  readonly h: Float64Array;
  readonly x: Float64Array;
  readonly a: Float64Array;
  /** Products [v ZtX]'c and the lower triangle of [v RZX]'[v RZX]; null for few directions. */
  readonly many: { readonly cross: ColumnProducts; readonly gram: ColumnProducts } | null;
}

/** With more directions than this, tiles of 4 by 4 sums pay. */
const FEW_DIRECTIONS = 8;

const shared = new WeakMap<PenalizedLeastSquares, Map<number, InformationWork>>();

/** The workspace for so many directions, one for all objectives on a problem: at most one of them is in use at a time. */
export function informationWork(pls: PenalizedLeastSquares, directions: number): InformationWork {
  let works = shared.get(pls);
  if (!works) shared.set(pls, (works = new Map()));
  let work = works.get(directions);
  if (!work) works.set(directions, (work = newWork(pls.levels || pls.chains ? 0 : pls.cp.q, pls.cp.p, directions)));
  return work;
}

function newWork(q: number, p: number, m: number): InformationWork {
  const many = q > 0 && m > FEW_DIRECTIONS;
  return {
    c: new Float64Array(q * m),
    v: new Float64Array(q * (many ? m + p : m)),
    h: new Float64Array(q * m),
    x: new Float64Array(p * m),
    a: new Float64Array(m),
    many: many ? { cross: crossProducts(m + p, m), gram: gramProducts(m + p) } : null,
  };
}

/**
 * A positive semi-definite stand-in for the Hessian of the objective by the parameters of `directions`: the average of observed and
 * expected information (Gilmour, Thompson and Cullis 1995, Biometrics 51, 1440-1450) for the linearised covariance, profiled over sigma, plus
 * the part of the second derivative that comes from Lambda Lambda' being quadratic in Lambda. With V_i = dV/dpar_i and P the projection,
 *
 *     H_ij = q_i'P q_j / scale - [4 a_i a_j / (nu scale^2)]_{sigma profiled} + 2 tr(G dLambda_i dLambda_j'),   q_i = V_i P y = Z c_i,
 *     c_i = dLambda_i u + Lambda dLambda_i' Z'e,   a_i = (Z'e)' dLambda_i u,   G = d objective / d (Lambda Lambda').
 *
 * One sparse product and half a solve with S for each parameter.
 *
 * @param nu n or n - p when sigma is profiled, 0 when it is fixed
 * @param H directions squared, column-major, both triangles
 */
export function averageInformationInto(
  pls: PenalizedLeastSquares,
  composite: CompositeStructure,
  bases: readonly TermBasis[],
  theta: Float64Array,
  directions: readonly FactorDirection[],
  gradient: FactorGradient,
  scale: number,
  nu: number,
  work: InformationWork,
  H: Float64Array,
): void {
  const profiled = nu > 0 ? 4 / (nu * scale * scale) : 0;
  if (pls.levels) {
    levelInformationInto(pls.levels, pls, bases, directions, scale, profiled, H);
    addCurvature(composite, bases, theta, directions, gradient, H);
    return;
  }
  if (pls.chains) {
    chainInformationInto(pls.chains, pls, bases, directions, scale, profiled, H);
    addCurvature(composite, bases, theta, directions, gradient, H);
    return;
  }
  const { cp, factor, RZX, RXt } = pls;
  const { q, p } = cp;
  const m = directions.length;
  for (const precision of pls.precisions) if (precision) factorizePrecision(precision);
  workingVectorsInto(pls, bases, directions, work);
  multiplyWorkingVectorsInto(pls, directions, work);
  // H := c'Z'Z c, x := X'Z c
  if (work.many) productsOfManyInto(cp.ZtX, q, p, m, work, H);
  else {
    for (let i = 0; i < m; i++) {
      // c_i is zero but in the effects of its term.
      const { nc, nl, start } = cp.terms[directions[i].term];
      for (let j = 0; j <= i; j++) H[i * m + j] = dot(work.c, i * q + start, work.v, j * q + start, nc * nl);
      for (let k = 0; k < p; k++) work.x[i * p + k] = dot(cp.ZtX, k * q + start, work.c, i * q + start, nc * nl);
    }
  }
  // v := L^-1 P Lambda'Z'Z c; H := H - v'v, x := RX^-T (x - RZX'v)
  multiplyLambdaInto(cp, pls.lambdas, true, work.v, m, pls.work.small, work.h);
  permuteInto(factor, work.h, work.v, m);
  solveLInPlace(factor, work.v, m);
  if (work.many) subtractGramOfMany(RZX, q, p, m, work, H);
  else {
    for (let i = 0; i < m; i++) {
      for (let j = 0; j <= i; j++) H[i * m + j] -= dot(work.v, i * q, work.v, j * q, q);
      for (let k = 0; k < p; k++) work.x[i * p + k] -= dot(RZX, k * q, work.v, i * q, q);
    }
  }
  for (let i = 0; i < m; i++) {
    solveLowerInPlace(RXt, p, work.x, i * p);
    for (let j = 0; j <= i; j++) {
      const qPq = H[i * m + j] - dot(work.x, i * p, work.x, j * p, p);
      H[i * m + j] = H[j * m + i] = qPq / scale - profiled * work.a[i] * work.a[j];
    }
  }
  addCurvature(composite, bases, theta, directions, gradient, H);
}

/** Lower triangle of H := c'v, and x := (Z'X)'c, by tiles. */
function productsOfManyInto(
  ZtX: Float64Array,
  q: number,
  p: number,
  m: number,
  { c, v, x, many }: InformationWork,
  H: Float64Array,
): void {
  const { cross } = many!;
  v.set(ZtX, m * q);
  cross.sums.fill(0);
  addColumnProducts(cross, v, q, c, q, q);
  for (let i = 0; i < m; i++) {
    for (let j = 0; j <= i; j++) H[i * m + j] = productAt(cross, j, i);
    for (let k = 0; k < p; k++) x[i * p + k] = productAt(cross, m + k, i);
  }
}

/** H -= v'v, and x -= RZX'v, by tiles. */
function subtractGramOfMany(
  RZX: Float64Array,
  q: number,
  p: number,
  m: number,
  { v, x, many }: InformationWork,
  H: Float64Array,
): void {
  const { gram } = many!;
  v.set(RZX, m * q);
  gram.sums.fill(0);
  addColumnProducts(gram, v, q, null, 0, q);
  for (let i = 0; i < m; i++) {
    for (let j = 0; j <= i; j++) H[i * m + j] -= productAt(gram, i, j);
    for (let k = 0; k < p; k++) x[i * p + k] -= productAt(gram, m + k, i);
  }
}

/** v = Z'Z c, term by term. */
function multiplyWorkingVectorsInto(
  { cp, blocks }: PenalizedLeastSquares,
  directions: readonly FactorDirection[],
  { c, v }: InformationWork,
): void {
  if (!blocks) {
    multiplyZtZInto(cp, c, directions.length, v);
    return;
  }
  for (let from = 0; from < directions.length;) {
    const { term } = directions[from];
    let to = from;
    while (to < directions.length && directions[to].term === term) to++;
    blocks.multiplyInto(c, term, from, to - from, v);
    from = to;
  }
}

/**
 * Adds 2 tr(G dLambda_i dLambda_j'). G comes from d objective / d lambda = 2 G lambda by a triangular solve; a column of lambda that is
 * exactly zero says nothing of G, and its part is left out.
 */
function addCurvature(
  composite: CompositeStructure,
  bases: readonly TermBasis[],
  theta: Float64Array,
  directions: readonly FactorDirection[],
  gradient: FactorGradient,
  H: Float64Array,
): void {
  const m = directions.length;
  composite.parts.forEach(({ nc, thetaIndex }, t) => {
    const own = directions.flatMap(({ term, level }, i) => (term === t && level < 0 ? [i] : []));
    if (own.length === 0) return;
    const G = covarianceGradient(
      nc,
      thetaIndex,
      theta.subarray(composite.thetaOffset[t]),
      bases[t],
      gradient.byFactor[t],
    );
    if (!G) return;
    const GD = new Float64Array(nc * nc);
    for (const i of own) {
      multiplyEntriesInto(G, directions[i], nc, GD);
      for (const j of own) {
        const { entries, values } = directions[j];
        for (let k = 0; k < entries.length; k++) H[i * m + j] += 2 * GD[entries[k]] * values[k];
      }
    }
  });
}

/** out = G dlambda, nc by nc. */
function multiplyEntriesInto(
  G: Float64Array,
  { entries, values }: FactorDirection,
  nc: number,
  out: Float64Array,
): void {
  out.fill(0);
  for (let k = 0; k < entries.length; k++) {
    const a = entries[k] % nc;
    const column = entries[k] - a;
    for (let c = 0; c < nc; c++) out[column + c] += G[a * nc + c] * values[k];
  }
}

/**
 * G = d objective / d (lambda lambda'), nc by nc, symmetric, for a lower-triangular lambda; null when lambda has a zero on its diagonal.
 * The derivative's column b is proportional to lambda's column b, so the quotient is accurate however small it is.
 */
export function covarianceGradient(
  nc: number,
  thetaIndex: Int32Array,
  theta: Float64Array,
  basis: TermBasis,
  byFactor: Float64Array,
): Float64Array | null {
  const D = new Float64Array(nc * nc);
  pullBackInto(basis, byFactor, D);
  const at = (r: number, c: number) => (thetaIndex[c * nc + r] < 0 ? 0 : theta[thetaIndex[c * nc + r]]);
  // G lambda = D / 2: column by column from the last, G[:, c] = (D[:, c] / 2 - sum_{r > c} G[:, r] lambda[r, c]) / lambda[c, c]
  const G = new Float64Array(nc * nc);
  for (let c = nc - 1; c >= 0; c--) {
    const d = at(c, c);
    if (d === 0) return null;
    for (let a = 0; a < nc; a++) {
      let s = D[c * nc + a] / 2;
      for (let r = c + 1; r < nc; r++) s -= G[r * nc + a] * at(r, c);
      G[c * nc + a] = s / d;
    }
  }
  for (let c = 0; c < nc; c++) {
    for (let r = 0; r < c; r++) G[c * nc + r] = G[r * nc + c] = (G[c * nc + r] + G[r * nc + c]) / 2;
  }
  return G;
}
