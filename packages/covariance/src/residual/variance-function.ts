import { CovarianceStructureError, type NaturalParameter, type SearchScale } from '../structure.js';

/**
 * How the standard deviation of a residual depends on its row: sigma s_i with s_i = exp(l_i), l_i a function of few parameters. Functions
 * multiply, so their l_i add up.
 *
 * Source: Pinheiro and Bates (2000), Mixed-Effects Models in S and S-PLUS, section 5.2.
 */
export interface VarianceFunction {
  readonly kind: string;
  readonly parNames: readonly string[];
  readonly searchScale: readonly SearchScale[];
  readonly lower: readonly number[];
  readonly upper: readonly number[];
  readonly start: readonly number[];
  readonly stepScale: readonly number[];
  /** out[i] += l_i for every row. */
  addLogSd(par: Float64Array, out: Float64Array): void;
  /** out[i] += d l_i / d par[k]. */
  addLogSdDerivative(par: Float64Array, k: number, out: Float64Array): void;
  /** @param alone whether nothing else makes standard deviations differ, so that those of strata can be told */
  natural(par: Float64Array, alone: boolean): NaturalParameter[];
}

/**
 * One standard deviation for each stratum: 1 in the first, `ratio` times that in each other one.
 * @param stratum of each row, 0 to names.length - 1
 * @throws CovarianceStructureError for fewer than two strata
 */
export function strataVariance(stratum: Int32Array, names: readonly string[]): VarianceFunction {
  if (names.length < 2)
    throw new CovarianceStructureError(
      `variances by stratum need two strata or more, and there is only ${names[0] ?? 'none'}`,
    );
  const others = names.slice(1);
  return {
    kind: 'strata',
    parNames: others.map((name) => `ratio ${name}`),
    searchScale: others.map(() => 'log'),
    lower: others.map(() => Number.MIN_VALUE),
    upper: others.map(() => Infinity),
    start: others.map(() => 1),
    stepScale: others.map(() => 1),
    addLogSd(par, out) {
      for (let i = 0; i < stratum.length; i++) if (stratum[i] > 0) out[i] += Math.log(par[stratum[i] - 1]);
    },
    addLogSdDerivative(par, k, out) {
      for (let i = 0; i < stratum.length; i++) if (stratum[i] === k + 1) out[i] += 1 / par[k];
    },
    natural: (par, alone) =>
      alone
        ? [
            { name: `sd ${names[0]}`, value: 1, sigmaPower: 1 },
            ...others.map((name, k): NaturalParameter => ({ name: `sd ${name}`, value: par[k], sigmaPower: 1 })),
          ]
        : others.map((name, k): NaturalParameter => ({ name: `ratio ${name}`, value: par[k], sigmaPower: 0 })),
  };
}

/** Strata in which a parameter differs; one stratum where it is the same for all rows. */
export interface Strata {
  readonly stratum: Int32Array;
  readonly names: readonly string[];
}

/** A covariate of variances. */
export interface Covariate {
  readonly column: string;
  /** By row. */
  readonly values: Float64Array;
  /** See {@link covariateCentre}; from the values when null. */
  readonly centre: number | null;
  /** Whether the values are those that the model fits: they change with the fit. */
  readonly fitted?: true;
}

/** Where sigma is the standard deviation: the mean of log|v| (varpower) or of v (varexp). */
export function covariateCentre(kind: 'varpower' | 'varexp', values: Float64Array): number {
  let s = 0;
  for (const v of values) s += kind === 'varpower' ? Math.log(Math.abs(v)) : v;
  return s / values.length;
}

/**
 * Standard deviation proportional to a power of a covariate: s_i = |v_i / v0|^power, v0 the geometric mean of |v|, so that sigma is the
 * standard deviation at v0 and hardly depends on the power.
 * @param by strata with powers of their own; v0 = 1 then, where the standard deviations of all strata are sigma, as in nlme
 * @throws CovarianceStructureError for a covariate that is zero, not finite, or constant in size
 */
export function powerVariance(
  { values: v, column: label, centre: given }: Covariate,
  by: Strata | null,
): VarianceFunction {
  const logs = v.map((x, i) => {
    if (Number.isFinite(x) && x !== 0) return Math.log(Math.abs(x));
    throw new CovarianceStructureError(
      `varpower needs a covariate that is finite and nowhere zero, and "${label}" is ${x} in row ${i + 1}: use varexp, or shift it`,
    );
  });
  const centre = by ? 0 : (given ?? covariateCentre('varpower', v));
  return exponentVariance('varpower', 'power', logs, centre, label, by, (par) => ({
    name: `sd at |${label}| = 1`,
    value: Math.exp(-par * centre),
  }));
}

/**
 * Standard deviation exponential in a covariate: s_i = exp(rate (v_i - v0)), v0 the mean of v: sigma is the standard deviation at v0.
 * Arguments and errors as in {@link powerVariance}; zeros are allowed; with strata v0 = 0.
 */
export function exponentialVariance(
  { values: v, column: label, centre: given }: Covariate,
  by: Strata | null,
): VarianceFunction {
  v.forEach((x, i) => {
    if (!Number.isFinite(x))
      throw new CovarianceStructureError(`varexp needs a finite covariate, and "${label}" is ${x} in row ${i + 1}`);
  });
  const centre = by ? 0 : (given ?? covariateCentre('varexp', v));
  return exponentVariance('varexp', 'rate', v, centre, label, by, (par) => ({
    name: `sd at ${label} = 0`,
    value: Math.exp(-par * centre),
  }));
}

/** l_i = par (x_i - centre), with a par of its own in each stratum. */
function exponentVariance(
  kind: string,
  parameter: string,
  x: Float64Array,
  centre: number,
  label: string,
  by: Strata | null,
  origin: (par: number) => { name: string; value: number },
): VarianceFunction {
  const strata = by && by.names.length > 1 ? by : null;
  const count = strata ? strata.names.length : 1;
  const own = (k: number, i: number) => !strata || strata.stratum[i] === k;
  const spread = Array.from({ length: count }, (_, k) => {
    let s = 0;
    let least = Infinity;
    let most = -Infinity;
    x.forEach((v, i) => {
      if (!own(k, i)) return;
      s = Math.max(s, Math.abs(v - centre));
      least = Math.min(least, v);
      most = Math.max(most, v);
    });
    if (most > least || (strata && most !== centre)) return s;
    throw new CovarianceStructureError(
      `the covariate "${label}" of ${kind} has one value only${strata ? ` in ${strata.names[k]}` : ''}: variances cannot depend on it`,
    );
  });
  const names = strata ? strata.names.map((name) => `${parameter} ${name}`) : [parameter];
  return {
    kind,
    parNames: names,
    searchScale: names.map(() => 'linear'),
    lower: names.map(() => -Infinity),
    upper: names.map(() => Infinity),
    start: names.map(() => 0),
    // One unit changes the most extreme standard deviation by a factor of e.
    stepScale: spread.map((s) => 1 / s),
    addLogSd(par, out) {
      for (let i = 0; i < x.length; i++) out[i] += par[strata ? strata.stratum[i] : 0] * (x[i] - centre);
    },
    addLogSdDerivative(_par, k, out) {
      for (let i = 0; i < x.length; i++) if (own(k, i)) out[i] += x[i] - centre;
    },
    natural: (par, alone) => [
      ...names.map((name, k): NaturalParameter => ({ name, value: par[k], sigmaPower: 0, interval: 'identity' })),
      ...(alone && !strata ? [{ ...origin(par[0]), sigmaPower: 1 } as const] : []),
    ],
  };
}
