import {
  analyze,
  createFactor,
  factorize,
  logDeterminant,
  permuteInto,
  solveLInPlace,
  solveLtInPlace,
  unpermuteInto,
  type CholeskyFactor,
  type FactorSize,
  type SymbolicCholesky,
} from '@blup/sparse';
import type { ChainSystem } from './chains/chain-system.js';
import { solveChains } from './chains/solve-chains.js';
import type { CrossProducts } from './cross-products.js';
import { choleskyInPlace, dot, solveLowerInPlace, solveLowerTransposedInPlace } from './dense.js';
import { largestTermFirst } from './elimination-order.js';
import { addPrecision, multiplyPrecisionInto, precisionForm, type LevelPrecision } from './level-precision.js';
import { levelOrdering } from './level-ordering.js';
import { solveLevels, type LevelSystem } from './one-factor/level-system.js';
import { penalizedPattern, type PenalizedPattern } from './penalized-pattern.js';
import { pairBlocks, type PairBlocks } from './products/pair-blocks.js';
import { addColumnProducts, gramProducts, productAt, type ColumnProducts } from './products/column-products.js';
import { multiplyLambdaInto, multiplyZtZInto, scaleByLambdaInto } from './scale-by-lambda.js';

/** Why a solution does not exist at some theta: the matrix that is not positive definite in floating point, or theta is not finite. */
export type PlsFailure = 'none' | 'L' | 'RX' | 'not-finite';

/**
 * The penalised least-squares problem of one model, with all its workspace, and its solution at the last theta:
 *
 *     [ Lambda'Z'Z Lambda + I   Lambda'Z'X ] [u   ]   [Lambda'Z'y]
 *     [ X'Z Lambda              X'X        ] [beta] = [X'y       ]
 *
 * in the changed columns and the orthonormal basis of {@link CrossProducts}. Source: Bates et al. (2015), J. Stat. Software 67(1),
 * section 3.
 */
export interface PenalizedLeastSquares {
  readonly cp: CrossProducts;
  readonly placed: PenalizedPattern;
  readonly symbolic: SymbolicCholesky;
  readonly factor: CholeskyFactor;
  /** Changed factor A lambda of each term, nc by nc, column-major: set before {@link solvePenalized}. */
  readonly lambdas: readonly Float64Array[];
  /** Precisions over levels, by term; null for terms with independent levels, whose part of S is Lambda'Z'Z Lambda + I. */
  readonly precisions: readonly (LevelPrecision | null)[];
  /** Where one grouping factor lets it be solved level by level (then vectors and the sparse system are made when read); else null. */
  readonly levels: LevelSystem | null;
  /** Where one term of series lets it be solved along their points, in the same way; else null. */
  readonly chains: ChainSystem | null;
  /** Kernels with the blocks of Z'Z; null where they do not pay. */
  readonly blocks: PairBlocks | null;
  /** Lower triangle of Lambda'Z'Z Lambda on the pattern of S; of S itself when some term has a precision. */
  readonly values: Float64Array;
  /** L^-1 P Lambda'Z'X, q by p, column-major, rows in the order of L. */
  readonly RZX: Float64Array;
  /** Lower Cholesky factor of X'X - RZX'RZX, p by p, column-major (the transpose of RX). */
  readonly RXt: Float64Array;
  /** Spherical random effects, length q (of covariance sigma^2 K^-1 where a term has a precision K). */
  readonly u: Float64Array;
  /** Lambda u, length q, in changed columns. */
  readonly b: Float64Array;
  /** Fixed effects in the basis Q1, less c, length p. */
  readonly beta: Float64Array;
  /** Z'e for the residual e = y - X beta - Z b, length q. */
  readonly Zte: Float64Array;
  /** X'e, length p; zero but for rounding. */
  readonly Xte: Float64Array;
  readonly work: {
    readonly small: Float64Array;
    readonly q1: Float64Array;
    readonly q2: Float64Array;
    readonly p1: Float64Array;
    readonly qp: Float64Array;
    /** Z'y and X'y with b0 put back. */
    readonly Zty: Float64Array;
    readonly Xty: Float64Array;
    /** RZX'RZX for many fixed effects; null for few. */
    readonly gram: ColumnProducts | null;
  };
  /** The outcome of the last solution, and the factors it was for: the same factors are not solved again. */
  outcome: PlsFailure;
  readonly solvedFor: readonly Float64Array[];
  /** log|L|^2 = log|S|, less log|K| where terms have precisions. */
  ldL2: number;
  /** log|RX|^2 in the basis Q1. */
  ldRX2: number;
  /** Weighted residual sum of squares |e|^2. */
  wrss: number;
  /** |u|^2, or u'K u. */
  ussq: number;
  /** wrss + ussq. */
  pwrss: number;
}

/** With more fixed effects than this, tiles of 4 by 4 sums pay. */
const FEW_COLUMNS = 8;

/** With no more random effects than this, comparing orderings costs more than the worse one. */
const FEW_EFFECTS = 64;

/**
 * @param precisions over levels, by term; none when left out
 * @param inspect told the size of the factor before it is allocated; may throw to refuse it
 */
