import type { FittedModel } from '../fitted-model.js';
import { columnsFrom, type PlainColumns } from './columns.js';

/**
 * One row about the whole fit, with broom.mixed's names: `nobs`, `sigma`, `logLik`, `AIC`, `BIC`, `REMLcrit` or `deviance`,
 * `df.residual`.
 */
export function glance({ data }: FittedModel): PlainColumns {
  const criterion = data.criterion === 'REML' ? 'REMLcrit' : 'deviance';
  return columnsFrom(
    ['nobs', 'sigma', 'logLik', 'AIC', 'BIC', criterion, 'df.residual'],
    [[data.nobs, data.sigma, data.logLik, data.AIC, data.BIC, data.objective, data.nobs - data.df]],
  );
}
