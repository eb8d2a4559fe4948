import type { FittedModel } from '../fitted-model.js';
import { satterthwaiteFacts } from '../inference/satterthwaite.js';
import type { NewRows } from './new-rows.js';
import { predictRows } from './predict-rows.js';
import { predictionModel, predictionModelAt } from './prediction-model.js';
import type { PredictOptions } from './predict-options.js';
import { placesByTerm, rowVariances } from './row-variances.js';

const meanOf = ({ terms, newLevels, nonEstimable }: PredictOptions): PredictOptions => ({
  terms: terms ?? 'all',
  newLevels: newLevels ?? 'refuse',
  nonEstimable: nonEstimable ?? 'missing',
});

/** Step of the differences, in standard errors of a parameter. */
const STEP = 0.05;

/**
 * Satterthwaite's degrees of freedom of the variance that each row's interval is made of (the mean's, or with `interval: 'prediction'` a new
 * observation's): 2 V^2 / Var(V) by the delta method, as for fixed effects (Giesbrecht and Burns 1985, Biometrics 41, 477-486), where V is
 * sigma^2 times a function of the variance parameters. With t quantiles the intervals know that variances are estimated; with few groups
 * this is what keeps their coverage (docs/coverage.md).
 *
 * Cost: the variances of the rows at four more points for each variance parameter that is free and not on the boundary.
 *
 * @returns one number for each row, Infinity where no parameter moves the variance
 */
export function predictionDf(model: FittedModel, rows: NewRows, options: PredictOptions = {}): Float64Array {
  const { optimum } = model;
  const { composite, par, source: tiedTo, objective } = optimum;
  const { curvature, parCovariance } = satterthwaiteFacts(model);
  const { active, size, sigma } = curvature;
  const { fit } = predictRows(predictionModel(model), rows, meanOf(options));
  const theta = new Float64Array(composite.thetaLength);
  const variancesAt = (at: Float64Array): Float64Array => {
    composite.thetaInto(at, theta);
    const source = predictionModelAt(model, theta);
    return rowVariances(source, rows, placesByTerm(source, rows, options), options, fit).whole;
  };
  const V = variancesAt(par);
  const { lower, upper } = composite.parBounds();
  const gradients = Array.from(active, (k, a) => {
    const room = Math.min(upper[k] - par[k], lower[k] === 0 ? Infinity : par[k] - lower[k]);
    const h = Math.min(STEP * Math.sqrt(parCovariance[a * size + a]), 0.1 * Math.max(Math.abs(par[k]), 0.01), room / 4);
    const moved = (d: number) => variancesAt(par.map((v, i) => (tiedTo[i] === k ? v + d : v)));
    const wide = [moved(h), moved(-h)];
    const close = [moved(h / 2), moved(-h / 2)];
    return V.map((_, i) => (8 * (close[0][i] - close[1][i]) - (wide[0][i] - wide[1][i])) / (6 * h));
  });
  // By log sigma, of which V is the square.
  if (sigma) gradients.push(V.map((v) => 2 * v));
  objective.evaluate(optimum.theta);
  return V.map((v, i) => {
    let spread = 0;
    for (let a = 0; a < size; a++)
      for (let b = 0; b < size; b++) spread += gradients[a][i] * parCovariance[b * size + a] * gradients[b][i];
    return spread > 0 ? (2 * v * v) / spread : Infinity;
  });
}