export function penalizedLeastSquares(
  cp: CrossProducts,
  precisions: readonly (LevelPrecision | null)[] = cp.terms.map(() => null),
  inspect?: (size: FactorSize) => void,
): PenalizedLeastSquares {
  const { q, p, terms } = cp;
  const placed = penalizedPattern(
    cp,
    precisions.map((precision) => (precision && !precision.inPair ? precision.structure.pattern : null)),
  );
  const symbolic = analyze(placed.pattern, {
    ordering: orderingOf(cp, placed, precisions),
    ...(inspect && { inspect }),
  });
  const largest = terms.reduce((m, t) => Math.max(m, t.nc), 1);
  const Zty = cp.Zty.slice();
  const Xty = cp.Xty.slice();
  if (cp.b0) {
    multiplyZtZInto(cp, cp.b0, 1, Zty);
    for (let i = 0; i < q; i++) Zty[i] += cp.Zty[i];
    for (let k = 0; k < p; k++) Xty[k] += dot(cp.ZtX, k * q, cp.b0, 0, q);
  }
  const blocks = pairBlocks(cp, placed);
  return {
    cp,
    placed,
    symbolic,
    blocks,
    factor: createFactor(symbolic),
    precisions,
    levels: null,
    chains: null,
    lambdas: terms.map((t) => new Float64Array(t.nc * t.nc)),
    solvedFor: terms.map((t) => new Float64Array(t.nc * t.nc).fill(Number.NaN)),
    outcome: 'not-finite',
    values: blocks ? blocks.values : new Float64Array(placed.pattern.rowIdx.length),
    RZX: new Float64Array(q * p),
    RXt: new Float64Array(p * p),
    u: new Float64Array(q),
    b: new Float64Array(q),
    beta: new Float64Array(p),
    Zte: new Float64Array(q),
    Xte: new Float64Array(p),
    work: {
      small: new Float64Array(largest * largest),
      q1: new Float64Array(q),
      q2: new Float64Array(q),
      p1: new Float64Array(p),
      qp: new Float64Array(q * p),
      Zty,
      Xty,
      gram: p > FEW_COLUMNS ? gramProducts(p) : null,
    },
    ldL2: 0,
    ldRX2: 0,
    wrss: 0,
    ussq: 0,
    pwrss: 0,
  };
}

function orderingOf(
  cp: CrossProducts,
  placed: PenalizedPattern,
  precisions: readonly (LevelPrecision | null)[],
): Int32Array | 'amd' | readonly (Int32Array | 'amd')[] {
  if (cp.terms.length === 1) return 'amd';
  if (cp.q <= FEW_EFFECTS) return largestTermFirst(cp);
  const byLevels = cp.residual || precisions.some(Boolean) ? null : levelOrdering(cp, placed);
  return byLevels ?? ['amd', largestTermFirst(cp)];
}

/** Solves at the factors that stand in `pls.lambdas`. Cost: one numeric factorisation and p + 1 solves; nothing depends on n. */
export function solvePenalized(pls: PenalizedLeastSquares): PlsFailure {
  const { lambdas, solvedFor } = pls;
  let known = pls.outcome === 'none';
  for (let t = 0; t < lambdas.length; t++) {
    for (let k = 0; k < lambdas[t].length; k++) {
      if (lambdas[t][k] !== solvedFor[t][k]) known = false;
      solvedFor[t][k] = lambdas[t][k];
    }
  }
  if (known) return pls.outcome;
  if (pls.levels) pls.outcome = solveLevels(pls.levels, pls);
  else pls.outcome = pls.chains ? solveChains(pls.chains, pls) : solve(pls);
  return pls.outcome;
}

function solve(pls: PenalizedLeastSquares): PlsFailure {
  const { cp, placed, factor, lambdas, values, RZX, RXt, work } = pls;
  const { q, p } = cp;
  for (const lambda of lambdas)
    for (let k = 0; k < lambda.length; k++) if (!Number.isFinite(lambda[k])) return 'not-finite';

  scaleByLambdaInto(cp, placed, lambdas, work.small, values, pls.blocks);
  const shift = penalize(pls);
  if (factorize(factor, values, shift) >= 0) return 'L';
  pls.ldL2 = logDeterminant(factor);
  for (const precision of pls.precisions) if (precision) pls.ldL2 -= precision.nc * precision.logDeterminant;
  if (!Number.isFinite(pls.ldL2)) return 'L';

  multiplyLambdaInto(cp, lambdas, true, cp.ZtX, p, work.small, work.qp);
  permuteInto(factor, work.qp, RZX, p);
  solveLInPlace(factor, RZX, p);
  const { gram } = work;
  if (gram) {
    gram.sums.fill(0);
    addColumnProducts(gram, RZX, q, null, 0, q);
  }
  for (let k = 0; k < p; k++) {
    for (let m = k; m < p; m++) {
      const s = gram ? productAt(gram, m, k) : dot(RZX, k * q, RZX, m * q, q);
      RXt[k * p + m] = cp.XtX[k * p + m] - s;
    }
  }
  if (choleskyInPlace(RXt, p) >= 0) return 'RX';
  let ldRX = 0;
  for (let k = 0; k < p; k++) ldRX += Math.log(RXt[k * p + k]);
  pls.ldRX2 = 2 * ldRX;

  const { u, b, beta } = pls;
  multiplyLambdaInto(cp, lambdas, true, work.Zty, 1, work.small, u);
  beta.set(work.Xty);
  solveNormalInPlace(pls, u, beta);
  multiplyLambdaInto(cp, lambdas, false, u, 1, work.small, b);
  updateResiduals(pls);
  if (cp.b0) refine(pls);
  // Cancellation can leave a residual sum of squares at or below zero; the rounding level stands in for it.
  pls.wrss = Math.max(pls.wrss, 1e-17 * cp.yty);
  pls.pwrss = pls.wrss + pls.ussq;
  return 'none';
}

