import { lambdaInto, thetaDerivativeInto, type CompositeStructure } from '@blup/covariance';
import { averageInformationInto, informationWork, type InformationWork } from './average-information.js';
import { chainGradient, chainGradientInto } from './chains/chain-gradient.js';
import type { CrossProducts } from './cross-products.js';
import { parDirections, thetaDirections, updateParDirections, type FactorDirection } from './factor-directions.js';
import { factorGradient, factorGradientInto, type FactorGradient } from './objective-gradient.js';
import { levelPrecisions, updatePrecision } from './level-precision.js';
import { levelGradient, levelGradientInto } from './one-factor/level-gradient.js';
import {
  penalizedLeastSquares,
  solvePenalized,
  type PenalizedLeastSquares,
  type PlsFailure,
} from './penalized-least-squares.js';
import { residualGradientInto } from './residual-gradient.js';
import { changeFactorInto, pullBackInto, type TermBasis } from './term-basis.js';

/** Which criterion is minimised. */
export interface Criterion {
  readonly reml: boolean;
  /** A fixed residual standard deviation, or null to profile it out. */
  readonly sigma: number | null;
}

/**
 * The profiled deviance (ML) or profiled REML criterion as a function of theta, or of par, with its exact gradient and an approximate
 * Hessian. After {@link evaluate} the solution stands in `pls`. Nothing is allocated by an evaluation, and none of its cost depends on
 * the number of rows.
 */
export interface ProfiledObjective extends Criterion {
  readonly pls: PenalizedLeastSquares;
  readonly composite: CompositeStructure;
  /** n, or n - p by REML. */
  readonly nu: number;
  /** Why the last evaluation gave no finite value. */
  failure: PlsFailure;
  /** @returns the objective at theta (length thetaLength); Infinity where it does not exist. */
  evaluate(theta: Float64Array): number;
  /** d objective / d theta at the last theta that was evaluated. */
  gradientInto(out: Float64Array): void;
  /** The average-information Hessian by theta, at the last theta whose gradient was taken. */
  informationInto(H: Float64Array): void;
  /** The same by par, at the theta of `par`. */
  parInformationInto(par: Float64Array, H: Float64Array): void;
  /** The derivative by every entry of every factor that the last gradient left behind. */
  readonly factorGradient: FactorGradient;
  /** sigma^2 at the last theta: r^2 / nu, or the fixed value. */
  scale(): number;
  /** d theta / d par, thetaLength by parLength, column-major; the identity for scalar, diagonal and unstructured terms. */
  jacobianInto(par: Float64Array, J: Float64Array): void;
  /** Rounding error of the last value, absolute: grows where random effects dwarf residuals or absorb fixed effects. */
  noise(): number;
  /** log|RX|^2 by the columns of X as given. */
  ldRX2(): number;
}

/**
 * @param pls the problem and its workspace, when another objective on the same cross-products has it already; at most one of them is in use
 * at a time
 * @param bases which columns theta speaks of, by term: those given by the user (the default), or the changed ones
 */
