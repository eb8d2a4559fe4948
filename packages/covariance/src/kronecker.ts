import { constrain } from './constrain.js';
import { distinctNames } from './distinct-names.js';
import { hasNumericalDerivatives, lambdaInto, lambdaOf, thetaDerivativeInto } from './lambda.js';
import { naturalParameters } from './natural.js';
import { CovarianceStructureError, type CovarianceStructure, type NaturalParameter } from './structure.js';

/**
 * The Kronecker product of two structures: columns (i, j) are numbered i * second.nc + j, and `lambda = lambda_1 (x) lambda_2`, so the covariance
 * is `Sigma_1 (x) Sigma_2`. One scale is one too many: the first par of `second`, the standard deviation of its first column or of all of
 * them, is held at 1. A second factor without parameters stays as it is.
 *
 *     kronecker(unstructured(2), ar1(5))   // two traits at five times
 *
 * @throws CovarianceStructureError when a factor has correlated levels ({@link overLevels}: put the product of the columns inside), or the
 * first par of `second` is no standard deviation of its first column
 */
export function kronecker(first: CovarianceStructure, second: CovarianceStructure): CovarianceStructure {
  for (const part of [first, second])
    if (part.levels)
      throw new CovarianceStructureError(
        `"${part.kind}" has correlated levels: a Kronecker product is one of columns, so write overLevels(kronecker(...), levels)`,
      );
  const held = second.parLength > 0;
  if (held && !isLedBySd(second))
    throw new CovarianceStructureError(
      `the second structure of a Kronecker product begins with the standard deviation of its first column, which is held at 1; "${second.kind}" does not`,
    );
  const inner = held ? constrain(second, { fixed: new Map([[0, 1]]) }) : second;
  const n1 = first.nc;
  const n2 = second.nc;
  const nc = n1 * n2;
  const m1 = first.parLength;
  const m = m1 + inner.parLength;
  const thetaIndex = new Int32Array(nc * nc).fill(-1);
  /** For each theta the entries of the two factors that it is the product of. */
  const left: number[] = [];
  const right: number[] = [];
  for (let c = 0; c < nc; c++) {
    for (let r = c; r < nc; r++) {
      const a = Math.floor(c / n2) * n1 + Math.floor(r / n2);
      const b = (c % n2) * n2 + (r % n2);
      if (first.thetaIndex[a] < 0 || inner.thetaIndex[b] < 0) continue;
      thetaIndex[c * nc + r] = left.length;
      left.push(a);
      right.push(b);
    }
  }
  const t1 = new Float64Array(first.thetaLength);
  const t2 = new Float64Array(inner.thetaLength);
  const L1 = new Float64Array(n1 * n1);
  const L2 = new Float64Array(n2 * n2);
  const work = new Float64Array(Math.max(m1 + 2 * t1.length, m + 2 * t2.length));
  const of1 = (par: Float64Array) => par.subarray(0, m1);
  const of2 = (par: Float64Array) => par.subarray(m1, m);
  const setFactors = (par: Float64Array) => {
    first.thetaInto(of1(par), t1);
    inner.thetaInto(of2(par), t2);
    lambdaInto(first, t1, L1);
    lambdaInto(inner, t2, L2);
  };
  const multiply = (out: Float64Array) => {
    for (let t = 0; t < left.length; t++) out[t] = L1[left[t]] * L2[right[t]];
  };
  const scales = (scale: Float64Array) =>
    Float64Array.from({ length: n1 }, (_, i) => {
      let s = 0;
      for (let j = 0; j < n2; j++) s += Math.log(scale[i * n2 + j]) / n2;
      return Math.exp(s);
    });
  const ones = new Float64Array(n2).fill(1);
  const outer = (names: readonly string[]) => Array.from({ length: n1 }, (_, i) => names[i * n2]);
  const innerOf = (names: readonly string[]) => names.slice(0, n2);
  return {
    kind: `${first.kind} x ${second.kind}`,
    nc,
    parLength: m,
    thetaLength: left.length,
    thetaIndex,
    numericalDerivatives: hasNumericalDerivatives(first) || hasNumericalDerivatives(inner),
    searchScale: [...scaleOf(first), ...scaleOf(inner)],
    startInto(scale, par) {
      first.startInto(scales(scale), par);
      inner.startInto(ones, par.subarray(m1));
    },
    stepScaleInto(scale, out) {
      first.stepScaleInto(scales(scale), out);
      inner.stepScaleInto(ones, out.subarray(m1));
    },
    thetaInto(par, theta) {
      setFactors(par);
      multiply(theta);
    },
    thetaDerivativeInto(par, k, out) {
      setFactors(par);
      if (k < m1) {
        thetaDerivativeInto(first, of1(par), k, work, t1);
        lambdaInto(first, t1, L1);
      } else {
        thetaDerivativeInto(inner, of2(par), k - m1, work, t2);
        lambdaInto(inner, t2, L2);
      }
      multiply(out);
    },
    canonicalizeInPlace(par) {
      first.canonicalizeInPlace(of1(par));
      inner.canonicalizeInPlace(of2(par));
    },
    isSingular: (par, scale, tolerance) =>
      first.isSingular(of1(par), scales(scale), tolerance) || inner.isSingular(of2(par), ones, tolerance),
    parNames: (names) => distinctNames([first.parNames(outer(names)), inner.parNames(innerOf(names))]),
    thetaNames(names) {
      const out = new Array<string>(left.length);
      thetaIndex.forEach((t, at) => {
        if (t < 0) return;
        const row = at % nc;
        const column = (at - row) / nc;
        out[t] = row === column ? names[row] : `${names[row]}.${names[column]}`;
      });
      return out;
    },
    parBounds() {
      const a = first.parBounds();
      const b = inner.parBounds();
      return { lower: Float64Array.of(...a.lower, ...b.lower), upper: Float64Array.of(...a.upper, ...b.upper) };
    },
    natural(par, names) {
      const a = naturalParameters(first, of1(par), outer(names));
      const all = Float64Array.of(...(held ? [1] : []), ...of2(par));
      const b = naturalParameters(second, all, innerOf(names)).flatMap(ratioOf);
      const distinct = distinctNames([a.map(({ name }) => name), b.map(({ name }) => name)]);
      return [...a, ...b].map((p, i) => ({ ...p, name: distinct[i] }));
    },
  };
}

/** Standard deviations of the second factor are ratios to its first one, which is 1 and goes without saying. */
function ratioOf({ name, value, sigmaPower }: NaturalParameter, at: number): NaturalParameter[] {
  if (sigmaPower === 0) return [{ name, value, sigmaPower }];
  return at === 0 ? [] : [{ name: `ratio ${name}`, value, sigmaPower: 0 }];
}

/** Whether lambda[0, 0] is the first par, so that holding it at 1 takes out the scale. */
function isLedBySd(structure: CovarianceStructure): boolean {
  const par = new Float64Array(structure.parLength);
  structure.startInto(new Float64Array(structure.nc).fill(1), par);
  return [0.7, 1.9].every((sd) => {
    par[0] = sd;
    return Math.abs(lambdaOf(structure, par)[0] - sd) < 1e-12;
  });
}

const scaleOf = (s: CovarianceStructure) =>
  s.searchScale ?? Array.from({ length: s.parLength }, () => 'linear' as const);
