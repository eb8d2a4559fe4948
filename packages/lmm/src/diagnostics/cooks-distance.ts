import type { FittedModel } from '../fitted-model.js';

/**
 * Cook's distance of every row, length nobs: (e_i / (1 - h_i))^2 h_i / (p sigma^2) with Pearson residuals e and leverages h, as in lme4.
 * Infinite leverage ratios (h = 1) and models without fixed effects give NaN.
 *
 * Source: Cook (1977), Technometrics 19, 15-18.
 */
export function cooksDistance(model: FittedModel): Float64Array {
  const { p } = model.optimum.cp;
  const h = model.leverages();
  const e = model.scaledResiduals();
  return e.map((v, i) => {
    const d = ((v / (1 - h[i])) ** 2 * h[i]) / p;
    return Number.isFinite(d) ? d : Number.NaN;
  });
}
