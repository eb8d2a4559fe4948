import { factorDerivative } from './correlation/family.js';
import { distinctNames } from './distinct-names.js';
import { hasNumericalDerivatives, lambdaInto, thetaDerivativeInto } from './lambda.js';
import { naturalParameters } from './natural.js';
import { semidefiniteCholeskyInPlace } from './semidefinite.js';
import { CovarianceStructureError, type CovarianceStructure } from './structure.js';

/**
 * The sum of two structures of the same columns: `lambda lambda' = lambda_1 lambda_1' + lambda_2 lambda_2'`, `par` = (first, second). The same
 * model as two terms on one grouping factor, with half of the random effects: what varies between subjects at all times plus what
 * moves along time, `sum(compoundSymmetry(5), ar1(5))`.
 *
 * The factor is that of Cholesky, its derivative as in Smith (1995), J. Comput. Graph. Stat. 4, 134-147. O(nc^3).
 *
 * @throws CovarianceStructureError for different numbers of columns, and for structures with correlated levels
 */
export function sum(first: CovarianceStructure, second: CovarianceStructure): CovarianceStructure {
  const parts = [first, second];
  if (first.nc !== second.nc || parts.some((part) => part.levels))
    throw new CovarianceStructureError(
      `a sum is of two structures of the same columns with independent levels: "${first.kind}" has ${first.nc} columns, ` +
        `"${second.kind}" ${second.nc}${parts.some((part) => part.levels) ? ', and levels are correlated: write two terms' : ''}`,
    );
  const { nc } = first;
  const m1 = first.parLength;
  const m = m1 + second.parLength;
  const thetaLength = (nc * (nc + 1)) / 2;
  const thetaIndex = new Int32Array(nc * nc).fill(-1);
  for (let j = 0, t = 0; j < nc; j++) for (let i = j; i < nc; i++) thetaIndex[j * nc + i] = t++;
  const theta = parts.map((part) => new Float64Array(part.thetaLength));
  const lambda = parts.map(() => new Float64Array(nc * nc));
  const L = new Float64Array(nc * nc);
  const D = new Float64Array(nc * nc);
  const dL = new Float64Array(nc * nc);
  const work = new Float64Array(m + 2 * Math.max(first.thetaLength, second.thetaLength));
  const own = (par: Float64Array, i: number) => (i === 0 ? par.subarray(0, m1) : par.subarray(m1, m));
  const setFactor = (par: Float64Array) => {
    L.fill(0);
    parts.forEach((part, i) => {
      part.thetaInto(own(par, i), theta[i]);
      lambdaInto(part, theta[i], lambda[i]);
      addProduct(lambda[i], lambda[i], nc, L);
    });
    semidefiniteCholeskyInPlace(L, nc, 1e-14);
  };
  const lower = (M: Float64Array, out: Float64Array) => {
    for (let j = 0, t = 0; j < nc; j++) for (let i = j; i < nc; i++) out[t++] = M[j * nc + i];
  };
  const halved = (scale: Float64Array) => scale.map((s) => s * Math.SQRT2);
  return {
    kind: `${first.kind} + ${second.kind}`,
    nc,
    parLength: m,
    thetaLength,
    thetaIndex,
    numericalDerivatives: parts.some(hasNumericalDerivatives),
    searchScale: parts.flatMap(
      (part) => part.searchScale ?? Array.from({ length: part.parLength }, () => 'linear' as const),
    ),
    startInto: (scale, par) => parts.forEach((part, i) => part.startInto(halved(scale), own(par, i))),
    stepScaleInto: (scale, out) => parts.forEach((part, i) => part.stepScaleInto(scale, own(out, i))),
    thetaInto(par, out) {
      setFactor(par);
      lower(L, out);
    },
    thetaDerivativeInto(par, k, out) {
      const i = k < m1 ? 0 : 1;
      setFactor(par);
      thetaDerivativeInto(parts[i], own(par, i), k - i * m1, work, theta[i]);
      lambdaInto(parts[i], theta[i], dL);
      if (L.every((v) => v === 0)) return lower(dL, out);
      D.fill(0);
      addProduct(dL, lambda[i], nc, D);
      addProduct(lambda[i], dL, nc, D);
      factorDerivative(L, D, nc, dL);
      lower(dL, out);
    },
    canonicalizeInPlace: (par) => parts.forEach((part, i) => part.canonicalizeInPlace(own(par, i))),
    isSingular: (par, scale, tolerance) => parts.some((part, i) => part.isSingular(own(par, i), scale, tolerance)),
    parNames: (columns) => distinctNames(parts.map((part) => part.parNames(columns))),
    thetaNames(columns) {
      const names: string[] = [];
      for (let j = 0; j < nc; j++)
        for (let i = j; i < nc; i++) names.push(i === j ? columns[j] : `${columns[i]}.${columns[j]}`);
      return names;
    },
    parBounds() {
      const [a, b] = parts.map((part) => part.parBounds());
      return { lower: Float64Array.of(...a.lower, ...b.lower), upper: Float64Array.of(...a.upper, ...b.upper) };
    },
    natural(par, columns) {
      const each = parts.map((part, i) => naturalParameters(part, own(par, i), columns));
      const names = distinctNames(each.map((list) => list.map(({ name }) => name)));
      return each.flat().map((p, k) => ({ ...p, name: names[k] }));
    },
  };
}

/** Lower triangle of out += A B', nc by nc, for lower-triangular A and B. */
function addProduct(A: Float64Array, B: Float64Array, nc: number, out: Float64Array): void {
  for (let j = 0; j < nc; j++)
    for (let i = j; i < nc; i++) {
      let s = 0;
      for (let k = 0; k <= j; k++) s += A[k * nc + i] * B[k * nc + j];
      out[j * nc + i] += s;
    }
}
