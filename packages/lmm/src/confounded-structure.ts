import { lambdaOf, thetaDerivativeInto, type CovarianceStructure } from '@blup/covariance';

/** More work than this (entries of Sigma times the square of the number of parameters) is not done for a check. */
const WORK = 2e7;

/**
 * Whether lambda lambda' can take up a multiple of the identity: whether some change of its parameters adds one, to first order, at an arbitrary
 * inner point. Where every effect has one row such a structure cannot be told from the residuals. True of unstructured and diagonal ones
 * and of compound symmetry with one standard deviation, and of AR(1) over two times, not over three.
 */
export function takesUpIdentity(structure: CovarianceStructure): boolean {
  const { nc, parLength, thetaLength, thetaIndex } = structure;
  if (structure.anyColumns || nc === 1) return true;
  const entries = (nc * (nc + 1)) / 2;
  if (parLength === 0 || entries * parLength * parLength > WORK) return false;
  const par = innerPoint(structure);
  const lambda = lambdaOf(structure, par);
  const work = new Float64Array(parLength + 2 * thetaLength);
  const dTheta = new Float64Array(thetaLength);
  const basis: Float64Array[] = [];
  for (let k = 0; k < parLength; k++) {
    thetaDerivativeInto(structure, par, k, work, dTheta);
    if (!dTheta.every(Number.isFinite)) return false;
    const d = derivativeOfProduct(lambda, (e) => (thetaIndex[e] < 0 ? 0 : dTheta[thetaIndex[e]]), nc);
    if (orthogonalize(d, basis) > 1e-7) basis.push(d);
  }
  const identity = new Float64Array(entries);
  for (let j = 0, e = 0; j < nc; e += nc - j, j++) identity[e] = 1;
  return orthogonalize(identity, basis) < 1e-5;
}

/** The start values, moved a little so that nothing is equal or zero by chance. */
function innerPoint(structure: CovarianceStructure): Float64Array {
  const { nc, parLength } = structure;
  const par = new Float64Array(parLength);
  structure.startInto(new Float64Array(nc).fill(1), par);
  const { lower, upper } = structure.parBounds();
  return par.map((v, k) => {
    const moved = v * (1 + 0.1 * Math.sin(3 * k + 1)) + 0.02 * Math.cos(5 * k);
    return moved > lower[k] && moved < upper[k] ? moved : v;
  });
}

/** Lower triangle, by columns, of d lambda lambda' + lambda d lambda'. */
function derivativeOfProduct(lambda: Float64Array, d: (entry: number) => number, nc: number): Float64Array {
  const out = new Float64Array((nc * (nc + 1)) / 2);
  for (let j = 0, e = 0; j < nc; j++)
    for (let i = j; i < nc; i++, e++)
      for (let k = 0; k <= i; k++) out[e] += d(k * nc + i) * lambda[k * nc + j] + lambda[k * nc + i] * d(k * nc + j);
  return out;
}

/** Makes x a unit vector orthogonal to the others (twice is enough: Parlett 1998, section 6.9); returns what was left of its length. */
function orthogonalize(x: Float64Array, basis: readonly Float64Array[]): number {
  const before = Math.hypot(...x);
  if (before === 0) return 0;
  for (let pass = 0; pass < 2; pass++)
    for (const b of basis) {
      let s = 0;
      for (let e = 0; e < x.length; e++) s += b[e] * x[e];
      for (let e = 0; e < x.length; e++) x[e] -= s * b[e];
    }
  const left = Math.hypot(...x);
  for (let e = 0; e < x.length; e++) x[e] /= left || 1;
  return left / before;
}
