import { homogeneousDiagonal } from './diagonal.js';
import { semidefiniteCholeskyInPlace } from './semidefinite.js';
import { CovarianceStructureError, type CovarianceStructure } from './structure.js';

/** A symmetric matrix by rows. */
export type MatrixRows = readonly (readonly number[])[];

/** A pivot below this times its diagonal entry is zero. */
const ZERO_PIVOT = 1e-12;

/**
 * Lower factor (column-major) of a matrix by rows; a column that depends on earlier ones is zero.
 * @throws CovarianceStructureError when it is not square, symmetric or positive semi-definite, with the entry that shows it
 */
function checkedFactor(kind: string, rows: MatrixRows): Float64Array {
  const nc = rows.length;
  const L = new Float64Array(nc * nc);
  rows.forEach((row, i) => {
    if (row.length !== nc)
      throw new CovarianceStructureError(
        `the matrix of ${kind} is not square: row ${i + 1} has ${row.length} entries, not ${nc}`,
      );
    row.forEach((v, j) => {
      if (!Number.isFinite(v) || Math.abs(v - rows[j][i]) > 1e-10 * Math.sqrt(Math.abs(rows[i][i] * rows[j][j])))
        throw new CovarianceStructureError(
          `the matrix of ${kind} is not symmetric and finite: entry (${i + 1}, ${j + 1}) is ${v}, entry (${j + 1}, ${i + 1}) ${rows[j][i]}`,
        );
      if (i >= j) L[j * nc + i] = v;
    });
  });
  const bad = semidefiniteCholeskyInPlace(L, nc, nc * ZERO_PIVOT);
  if (bad >= 0)
    throw new CovarianceStructureError(
      `the matrix of ${kind} is not positive semi-definite: its leading ${bad + 1} by ${bad + 1} block is not`,
    );
  if (!L.some((v) => v > 0)) throw new CovarianceStructureError(`the matrix of ${kind} is zero`);
  return L;
}

function lowerIndex(nc: number): Int32Array {
  const thetaIndex = new Int32Array(nc * nc).fill(-1);
  for (let j = 0, t = 0; j < nc; j++) for (let i = j; i < nc; i++) thetaIndex[j * nc + i] = t++;
  return thetaIndex;
}

/**
 * A covariance that is known up to sigma^2: `lambda lambda' = matrix`, no parameters.
 * @throws CovarianceStructureError when the matrix is not symmetric positive semi-definite
 */
export function fixed(matrix: MatrixRows): CovarianceStructure {
  const known = knownCovariance(matrix);
  const { nc, thetaLength } = known;
  const one = Float64Array.of(1);
  return {
    kind: 'fixed',
    nc,
    parLength: 0,
    thetaLength,
    thetaIndex: known.thetaIndex,
    startInto() {},
    stepScaleInto() {},
    thetaInto: (_par, theta) => known.thetaInto(one, theta),
    canonicalizeInPlace() {},
    isSingular: () => false,
    parNames: () => [],
    thetaNames: (columns) => known.thetaNames(columns),
    parBounds: () => ({ lower: new Float64Array(0), upper: new Float64Array(0) }),
    natural: () => [],
  };
}

/**
 * A covariance that is known up to one factor: `lambda lambda' = sd^2 matrix`, `par` = (sd).
 * @throws CovarianceStructureError when the matrix is not symmetric positive semi-definite
 */
export function knownCovariance(matrix: MatrixRows): CovarianceStructure {
  const L = checkedFactor('known', matrix);
  const nc = matrix.length;
  const thetaIndex = lowerIndex(nc);
  const first = L.findIndex((v) => v > 0);
  const scaled = (factor: number, theta: Float64Array) => {
    for (let k = 0; k < nc * nc; k++) if (thetaIndex[k] >= 0) theta[thetaIndex[k]] = factor * L[k];
  };
  return {
    ...homogeneousDiagonal(nc),
    kind: 'known',
    thetaLength: (nc * (nc + 1)) / 2,
    thetaIndex,
    startFromCovarianceInto(S, par) {
      let s = 0;
      let known = 0;
      for (let j = 0; j < nc; j++) {
        s += S[j * nc + j];
        for (let k = 0; k <= j; k++) known += L[k * nc + j] ** 2;
      }
      par[0] = Math.sqrt(s / known);
    },
    thetaInto: (par, theta) => scaled(par[0], theta),
    thetaDerivativeInto: (_par, _k, out) => scaled(1, out),
    parFromThetaInto(theta, par) {
      par[0] = theta[thetaIndex[first]] / L[first];
    },
    thetaNames(columns) {
      const names: string[] = [];
      for (let j = 0; j < nc; j++)
        for (let i = j; i < nc; i++) names.push(i === j ? columns[j] : `${columns[i]}.${columns[j]}`);
      return names;
    },
  };
}
