import { ModelError } from '../errors.js';
import type { FittedModel } from '../fitted-model.js';
import { constraintOptions } from '../par-constraints.js';
import type { ExportedModel } from '../prediction/exported-model.js';
import { findOptimum, type Optimum } from '../optimum.js';
import { chiSquaredUpper } from './distributions/distributions.js';

/** Likelihood-ratio comparison of models of the same data, from the smallest to the largest, by columns. */
export interface ModelComparison {
  /** Criterion whose likelihoods are compared. */
  readonly criterion: 'ML' | 'REML';
  /** Whether REML fits were refitted by ML, because their fixed effects differ. */
  readonly refitted: boolean;
  /** Position of each row's model among the arguments. */
  readonly order: readonly number[];
  readonly formulas: readonly (string | null)[];
  readonly npar: readonly number[];
  readonly AIC: readonly number[];
  readonly BIC: readonly number[];
  readonly logLik: readonly number[];
  /** -2 log-likelihood (or the REML criterion). */
  readonly deviance: readonly number[];
  /** Fall of the deviance from the row before; NaN in the first row. */
  readonly chisq: readonly number[];
  readonly df: readonly number[];
  /** P(chi-squared > chisq); NaN where the number of parameters is the same. */
  readonly p: readonly number[];
  /** What a reader should know. */
  readonly remarks: readonly string[];
}

/**
 * Compares nested models of the same data by their likelihoods. REML likelihoods are comparable only where the fixed effects are the same
 * columns; otherwise the models are refitted by ML, and `refitted` says so.
 *
 * @param options.refit `false` keeps REML fits as they are; it is refused where their columns differ
 * @throws ModelError `bad-option` for fewer than two models, or models of different rows, responses, weights
 */
export function compareModels(
  models: readonly FittedModel[],
  options: { readonly refit?: boolean } = {},
): ModelComparison {
  if (models.length < 2) throw new ModelError('bad-option', 'a comparison needs at least two models');
  models.slice(1).forEach((model, i) => requireSameData(models[0], model, i + 2));
  const anyReml = models.some((m) => m.data.criterion === 'REML');
  const allReml = models.every((m) => m.data.criterion === 'REML');
  const sameX = models.every((m) => sameFixedEffects(models[0], m));
  const keep = allReml && sameX && options.refit !== true;
  if (anyReml && !keep && options.refit === false) {
    throw new ModelError(
      'bad-option',
      'REML likelihoods of different fixed effects are not comparable: leave refit out',
    );
  }
  const refitted = anyReml && !keep;
  const fits = models.map((model) => (refitted && model.data.criterion === 'REML' ? refitML(model) : model.optimum));
  return comparisonOf(
    models.map(({ data }, i) => ({
      formula: data.formula,
      nobs: data.nobs,
      npar: data.df,
      terms: data.terms.length,
      deviance: fits[i].value,
      certificate: fits[i].certificate,
    })),
    keep ? 'REML' : 'ML',
    refitted,
  );
}

/**
 * Compares saved models ({@link exportModel} with `summary`) by the likelihoods they were saved with. Without the rows nothing can be refitted, so REML
 * fits must have the same fixed effects.
 *
 * @throws ModelError `bad-option` for fewer than two models, models without summary, of different data, or whose likelihoods are not comparable
 */
export function compareSavedModels(models: readonly ExportedModel[]): ModelComparison {
  if (models.length < 2) throw new ModelError('bad-option', 'a comparison needs at least two models');
  const facts = models.map(({ summary, digest }, i) => {
    if (summary && digest) return { summary, digest };
    throw new ModelError('bad-option', `model ${i + 1} was saved without its summary: save it again with it`);
  });
  const [first] = facts;
  facts.forEach(({ summary, digest }, i) => {
    if (summary.nobs !== first.summary.nobs) {
      throw otherData(i + 1, `other rows (${summary.nobs} instead of ${first.summary.nobs})`);
    }
    if (digest.rows !== first.digest.rows) throw otherData(i + 1, 'another response, other weights or other rows');
    if (summary.criterion !== first.summary.criterion) {
      throw new ModelError(
        'bad-option',
        `model 1 is a fit by ${first.summary.criterion}, model ${i + 1} by ${summary.criterion}: save both by ML`,
      );
    }
    if (summary.criterion === 'REML' && digest.fixed !== first.digest.fixed) {
      throw new ModelError(
        'bad-option',
        `REML likelihoods of different fixed effects (models 1 and ${i + 1}) are not comparable: save fits by ML, or compare from the data`,
      );
    }
  });
  return comparisonOf(
    facts.map(({ summary }) => ({
      formula: summary.formula,
      nobs: summary.nobs,
      npar: summary.df,
      terms: summary.terms.length,
      deviance: summary.objective,
      certificate: summary.certificate,
    })),
    first.summary.criterion,
    false,
  );
}