export function profiledObjective(
  cp: CrossProducts,
  composite: CompositeStructure,
  criterion: Criterion,
  pls: PenalizedLeastSquares = penalizedLeastSquares(cp, levelPrecisions(cp, composite)),
  bases: readonly TermBasis[] = cp.terms.map((t) => t.basis),
): ProfiledObjective {
  const { reml, sigma } = criterion;
  const { n, p, sumLogWeights } = cp;
  const nu = reml ? n - p : n;
  const { levels, chains } = pls;
  const gradient = levels ? levelGradient(pls) : chains ? chainGradient(pls) : factorGradient(pls, reml);
  const m = composite.thetaLength;
  const lambdas = cp.terms.map((t) => new Float64Array(t.nc * t.nc));
  const theta = new Float64Array(m);
  const thetaOf = composite.parts.map((_, t) => theta.subarray(composite.thetaOffset[t], composite.thetaOffset[t + 1]));
  const derivativeWork = new Float64Array(m);
  const jacobianWork = new Float64Array(composite.parLength + 2 * m);
  const { residual } = cp;
  const residualStart = m - (residual?.precision.parLength ?? 0);
  let byTheta: InformationFrame | null = null;
  let byPar: InformationFrame | null = null;
  const frameOf = (directions: FactorDirection[]): InformationFrame => ({
    directions,
    work: informationWork(pls, directions.length),
  });
  const fillInformation = ({ directions, work }: InformationFrame, H: Float64Array) => {
    const profiledNu = sigma === null ? nu : 0;
    averageInformationInto(pls, composite, bases, theta, directions, gradient, objective.scale(), profiledNu, work, H);
  };
  let ldR = 0;
  for (let k = 0; k < p; k++) ldR += Math.log(Math.abs(cp.fixed.R[k * p + k]));

  const objective: ProfiledObjective = {
    reml,
    sigma,
    pls,
    composite,
    nu,
    failure: 'none',
    factorGradient: gradient,
    scale: () => (sigma === null ? pls.pwrss / nu : sigma * sigma),
    // Q1 = X R^-1
    ldRX2: () => pls.ldRX2 + 2 * ldR,
    noise() {
      let lost = (nu * pls.cp.yty) / pls.pwrss;
      if (reml) for (let k = 0; k < p; k++) lost += cp.XtX[k * p + k] / pls.RXt[k * p + k] ** 2;
      return 4e-16 * lost;
    },
    jacobianInto(par, J) {
      for (let k = 0; k < composite.parLength; k++) {
        thetaDerivativeInto(composite, par, k, jacobianWork, J.subarray(k * m, (k + 1) * m));
      }
    },
    evaluate(at) {
      theta.set(at);
      for (let t = 0; t < cp.terms.length; t++) {
        lambdaInto(composite.parts[t], thetaOf[t], lambdas[t]);
        changeFactorInto(bases[t], lambdas[t], pls.lambdas[t]);
      }
      // A solution is kept only while everything that it depends on stays.
      for (const precision of pls.precisions)
        if (precision && updatePrecision(precision, theta)) pls.outcome = 'not-finite';
      if (residual) {
        if (residual.update(theta.subarray(residualStart))) pls.outcome = 'not-finite';
        pls.work.Zty.set(cp.Zty);
        pls.work.Xty.set(cp.Xty);
      }
      objective.failure = solvePenalized(pls);
      if (objective.failure !== 'none') return Infinity;
      const determinants =
        pls.ldL2 + (reml ? objective.ldRX2() : 0) - sumLogWeights - (residual ? residual.logDeterminant() : 0);
      if (!Number.isFinite(determinants)) return Infinity;
      if (sigma === null) return determinants + nu * (1 + Math.log((2 * Math.PI * pls.pwrss) / nu));
      return determinants + nu * Math.log(2 * Math.PI * sigma * sigma) + pls.pwrss / (sigma * sigma);
    },
    gradientInto(out) {
      if (levels) levelGradientInto(levels, pls, reml, objective.scale(), gradient.byFactor);
      else if (chains) chainGradientInto(chains, pls, reml, objective.scale(), gradient);
      else factorGradientInto(pls, reml, objective.scale(), gradient);
      out.fill(0);
      for (let t = 0; t < cp.terms.length; t++) {
        const { thetaIndex } = composite.parts[t];
        pullBackInto(bases[t], gradient.byFactor[t], lambdas[t]);
        const offset = composite.thetaOffset[t];
        for (let k = 0; k < thetaIndex.length; k++)
          if (thetaIndex[k] >= 0) out[offset + thetaIndex[k]] += lambdas[t][k];
        const precision = pls.precisions[t];
        if (precision) out.set(gradient.byLevels[t], precision.thetaStart);
      }
      if (residual) {
        const at = theta.subarray(residualStart);
        residualGradientInto(pls, residual, at, reml, objective.scale(), gradient, out.subarray(residualStart));
      }
    },
    informationInto(H) {
      byTheta ??= frameOf(thetaDirections(composite));
      fillInformation(byTheta, H);
    },
    parInformationInto(par, H) {
      byPar ??= frameOf(parDirections(composite));
      updateParDirections(composite, par, byPar.directions, jacobianWork, derivativeWork);
      fillInformation(byPar, H);
      if (residual) residualInformationInto(objective, residual.precision.parLength, par, H);
    },
  };
  return objective;
}

interface InformationFrame {
  readonly directions: FactorDirection[];
  readonly work: InformationWork;
}

/**
 * The last `count` rows and columns of H, exact up to the differences' error: differences of the gradient by par at a small step of each of the
 * residual parameters. Leaves the objective evaluated at `par`.
 */
function residualInformationInto(
  objective: ProfiledObjective,
  count: number,
  par: Float64Array,
  H: Float64Array,
): void {
  const { composite } = objective;
  const { parLength, thetaLength } = composite;
  const theta = new Float64Array(thetaLength);
  const byTheta = new Float64Array(thetaLength);
  const J = new Float64Array(thetaLength * parLength);
  const gradientAt = (at: Float64Array): Float64Array => {
    composite.thetaInto(at, theta);
    const out = new Float64Array(parLength);
    if (!Number.isFinite(objective.evaluate(theta))) return out.fill(Number.NaN);
    objective.gradientInto(byTheta);
    objective.jacobianInto(at, J);
    for (let k = 0; k < parLength; k++)
      for (let t = 0; t < thetaLength; t++) out[k] += J[k * thetaLength + t] * byTheta[t];
    return out;
  };
  const { lower, upper } = composite.parBounds();
  const step = new Float64Array(parLength);
  const columns: Float64Array[] = [];
  for (let k = parLength - count; k < parLength; k++) {
    const room = Math.min(upper[k] - par[k], par[k] - lower[k], Math.max(1, Math.abs(par[k])));
    step[k] = 1e-4 * room;
    const up = par.slice();
    const down = par.slice();
    up[k] += step[k];
    down[k] -= step[k];
    const a = gradientAt(up);
    const b = gradientAt(down);
    columns.push(a.map((v, i) => (v - b[i]) / (2 * step[k])));
  }
  columns.forEach((column, i) => {
    const k = parLength - count + i;
    for (let j = 0; j < parLength; j++) {
      const mirror = j >= parLength - count ? columns[j - parLength + count][k] : column[j];
      const v = (column[j] + mirror) / 2;
      H[k * parLength + j] = H[j * parLength + k] = Number.isFinite(v) ? v : 0;
    }
  });
  composite.thetaInto(par, theta);
  objective.evaluate(theta);
}
