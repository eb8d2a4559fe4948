import { lambdaOf } from './lambda.js';
import { CovarianceStructureError, type CovarianceStructure } from './structure.js';
import { constrain } from './constrain.js';

/**
 * The Kronecker product of two structures: columns (i, j) are numbered i * second.nc + j, and `lambda = lambda_1 (x) lambda_2`, so the covariance
 * is `Sigma_1 (x) Sigma_2`. One scale is one too many: the first par of `second`, its standard deviation, is held at 1.
 *
 *     kronecker(unstructured(2), ar1(5))   // two traits at five times
 *
 * @throws CovarianceStructureError when `second` has no single standard deviation in its first par (use its homogeneous form)
 */
export function kronecker(first: CovarianceStructure, second: CovarianceStructure): CovarianceStructure {
  if (first.levels || second.levels || second.parNames(columns(second.nc))[0] !== '*') {
    throw new CovarianceStructureError(
      `the second structure of a Kronecker product needs one standard deviation for all its columns, which is held at 1; "${second.kind}" has others`,
    );
  }
  const inner = constrain(second, { fixed: new Map([[0, 1]]) });
  const n1 = first.nc;
  const n2 = second.nc;
  const nc = n1 * n2;
  const m1 = first.parLength;
  const thetaIndex = new Int32Array(nc * nc).fill(-1);
  /** Positions of each theta: an entry of the first factor times one of the second. */
  const parts: { a: number; b: number }[] = [];
  for (let c = 0; c < nc; c++) {
    for (let r = c; r < nc; r++) {
      const a = Math.floor(c / n2) * n1 + Math.floor(r / n2);
      const b = (c % n2) * n2 + (r % n2);
      if (first.thetaIndex[a] < 0 || inner.thetaIndex[b] < 0) continue;
      thetaIndex[c * nc + r] = parts.length;
      parts.push({ a, b });
    }
  }
  const L1 = (par: Float64Array) => lambdaOf(first, par.subarray(0, m1));
  const L2 = (par: Float64Array) => lambdaOf(inner, par.subarray(m1, m1 + inner.parLength));
  const scales = (scale: Float64Array) =>
    Float64Array.from({ length: n1 }, (_, i) => {
      let s = 0;
      for (let j = 0; j < n2; j++) s += Math.log(scale[i * n2 + j]) / n2;
      return Math.exp(s);
    });
  const linear = (s: CovarianceStructure) =>
    s.searchScale ?? Array.from({ length: s.parLength }, () => 'linear' as const);
  const ones = new Float64Array(n2).fill(1);
  const outer = (names: readonly string[]) => Array.from({ length: n1 }, (_, i) => names[i * n2]);
  return {
    kind: `${first.kind} x ${second.kind}`,
    nc,
    parLength: m1 + inner.parLength,
    thetaLength: parts.length,
    thetaIndex,
    searchScale: [...linear(first), ...linear(inner)],
    startInto(scale, par) {
      first.startInto(scales(scale), par);
      inner.startInto(ones, par.subarray(m1));
    },
    stepScaleInto(scale, out) {
      first.stepScaleInto(scales(scale), out);
      inner.stepScaleInto(ones, out.subarray(m1));
    },
    thetaInto(par, theta) {
      const A = L1(par);
      const B = L2(par);
      parts.forEach(({ a, b }, t) => (theta[t] = A[a] * B[b]));
    },
    canonicalizeInPlace(par) {
      first.canonicalizeInPlace(par.subarray(0, m1));
      inner.canonicalizeInPlace(par.subarray(m1, m1 + inner.parLength));
    },
    isSingular: (par, scale, tolerance) =>
      first.isSingular(par.subarray(0, m1), scales(scale), tolerance) ||
      inner.isSingular(par.subarray(m1, m1 + inner.parLength), ones, tolerance),
    parNames: (names) => [...first.parNames(outer(names)), ...inner.parNames(names.slice(0, n2))],
    thetaNames: (names) => parts.map((_, t) => thetaName(thetaIndex.indexOf(t), nc, names)),
    parBounds() {
      const a = first.parBounds();
      const b = inner.parBounds();
      return { lower: Float64Array.of(...a.lower, ...b.lower), upper: Float64Array.of(...a.upper, ...b.upper) };
    },
  };
}

const columns = (nc: number): string[] => Array.from({ length: nc }, (_, j) => `c${j}`);

function thetaName(position: number, nc: number, names: readonly string[]): string {
  const row = position % nc;
  const column = (position - row) / nc;
  return row === column ? names[row] : `${names[row]}.${names[column]}`;
}
