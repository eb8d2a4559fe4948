import { type ResidualSpec } from '@blup/covariance';
import { FittedModel } from './fitted-model.js';
import type { ModelMatrices } from './model-matrices.js';
import { findOptimum, type FitOptions, type Optimum } from './optimum.js';
import { termOfResiduals } from './structured-terms/residual-term.js';

/** Rounds of fitting with the fitted values of the round before. */
const ROUNDS = 100;

/** Largest change of a fitted value, in residual standard deviations, that ends the rounds. */
const SETTLED = 1e-9;

/**
 * {@link findOptimum}, also where variances of residuals depend on the values that the model fits, random effects included. The criterion is
 * minimised with these values held, and again with those of the new fit, until they stay: the parameters are those at which both agree. The
 * criterion as a function of all parameters is lower elsewhere, as in pseudo-likelihood (Davidian and Carroll 1987, J. Am. Stat. Assoc. 82,
 * 1079-1091; Pinheiro and Bates 2000, section 5.2.2).
 */
export function findOptimumByFitted(matrices: ModelMatrices, options: FitOptions = {}): Optimum {
  const spec = matrices.terms.at(-1)?.structure.residual?.spec;
  if (!spec?.variances.some((v) => v.covariate?.fitted)) return findOptimum(matrices, options);
  const plain = { ...spec, variances: spec.variances.filter((v) => !v.covariate?.fitted) };
  const { reml, sigma, identifiability } = options;
  const homogeneous = findOptimum(withSpec(matrices, plain), {
    ...(reml !== undefined && { reml }),
    ...(sigma !== undefined && { sigma }),
    ...(identifiability !== undefined && { identifiability }),
  });
  let fitted = fittedOf(homogeneous);
  const evaluations: Optimum['evaluations'][number][] = [];
  let start = options.start;
  for (let round = 1; ; round++) {
    const values = fitted;
    const covariates = spec.variances.map((v) =>
      v.covariate?.fitted ? { ...v, covariate: { ...v.covariate, values, centre: null } } : v,
    );
    const optimum = findOptimum(withSpec(matrices, { ...spec, variances: covariates }), {
      ...options,
      ...(start && { start }),
    });
    evaluations.push(...optimum.evaluations);
    fitted = fittedOf(optimum);
    const scale = SETTLED * Math.sqrt(optimum.objective.scale());
    const settled = fitted.every((v, i) => Math.abs(v - values[i]) <= scale);
    if (!settled && round < ROUNDS && optimum.certificate.reason !== 'cancelled') {
      start = optimum.par;
      continue;
    }
    const certificate = { ...optimum.certificate, evaluations: evaluations.length };
    return { ...optimum, evaluations, certificate: settled ? certificate : unsettled(certificate) };
  }
}

const unsettled = (certificate: Optimum['certificate']): Optimum['certificate'] => ({
  ...certificate,
  converged: false,
  message: `the fitted values that variances depend on still change after ${ROUNDS} rounds; ${certificate.message}`,
});

/** The model with another residual structure; without one where nothing is left of it. */
function withSpec(matrices: ModelMatrices, spec: ResidualSpec): ModelMatrices {
  const terms = matrices.terms.slice(0, -1);
  if (spec.correlation || spec.variances.length > 0) terms.push(termOfResiduals(spec));
  return { ...matrices, terms };
}

const fittedOf = (optimum: Optimum): Float64Array =>
  new FittedModel(optimum, { formula: null, rows: null, warnings: [], frame: null, total: 0 }).fitted;
