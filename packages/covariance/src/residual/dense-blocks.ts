import { choleskyLowerInPlace } from '../correlation/family.js';
import type { LevelStructure } from '../levels/level-structure.js';
import { CovarianceStructureError } from '../structure.js';

/** Lower triangles of full blocks along the diagonal. */
export function blockPattern(starts: ArrayLike<number>): { colPtr: Int32Array; rowIdx: Int32Array } {
  const n = starts[starts.length - 1];
  const colPtr = new Int32Array(n + 1);
  for (let s = 0; s + 1 < starts.length; s++)
    for (let j = starts[s]; j < starts[s + 1]; j++) colPtr[j + 1] = colPtr[j] + starts[s + 1] - j;
  const rowIdx = new Int32Array(colPtr[n]);
  for (let j = 0; j < n; j++) for (let e = colPtr[j]; e < colPtr[j + 1]; e++) rowIdx[e] = j + e - colPtr[j];
  return { colPtr, rowIdx };
}

/** Entries of full blocks that are still worth having: about 40 bytes each where they meet the rows of a model. */
const MOST_ENTRIES = 1e7;

/** @throws CovarianceStructureError, before anything is allocated, for groups so large that their blocks would not fit */
export function requireModestBlocks(kind: string, starts: ArrayLike<number>): void {
  let entries = 0;
  let largest = 0;
  for (let s = 0; s + 1 < starts.length; s++) {
    const m = starts[s + 1] - starts[s];
    entries += (m * (m + 1)) / 2;
    largest = Math.max(largest, m);
  }
  if (entries <= MOST_ENTRIES) return;
  throw new CovarianceStructureError(
    `the residual structure ${kind} needs the full block of every group, ${entries} numbers or about ${Math.ceil(entries / 25e6)} GB in all ` +
      `(the largest group has ${largest} rows): use smaller groups, or ar1, car1 or cs, which are sparse`,
  );
}

/** The covariance of the points of one block, as a function of few parameters, up to scale. */
export interface BlockFamily extends Pick<
  LevelStructure,
  'kind' | 'parNames' | 'searchScale' | 'lower' | 'upper' | 'start' | 'stepScale' | 'natural' | 'isSingular'
> {
  /** Called once for every new par, before the others. */
  prepare?(par: Float64Array): void;
  /** Covariance of the points of entry e of the pattern, i and j. */
  covariance(par: Float64Array, e: number, i: number, j: number): number;
  /** Its derivative by par[k]. */
  covarianceDerivative(par: Float64Array, k: number, e: number, i: number, j: number): number;
}

/** Blocks with the same covariance share one inverse. */
interface SharedBlock {
  /** First point of each block. */
  readonly firsts: number[];
  readonly m: number;
  /** C^-1, m by m, full. */
  readonly P: Float64Array;
  logDet: number;
}

/**
 * Blocks of consecutive points with a full covariance each: K is block diagonal with the inverses, dK = -K dC K and d log|K| = -tr(K dC).
 * O(m^3) for every different block of m points and each evaluation, and for each derivative.
 *
 * @param starts first point of each block, and the number of points at the end
 * @param signature what tells blocks apart: blocks of the same length whose points have the same signatures have the same covariance
 * @throws CovarianceStructureError where the blocks would not fit in memory
 */
