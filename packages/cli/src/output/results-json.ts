import type { FittedModel, Intervals } from '@blup/lmm';
import type { SmallSampleTests } from '../small-sample-tests.js';

/** The 97.5 % point of the standard normal distribution. */
const NORMAL_975 = 1.959963984540054;

/** What the command knows beside the model. */
export interface ResultsContext {
  readonly at: readonly Float64Array[];
  readonly tests: SmallSampleTests;
  /** Intervals of all parameters, where they were asked for. */
  readonly intervals: Intervals | undefined;
  /** Rows of the file left out because a value is missing, counted from 1. */
  readonly omittedRows: readonly number[];
  /** Milliseconds spent reading the file. */
  readonly read: number;
}

/** All numbers of a fit under the names that the README documents. */
export function resultsJson(model: FittedModel, { at, tests, intervals, omittedRows, read }: ResultsContext): object {
  const { data } = model;
  const { certificate, devcomp, L } = data;
  const hatvalues = model.leverages();
  return {
    formula: data.formula,
    reml: data.criterion === 'REML',
    nobs: data.nobs,
    df: data.df,
    objective: data.objective,
    logLik: data.logLik,
    AIC: data.AIC,
    BIC: data.BIC,
    sigma: data.sigma,
    converged: certificate.converged,
    singular: certificate.singular,
    message: certificate.message,
    beta: data.beta,
    se: data.se,
    vcov: data.vcov,
    confintWald: confintWald(data.beta, data.se),
    confint: intervals,
    satterthwaite: tests.satterthwaite,
    kenwardRoger: tests.kenwardRoger,
    droppedColumns: data.droppedColumns,
    theta: data.theta,
    thetaNames: data.thetaNames,
    par: { names: data.parNames, values: data.par },
    natural: data.natural,
    residual: data.residual,
    varcorr: varcorr(data.varcorr),
    ngroups: data.ngroups,
    ranef: data.ranef,
    condVar: byGroup(Object.keys(data.ranef), (group) => model.conditionalVariances(group)),
    fitted: model.fitted,
    residuals: model.residuals,
    hatvaluesSum: hatvalues.reduce((sum, h) => sum + h, 0),
    hatvalues,
    omittedRows,
    devcomp: {
      wrss: devcomp.wrss,
      ussq: devcomp.ussq,
      pwrss: devcomp.pwrss,
      sigmaML: devcomp.sigmaML,
      sigmaREML: devcomp.sigmaREML,
    },
    L: { q: L.q, nnzA: L.nnzA, nnz: L.nnz, logdetL2: devcomp.ldL2, logdetRX2: devcomp.ldRX2, perm: L.perm },
    objectiveAt: at.length === 0 ? undefined : at.map((theta) => objectiveAt(model, theta)),
    timings: { read, ...data.timings },
  };
}

/** One entry for each term; further terms on the same factor are called `Subject.1` and so on, as lme4 calls them. */
function varcorr(components: FittedModel['data']['varcorr']) {
  const taken = new Set(components.map(({ group }) => group));
  const seen = new Set<string>();
  return components.map(({ group, names, sd, corr }) => {
    let unique = group;
    for (let k = 1; seen.has(unique) || (unique !== group && taken.has(unique)); k++) unique = `${group}.${k}`;
    seen.add(unique);
    return { group: unique, names, sd, corr: corr ?? [[1]] };
  });
}

function confintWald(beta: FittedModel['data']['beta'], se: readonly number[]) {
  const { names, values } = beta;
  return {
    names,
    lower: values.map((value, i) => value - NORMAL_975 * se[i]!),
    upper: values.map((value, i) => value + NORMAL_975 * se[i]!),
  };
}

function objectiveAt(model: FittedModel, at: Float64Array) {
  const { theta, objective, gradient, ldL2, ldRX2, pwrss, beta } = model.objectiveAt(at);
  return { theta, objective, gradient, logdetL2: ldL2, logdetRX2: ldRX2, pwrss, beta };
}

/** An object without a prototype: a grouping factor may be called __proto__. */
function byGroup<T>(groups: readonly string[], value: (group: string) => T): Record<string, T> {
  const result = Object.create(null) as Record<string, T>;
  for (const group of groups) result[group] = value(group);
  return result;
}