/** What a comparison needs of one model. */
interface ComparedFit {
  readonly formula: string | null;
  readonly nobs: number;
  readonly npar: number;
  /** Number of random-effects terms. */
  readonly terms: number;
  readonly deviance: number;
  readonly certificate: { readonly converged: boolean; readonly message: string };
}

function comparisonOf(fits: readonly ComparedFit[], criterion: 'ML' | 'REML', refitted: boolean): ModelComparison {
  const order = fits.map((_, i) => i).sort((a, b) => fits[a].npar - fits[b].npar || a - b);
  const sorted = order.map((i) => fits[i]);
  const deviance = sorted.map((f) => f.deviance);
  const npar = sorted.map((f) => f.npar);
  const df = npar.map((v, i) => (i === 0 ? NaN : v - npar[i - 1]));
  const chisq = deviance.map((v, i) => (i === 0 ? NaN : Math.max(0, deviance[i - 1] - v)));
  const remarks: string[] = [];
  if (refitted) remarks.push('REML fits with different fixed effects were refitted by maximum likelihood');
  if (sorted.some((f) => f.terms !== sorted[0].terms))
    remarks.push('a variance of zero lies on the boundary: p values that test one are conservative (see ranova)');
  if (df.some((v) => v === 0)) remarks.push('models with the same number of parameters are not nested: compare AIC');
  order.forEach((i) => {
    if (!fits[i].certificate.converged) remarks.push(`model ${i + 1}: ${fits[i].certificate.message}`);
  });
  return {
    criterion,
    refitted,
    order,
    formulas: sorted.map((f) => f.formula),
    npar,
    AIC: deviance.map((v, i) => v + 2 * npar[i]),
    BIC: deviance.map((v, i) => v + Math.log(sorted[i].nobs) * npar[i]),
    logLik: deviance.map((v) => -v / 2),
    deviance,
    chisq,
    df,
    p: chisq.map((c, i) => (df[i] > 0 ? chiSquaredUpper(c, df[i]) : NaN)),
    remarks,
  };
}

const otherData = (position: number, what: string): ModelError =>
  new ModelError('bad-option', `models are compared on the same data, but model ${position} has ${what} than model 1`);

/** The same model by maximum likelihood. */
export function refitML(model: FittedModel): Optimum {
  return refitWith(model, {}, false);
}

/** The model's optimum on other matrices, with its options kept. */
export function refitWith(
  { optimum }: FittedModel,
  changes: Partial<Optimum['matrices']>,
  reml: boolean,
  fixedPar?: readonly (number | null)[],
): Optimum {
  return findOptimum(
    { ...optimum.matrices, ...changes },
    {
      reml,
      ...(fixedPar ? { fixedPar } : constraintOptions(optimum)),
      ...(optimum.objective.sigma === null ? {} : { sigma: optimum.objective.sigma }),
    },
  );
}

function requireSameData(first: FittedModel, model: FittedModel, position: number): void {
  const a = first.optimum.matrices;
  const b = model.optimum.matrices;
  const say = (what: string) => otherData(position, what);
  if (a.y.length !== b.y.length) {
    throw say(`other rows (${b.y.length} instead of ${a.y.length}; missing values may have taken some)`);
  }
  if (a.y.some((v, i) => v !== b.y[i])) throw say('another response');
  if ((a.weights === null) !== (b.weights === null) || a.weights?.some((v, i) => v !== b.weights![i]))
    throw say('other weights');
}

function sameFixedEffects(first: FittedModel, model: FittedModel): boolean {
  const a = first.optimum;
  const b = model.optimum;
  if (a.cp.p !== b.cp.p) return false;
  return a.cp.fixed.kept.every((k, j) => {
    const x = a.matrices.X.columns[k];
    const y = b.matrices.X.columns[b.cp.fixed.kept[j]];
    return x === y || x.every((v, i) => v === y[i]);
  });
}
