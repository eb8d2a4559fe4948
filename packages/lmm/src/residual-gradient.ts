import type { CrossProducts } from './cross-products.js';
import { dot } from './dense.js';
import type { FactorGradient } from './objective-gradient.js';
import type { PenalizedLeastSquares } from './penalized-least-squares.js';
import type { ResidualProducts } from './residual-products.js';
import { multiplyLambdaInto, multiplyZtZInto, scaleByLambdaInto } from './scale-by-lambda.js';

/**
 * The derivative of the objective by the parameters of P, the inverse of the residuals' correlation. With dA the cross-products that have dP in
 * place of P,
 *
 *     tr(S^-1 Lambda' dA_ZZ Lambda) - d log|P| + e'dP e / scale  [+ sum_k w_k'dA w_k by REML],
 *
 * where e'dP e and w'dA w are quadratic forms in the cross-products, w_k = (Lambda V_k, -RX^-1 e_k). Follows {@link factorGradientInto}.
 */
export function residualGradientInto(
  pls: PenalizedLeastSquares,
  residual: ResidualProducts,
  par: Float64Array,
  reml: boolean,
  scale: number,
  { inverse, V }: FactorGradient,
  out: Float64Array,
): void {
  const { cp, placed, lambdas, RXt, work } = pls;
  const { q, p } = cp;
  const { derivative: dcp, precision } = residual;
  // The pattern of S, with the blocks of dA.
  const moved = { ...placed, pairs: placed.pairs.map(({ below }, k) => ({ below, pair: dcp.pairs[k] })) };
  const dS = new Float64Array(pls.values.length);
  const b = new Float64Array(q);
  const beta = new Float64Array(p);
  for (let k = 0; k < precision.parLength; k++) {
    residual.derivativeInto(k);
    scaleByLambdaInto(dcp, moved, lambdas, work.small, dS);
    const { colPtr } = placed.pattern;
    let s = 0;
    for (let j = 0; j < q; j++) {
      s += dS[colPtr[j]] * inverse[colPtr[j]];
      for (let e = colPtr[j] + 1; e < colPtr[j + 1]; e++) s += 2 * dS[e] * inverse[e];
    }
    const fit = dcp.yty - 2 * dot(pls.b, 0, dcp.Zty, 0, q) - 2 * dot(pls.beta, 0, dcp.Xty, 0, p);
    s += (fit + quadraticForm(dcp, pls.b, pls.beta, work.q2)) / scale;
    s -= precision.logDeterminantDerivative(par, k);
    if (reml) {
      for (let h = 0; h < p; h++) {
        multiplyLambdaInto(cp, lambdas, false, V.subarray(h * q, (h + 1) * q), 1, work.small, b);
        inverseColumnInto(RXt, p, h, beta);
        s += quadraticForm(dcp, b, beta, work.q2);
      }
    }
    out[k] = s;
  }
}

/** [b; beta]'dA[b; beta] over the random and fixed blocks. */
function quadraticForm(dcp: CrossProducts, b: Float64Array, beta: Float64Array, work: Float64Array): number {
  const { q, p, ZtX, XtX } = dcp;
  if (q > 0) multiplyZtZInto(dcp, b, 1, work);
  let s = dot(b, 0, work, 0, q);
  for (let k = 0; k < p; k++) s += beta[k] * (2 * dot(ZtX, k * q, b, 0, q) + dot(XtX, k * p, beta, 0, p));
  return s;
}

/** out = -RX^-1 e_h, RX = RXt' upper triangular. */
function inverseColumnInto(RXt: Float64Array, p: number, h: number, out: Float64Array): void {
  out.fill(0);
  out[h] = -1 / RXt[h * p + h];
  for (let i = h - 1; i >= 0; i--) {
    let s = 0;
    for (let k = i + 1; k <= h; k++) s -= RXt[i * p + k] * out[k];
    out[i] = s / RXt[i * p + i];
  }
}