/**
 * Overwrites the right-hand side (f of length q, g of length p) of the normal equations by their solution, from the factors of the last
 * {@link solvePenalized}.
 */
export function solveNormalInPlace(pls: PenalizedLeastSquares, f: Float64Array, g: Float64Array): void {
  const { cp, factor, RZX, RXt } = pls;
  const { q, p } = cp;
  const cu = pls.work.q1;
  permuteInto(factor, f, cu, 1);
  solveLInPlace(factor, cu, 1);
  for (let k = 0; k < p; k++) g[k] -= dot(RZX, k * q, cu, 0, q);
  solveLowerInPlace(RXt, p, g);
  solveLowerTransposedInPlace(RXt, p, g);
  for (let k = 0; k < p; k++) {
    const v = g[k];
    for (let i = 0; i < q; i++) cu[i] -= RZX[k * q + i] * v;
  }
  solveLtInPlace(factor, cu, 1);
  unpermuteInto(factor, cu, f, 1);
}

/** Puts the penalty into the values where some term has a precision; @returns what the factorisation adds to the diagonal. */
function penalize({ cp, placed, precisions, values }: PenalizedLeastSquares): number {
  if (!precisions.some(Boolean)) return 1;
  const { colPtr } = placed.pattern;
  cp.terms.forEach(({ nc, nl, start }, t) => {
    const precision = precisions[t];
    if (precision) addPrecision(precision, colPtr, values);
    else for (let i = start; i < start + nl * nc; i++) values[colPtr[i]] += 1;
  });
  return 0;
}

/** u'u, or u'K u for terms with precisions. */
function penaltyOf({ cp, precisions, u }: PenalizedLeastSquares): number {
  let total = 0;
  cp.terms.forEach(({ nc, nl, start }, t) => {
    const precision = precisions[t];
    total += precision ? precisionForm(precision, precision.values, u) : dot(u, start, u, start, nl * nc);
  });
  return total;
}

/** Z'e, X'e, |e|^2 and |u|^2 from the differences to the point that was taken from y, so that nothing large cancels. */
function updateResiduals(pls: PenalizedLeastSquares): void {
  const { cp, b, beta, Zte, Xte, work } = pls;
  const { q, p, ZtX, Zty, Xty, b0 } = cp;
  const db = work.q1;
  for (let i = 0; i < q; i++) db[i] = b0 ? b[i] - b0[i] : b[i];
  multiplyZtZInto(cp, db, 1, work.q2, pls.blocks);
  for (let i = 0; i < q; i++) Zte[i] = Zty[i] - work.q2[i];
  for (let k = 0; k < p; k++) {
    const v = beta[k];
    for (let i = 0; i < q; i++) Zte[i] -= ZtX[k * q + i] * v;
    Xte[k] = Xty[k] - dot(ZtX, k * q, db, 0, q) - dot(cp.XtX, k * p, beta, 0, p);
  }
  const yte = cp.yty - dot(db, 0, Zty, 0, q) - dot(beta, 0, Xty, 0, p);
  pls.wrss = yte - dot(db, 0, Zte, 0, q) - dot(beta, 0, Xte, 0, p);
  pls.ussq = penaltyOf(pls);
}

/** One step of iterative refinement of (u, beta) with the residuals of the normal equations (Higham 2002, chapter 12). */
function refine(pls: PenalizedLeastSquares): void {
  const { cp, lambdas, u, b, beta, Zte, Xte, work } = pls;
  const f = work.q2;
  const g = work.p1;
  multiplyLambdaInto(cp, lambdas, true, Zte, 1, work.small, f);
  cp.terms.forEach(({ nc, nl, start }, t) => {
    const precision = pls.precisions[t];
    // q1 is free until the solve.
    if (precision) multiplyPrecisionInto(precision, precision.values, u, 0, work.q1);
    const penalty = precision ? work.q1 : u;
    for (let i = start; i < start + nl * nc; i++) f[i] -= penalty[i];
  });
  g.set(Xte);
  solveNormalInPlace(pls, f, g);
  for (let i = 0; i < cp.q; i++) u[i] += f[i];
  for (let k = 0; k < cp.p; k++) beta[k] += g[k];
  multiplyLambdaInto(cp, lambdas, false, u, 1, work.small, b);
  updateResiduals(pls);
}
