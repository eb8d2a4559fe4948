import type { CompositeStructure, LevelStructure } from '@blup/covariance';
import {
  analyze,
  createFactor,
  factorize,
  permuteInto,
  solveLInPlace,
  solveLtInPlace,
  unpermuteInto,
  type CholeskyFactor,
} from '@blup/sparse';
import type { CrossProducts, PairProducts } from './cross-products.js';

/**
 * The precision K over the levels of one term, and its place in S = Lambda'Z'Z Lambda + K (x) I (THEORY: terms whose inverse factor is the
 * sparse one). Effects of the term are `b = Lambda u` with u of covariance sigma^2 K^-1 (x) I, so a zero standard deviation is an
 * ordinary point.
 */
export interface LevelPrecision {
  readonly structure: LevelStructure;
  readonly nc: number;
  /** First effect of the term. */
  readonly start: number;
  /** Where the numbers of K begin in theta and in par. */
  readonly thetaStart: number;
  readonly parStart: number;
  /** The numbers of K at the last evaluation. */
  readonly par: Float64Array;
  /**
   * Where levels of the term share rows: the place of each entry of K below its diagonal in the column of S, counted from the diagonal of the
   * column's block, among the blocks of pairs of levels; null where K has places of its own.
   */
  readonly inPair: Int32Array | null;
  /** K on its pattern. */
  readonly values: Float64Array;
  /** dK by one par, overwritten. */
  readonly derivative: Float64Array;
  /** By which par; -1 where it is out of date. */
  derivativeOf: number;
  /** log|K| at the last evaluation. */
  logDeterminant: number;
  /** Whether K has been set at all. */
  isSet: boolean;
  /** Factor of K, made when first needed. */
  factor: CholeskyFactor | null;
  readonly work: Float64Array;
}

/** The precisions of a model by term; null for terms with independent levels. */
export function levelPrecisions(cp: CrossProducts, composite: CompositeStructure): (LevelPrecision | null)[] {
  return composite.parts.map((part, t) => {
    const { levels: structure } = part;
    if (!structure) return null;
    const { nc, start, nl } = cp.terms[t];
    const nnz = structure.pattern.rowIdx.length;
    return {
      structure,
      nc,
      start,
      thetaStart: composite.thetaOffset[t + 1] - structure.parLength,
      parStart: composite.parOffset[t + 1] - structure.parLength,
      par: new Float64Array(structure.parLength),
      inPair: placesInPair(structure.pattern, cp.pairs.find((pair) => pair.i === t && pair.j === t) ?? null, nc),
      values: new Float64Array(nnz),
      derivative: new Float64Array(nnz),
      derivativeOf: -1,
      logDeterminant: 0,
      isSet: false,
      factor: null,
      work: new Float64Array(nl * nc),
    };
  });
}

/** Blocks within a term stand first below a column's own block, nc rows each. */
function placesInPair(
  { colPtr, rowIdx }: LevelStructure['pattern'],
  pair: PairProducts | null,
  nc: number,
): Int32Array | null {
  if (!pair) return null;
  const places = new Int32Array(rowIdx.length);
  for (let l = 0; l + 1 < colPtr.length; l++) {
    let k = pair.colPtr[l];
    for (let e = colPtr[l] + 1; e < colPtr[l + 1]; e++) {
      while (pair.rowIdx[k] < rowIdx[e]) k++;
      places[e] = nc * (1 + k - pair.colPtr[l]);
    }
  }
  return places;
}

/** Sets K at the level numbers in theta; the factor of K is out of date afterwards. @returns whether K is another one than before */
export function updatePrecision(precision: LevelPrecision, theta: Float64Array): boolean {
  const { structure, par, values, thetaStart } = precision;
  let same = precision.isSet;
  for (let k = 0; k < par.length; k++) {
    same &&= par[k] === theta[thetaStart + k];
    par[k] = theta[thetaStart + k];
  }
  if (same) return false;
  structure.precisionInto(par, values);
  precision.logDeterminant = structure.logDeterminant(par);
  precision.isSet = true;
  precision.derivativeOf = -1;
  return true;
}

/** dK by par k, at the last evaluation. */
export function precisionDerivative(precision: LevelPrecision, k: number): Float64Array {
  const { structure, par, derivative } = precision;
  if (precision.derivativeOf !== k) structure.precisionDerivativeInto(par, k, derivative);
  precision.derivativeOf = k;
  return derivative;
}

