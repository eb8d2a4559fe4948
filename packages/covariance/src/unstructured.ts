import { canonicalFactorInPlace, smallestSingularValue } from './triangular.js';
import { requireColumns, type CovarianceStructure } from './structure.js';

/**
 * Vector-valued random effects with any covariance: `lambda` is a full lower triangle, `theta` its entries column by column,
 * `par = theta`, `nc (nc + 1) / 2` numbers.
 * @throws CovarianceStructureError when `nc` is not a positive integer.
 */
export function unstructured(nc: number): CovarianceStructure {
  requireColumns('us', nc);
  const length = (nc * (nc + 1)) / 2;
  const thetaIndex = new Int32Array(nc * nc).fill(-1);
  const position = new Int32Array(length);
  for (let j = 0, t = 0; j < nc; j++) {
    for (let i = j; i < nc; i++, t++) {
      thetaIndex[j * nc + i] = t;
      position[t] = j * nc + i;
    }
  }
  const full = (par: Float64Array): Float64Array => {
    const lambda = new Float64Array(nc * nc);
    for (let t = 0; t < length; t++) lambda[position[t]] = par[t];
    return lambda;
  };
  return {
    kind: 'us',
    nc,
    parLength: length,
    thetaLength: length,
    thetaIndex,
    anyColumns: true,
    startInto(scale, par) {
      for (let t = 0; t < length; t++) {
        const row = position[t] % nc;
        par[t] = position[t] === row * nc + row ? 1 / scale[row] : 0;
      }
    },
    startFromCovarianceInto(S, par) {
      // Cholesky factor of S, column by column (Golub and Van Loan, section 4.2.5)
      for (let j = 0; j < nc; j++) {
        for (let i = j; i < nc; i++) {
          let s = S[j * nc + i];
          for (let k = 0; k < j; k++) s -= par[thetaIndex[k * nc + i]] * par[thetaIndex[k * nc + j]];
          par[thetaIndex[j * nc + i]] = i === j ? Math.sqrt(s) : s / par[thetaIndex[j * nc + j]];
        }
      }
    },
    stepScaleInto(scale, out) {
      for (let t = 0; t < length; t++) out[t] = 1 / scale[position[t] % nc];
    },
    thetaInto(par, theta) {
      for (let t = 0; t < length; t++) theta[t] = par[t];
    },
    thetaDerivativeInto(_par, k, out) {
      for (let t = 0; t < length; t++) out[t] = t === k ? 1 : 0;
    },
    parFromThetaInto(theta, par) {
      for (let t = 0; t < length; t++) par[t] = theta[t];
    },
    canonicalizeInPlace(par) {
      const lambda = full(par);
      canonicalFactorInPlace(lambda, nc);
      for (let t = 0; t < length; t++) par[t] = lambda[position[t]];
    },
    isSingular: (par, scale, tolerance) => smallestSingularValue(full(par), scale, nc) < tolerance,
    parNames: (columns) => triangleNames(columns, nc),
    thetaNames: (columns) => triangleNames(columns, nc),
    parBounds() {
      const lower = new Float64Array(length).fill(-Infinity);
      for (let t = 0; t < length; t++) if (position[t] % (nc + 1) === 0) lower[t] = 0;
      return { lower, upper: new Float64Array(length).fill(Infinity) };
    },
  };
}

/** `a`, `b.a`, `b`: entry (i, j) of the triangle is `names[i].names[j]`, a diagonal one just `names[j]`. */
function triangleNames(columns: readonly string[], nc: number): string[] {
  const names: string[] = [];
  for (let j = 0; j < nc; j++) {
    for (let i = j; i < nc; i++) names.push(i === j ? `${columns[j]}` : `${columns[i]}.${columns[j]}`);
  }
  return names;
}
