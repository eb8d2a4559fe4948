import { relativeCovariance } from '@blup/covariance';
import type { VarianceComponents } from './fitted-model-data.js';

/** Standard deviations and correlations of sigma^2 lambda lambda', with lambda nc by nc, column-major. */
export function varianceComponents(
  group: string,
  names: readonly string[],
  lambda: Float64Array,
  sigma: number,
): VarianceComponents {
  const nc = names.length;
  const S = relativeCovariance(lambda, nc);
  const sd = Array.from({ length: nc }, (_, i) => sigma * Math.sqrt(S[i * nc + i]));
  if (nc === 1) return { group, names, sd, corr: null };
  const corr = Array.from({ length: nc }, (_, i) =>
    Array.from({ length: nc }, (_, j) => {
      if (i === j) return 1;
      const r = S[j * nc + i] / Math.sqrt(S[i * nc + i] * S[j * nc + j]);
      return Math.max(-1, Math.min(1, r));
    }),
  );
  return { group, names, sd, corr };
}