/** values += K (x) I on the pattern of S. */
export function addPrecision(precision: LevelPrecision, colPtr: Int32Array, into: Float64Array): void {
  const { structure, nc, start, values, inPair } = precision;
  const { colPtr: Kp } = structure.pattern;
  for (let l = 0; l < structure.nl; l++) {
    for (let c = 0; c < nc; c++) {
      const first = colPtr[start + l * nc + c];
      into[first] += values[Kp[l]];
      const shift = first + nc - c - (Kp[l] + 1);
      if (inPair) for (let e = Kp[l] + 1; e < Kp[l + 1]; e++) into[first + inPair[e]] += values[e];
      else for (let e = Kp[l] + 1; e < Kp[l + 1]; e++) into[shift + e] = values[e];
    }
  }
}

/** out[own range] = (K (x) I) x for the term's part of a q-vector; `values` K or dK. */
export function multiplyPrecisionInto(
  { structure, nc, start }: LevelPrecision,
  values: Float64Array,
  x: Float64Array,
  offset: number,
  out: Float64Array,
): void {
  const { colPtr, rowIdx } = structure.pattern;
  const base = offset + start;
  for (let i = 0; i < structure.nl * nc; i++) out[base + i] = 0;
  for (let l = 0; l < structure.nl; l++) {
    for (let c = 0; c < nc; c++) {
      const j = base + l * nc + c;
      let s = values[colPtr[l]] * x[j];
      for (let e = colPtr[l] + 1; e < colPtr[l + 1]; e++) {
        const i = base + rowIdx[e] * nc + c;
        s += values[e] * x[i];
        out[i] += values[e] * x[j];
      }
      out[j] += s;
    }
  }
}

/** x'(K (x) I) x over the term's part of a q-vector that starts at `offset`. */
export function precisionForm(
  { structure, nc, start }: LevelPrecision,
  values: Float64Array,
  x: Float64Array,
  offset = 0,
): number {
  const { colPtr, rowIdx } = structure.pattern;
  const base = offset + start;
  let total = 0;
  for (let l = 0; l < structure.nl; l++) {
    for (let c = 0; c < nc; c++) {
      const xj = x[base + l * nc + c];
      let s = values[colPtr[l]] * xj;
      for (let e = colPtr[l] + 1; e < colPtr[l + 1]; e++) s += 2 * values[e] * x[base + rowIdx[e] * nc + c];
      total += s * xj;
    }
  }
  return total;
}

/** tr(S^-1 (K (x) I)) over the term, from entries of S^-1 on the pattern of S. */
export function precisionTrace(
  { structure, nc, start, inPair }: LevelPrecision,
  values: Float64Array,
  colPtr: Int32Array,
  inverse: Float64Array,
): number {
  const { colPtr: Kp } = structure.pattern;
  let total = 0;
  for (let l = 0; l < structure.nl; l++) {
    for (let c = 0; c < nc; c++) {
      const first = colPtr[start + l * nc + c];
      total += values[Kp[l]] * inverse[first];
      const shift = first + nc - c - (Kp[l] + 1);
      for (let e = Kp[l] + 1; e < Kp[l + 1]; e++)
        total += 2 * values[e] * inverse[inPair ? first + inPair[e] : shift + e];
    }
  }
  return total;
}

/** Factorises K at the last evaluation; false where it is not positive definite. */
export function factorizePrecision(precision: LevelPrecision): boolean {
  const { structure, values } = precision;
  const { nl, pattern } = structure;
  precision.factor ??= createFactor(analyze({ nrow: nl, ncol: nl, ...pattern }, { ordering: 'amd' }));
  return factorize(precision.factor, values, 0) < 0;
}

/** x[own range] := (K^-1 (x) I) x, after {@link factorizePrecision}. */
export function solvePrecisionInPlace(precision: LevelPrecision, x: Float64Array, offset: number): void {
  const { structure, nc, start, work } = precision;
  const factor = precision.factor!;
  const { nl } = structure;
  const base = offset + start;
  const column = work.subarray(0, nl);
  const permuted = nc > 1 ? work.subarray(nl, 2 * nl) : new Float64Array(nl);
  for (let c = 0; c < nc; c++) {
    for (let l = 0; l < nl; l++) column[l] = x[base + l * nc + c];
    permuteInto(factor, column, permuted, 1);
    solveLInPlace(factor, permuted, 1);
    solveLtInPlace(factor, permuted, 1);
    unpermuteInto(factor, permuted, column, 1);
    for (let l = 0; l < nl; l++) x[base + l * nc + c] = column[l];
  }
}