export function denseBlocks(
  starts: ArrayLike<number>,
  signature: (point: number, first: number) => string | number,
  family: BlockFamily,
): LevelStructure {
  requireModestBlocks(family.kind, starts);
  const pattern = blockPattern(starts);
  const { colPtr } = pattern;
  const count = family.parNames.length;
  const shared = sharedBlocks(starts, signature);
  const most = shared.reduce((s, b) => Math.max(s, b.m), 0);
  const work = new Float64Array(most * most);
  const inverse = new Float64Array(most * most);
  const at = new Float64Array(count).fill(Number.NaN);
  let fresh = false;
  const update = (par: Float64Array): void => {
    let same = fresh;
    for (let k = 0; k < count; k++) same &&= at[k] === par[k];
    if (same) return;
    for (let k = 0; k < count; k++) at[k] = par[k];
    fresh = true;
    family.prepare?.(at);
    for (const block of shared) invert(family, at, block, colPtr, work, inverse);
  };
  const moved = new Float64Array(most * most);
  return {
    ...family,
    nl: starts[starts.length - 1],
    pattern,
    parLength: count,
    meanVariance: () => 1,
    precisionInto(par, values) {
      update(par);
      for (const { firsts, m, P } of shared)
        for (const first of firsts)
          for (let j = 0; j < m; j++) for (let i = j; i < m; i++) values[colPtr[first + j] + i - j] = P[j * m + i];
    },
    precisionDerivativeInto(par, k, values) {
      update(par);
      for (const block of shared) {
        const { firsts, m, P } = block;
        // -P dC P
        derivativeInto(family, at, k, block, colPtr, work);
        multiplyInto(work, P, m, moved);
        multiplyInto(P, moved, m, work);
        for (const first of firsts)
          for (let j = 0; j < m; j++) for (let i = j; i < m; i++) values[colPtr[first + j] + i - j] = -work[j * m + i];
      }
    },
    logDeterminant(par) {
      update(par);
      let s = 0;
      for (const { firsts, logDet } of shared) s += firsts.length * logDet;
      return s;
    },
    logDeterminantDerivative(par, k) {
      update(par);
      let s = 0;
      for (const block of shared) {
        const { firsts, m, P } = block;
        derivativeInto(family, at, k, block, colPtr, work);
        let trace = 0;
        for (let i = 0; i < m * m; i++) trace += work[i] * P[i];
        s -= firsts.length * trace;
      }
      return s;
    },
  };
}

function sharedBlocks(
  starts: ArrayLike<number>,
  signature: (point: number, first: number) => string | number,
): SharedBlock[] {
  const byKey = new Map<string, SharedBlock>();
  for (let s = 0; s + 1 < starts.length; s++) {
    const first = starts[s];
    const m = starts[s + 1] - first;
    if (m === 0) continue;
    const key = Array.from({ length: m }, (_, i) => signature(first + i, first)).join(' ');
    const known = byKey.get(key);
    if (known) known.firsts.push(first);
    else byKey.set(key, { firsts: [first], m, P: new Float64Array(m * m), logDet: 0 });
  }
  return [...byKey.values()];
}

/** P = C^-1 and log|P|; NaN where C is not positive definite. */
function invert(
  family: BlockFamily,
  par: Float64Array,
  block: SharedBlock,
  colPtr: Int32Array,
  L: Float64Array,
  W: Float64Array,
): void {
  const { firsts, m, P } = block;
  const [first] = firsts;
  for (let j = 0; j < m; j++)
    for (let i = j; i < m; i++) L[j * m + i] = family.covariance(par, colPtr[first + j] + i - j, first + i, first + j);
  choleskyLowerInPlace(L, m);
  block.logDet = 0;
  // W = L^-1
  for (let c = 0; c < m; c++) {
    block.logDet -= 2 * Math.log(L[c * m + c]);
    for (let i = c; i < m; i++) {
      let s = i === c ? 1 : 0;
      for (let k = c; k < i; k++) s -= L[k * m + i] * W[c * m + k];
      W[c * m + i] = s / L[i * m + i];
    }
  }
  for (let j = 0; j < m; j++) {
    for (let i = j; i < m; i++) {
      let s = 0;
      for (let k = i; k < m; k++) s += W[i * m + k] * W[j * m + k];
      P[j * m + i] = P[i * m + j] = s;
    }
  }
}

/** out = dC / d par[k] of one block, full. */
function derivativeInto(
  family: BlockFamily,
  par: Float64Array,
  k: number,
  { firsts, m }: SharedBlock,
  colPtr: Int32Array,
  out: Float64Array,
): void {
  const [first] = firsts;
  for (let j = 0; j < m; j++)
    for (let i = j; i < m; i++)
      out[j * m + i] = out[i * m + j] = family.covarianceDerivative(
        par,
        k,
        colPtr[first + j] + i - j,
        first + i,
        first + j,
      );
}

/** out = A B for symmetric A, m by m. */
function multiplyInto(A: Float64Array, B: Float64Array, m: number, out: Float64Array): void {
  for (let j = 0; j < m; j++) {
    for (let i = 0; i < m; i++) {
      let s = 0;
      for (let h = 0; h < m; h++) s += A[i * m + h] * B[j * m + h];
      out[j * m + i] = s;
    }
  }
}
