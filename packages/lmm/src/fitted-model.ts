import { lambdaInto } from '@blup/covariance';
import type { ModelFrame, TableLike, UserFunctions } from '@blup/formula';
import { conditionalModes, conditionalVariances, termsByGroup } from './conditional-modes.js';
import { dot, inverseOfProduct, solveUpperInPlace } from './dense.js';
import { ModelError } from './errors.js';
import type { CrossProducts } from './cross-products.js';
import type { FittedModelData } from './fitted-model-data.js';
import type { Evaluation } from './optimizer/minimize.js';
import { parNamesOf, type Optimum } from './optimum.js';
import { residualLeverages } from './residual-leverages.js';
import { fittedValues, leverages } from './row-results.js';
import { coefficientTable } from './inference/coefficient-table.js';
import type { DdfMethod } from './inference/contrast-test.js';
import { summarize } from './summary.js';
import { naturalErrorsOf, naturalOf } from './natural-parameters.js';
import { varianceComponents } from './variance-components.js';

/** The criterion and its parts at one theta. */
export interface ObjectiveAt {
  readonly theta: readonly number[];
  /** Infinity where it does not exist. */
  readonly objective: number;
  /** d objective / d theta. */
  readonly gradient: readonly number[];
  readonly ldL2: number;
  readonly ldRX2: number;
  readonly pwrss: number;
  /** Fixed effects at this theta, by the columns that were kept. */
  readonly beta: readonly number[];
}

/** Where a model frame came from: what marginal means and hypotheses about cells need to read again. */
export interface ModelSource {
  readonly table: TableLike;
  readonly functions: UserFunctions | undefined;
}

/** What a model knows beyond its optimum. */
export interface FittedModelContext {
  readonly formula: string | null;
  /** 0-based rows of the input that took part; null when all did. */
  readonly rows: Int32Array | null;
  readonly warnings: readonly string[];
  /** The model frame, when the model came from a formula. */
  readonly frame: ModelFrame | null;
  /** The table that the frame was read from, and the user's functions in it. */
  readonly source?: ModelSource;
  /** Milliseconds from the call to the optimum. */
  readonly total: number;
}

/**
 * A fitted linear mixed model with its rows. Numbers that follow from the optimum alone stand in {@link FittedModel.data}, which is plain
 * data and what `JSON.stringify(model)` writes.
 */
export class FittedModel {
  readonly data: FittedModelData;
  readonly optimum: Optimum;
  /** 0-based rows of the input that took part; null when all did. */
  readonly rows: Int32Array | null;
  /** The model frame that the model was fitted to: which rows were left out and why, and the design; null for ready-made matrices. */
  readonly frame: ModelFrame | null;
  /** The table of the frame (a reference, not a copy); null for ready-made matrices. */
  readonly source: ModelSource | null;
  #u: Float64Array | null = null;
  #fitted: Float64Array | null = null;
  #residuals: Float64Array | null = null;

  constructor(optimum: Optimum, context: FittedModelContext) {
    this.optimum = optimum;
    this.rows = context.rows;
    this.frame = context.frame;
    this.source = context.source ?? null;
    this.returnToOptimum();
    const { matrices, cp } = optimum;
    // What costs time or memory in proportion to rows or levels is made when it is first asked for.
    this.data = lazily(describe(optimum, context, betaByColumns(optimum), this.factors()), {
      ranef: () =>
        nullObject(
          [...conditionalModes(cp, matrices.terms, this.factors(), this.modes())].filter(
            ([, { names }]) => names.length > 0,
          ),
        ),
      L: () => {
        this.returnToOptimum();
        const { placed, symbolic } = optimum.objective.pls;
        return { q: cp.q, nnzA: placed.pattern.rowIdx.length, nnz: symbolic.nnz, perm: [...symbolic.perm] };
      },
      scaledResiduals: () => quantilesOf(this.scaledResiduals()),
      naturalSe: () => naturalErrorsOf(optimum),
    });
  }

  /** offset + X beta + Z b, length nobs. */
  get fitted(): Float64Array {
    if (!this.#fitted) {
      const { matrices, cp } = this.optimum;
      const effects = effectsByTerm(cp, this.factors(), this.modes());
      this.#fitted = fittedValues(matrices, cp.fixed.kept, Float64Array.from(this.data.beta.values), effects);
    }
    return this.#fitted;
  }

  /** y - fitted, length nobs. */
  get residuals(): Float64Array {
    if (!this.#residuals) {
      const { fitted } = this;
      const { y } = this.optimum.matrices;
      this.#residuals = new Float64Array(y.length);
      for (let i = 0; i < y.length; i++) this.#residuals[i] = y[i] - fitted[i];
    }
    return this.#residuals;
  }

  /** sqrt(w) (y - fitted), divided by the relative standard deviation of the residual where a residual structure has one; length nobs. */
  pearsonResiduals(): Float64Array {
    const { matrices, composite, par } = this.optimum;
    const { weights, terms } = matrices;
    const out = weights ? this.residuals.map((r, i) => r * Math.sqrt(weights[i])) : this.residuals.slice();
    const residual = terms.at(-1)?.structure.residual;
    if (!residual) return out;
    const sd = new Float64Array(out.length);
    residual.relativeSdInto(par.slice(composite.parOffset[terms.length - 1]), sd);
    return out.map((r, i) => r / sd[i]);
  }

  /** Pearson residuals divided by sigma. */
  scaledResiduals(): Float64Array {
    const { sigma } = this.data;
    return this.pearsonResiduals().map((r) => r / sigma);
  }

  /** Every evaluation of the search, in order. */
  get evaluations(): readonly Evaluation[] {
    return this.optimum.evaluations;
  }

  /** Diagonal of the hat matrix at the estimated theta, length nobs; its sum is the effective number of degrees of freedom. */
  leverages(): Float64Array {
    this.returnToOptimum();
    const { matrices, objective } = this.optimum;
    return (objective.pls.cp.residual ? residualLeverages : leverages)(matrices, objective.pls);
  }

  /**
   * Conditional variances of the effects of each level of a grouping factor, given beta and theta: one k by k matrix for each level.
   * @throws ModelError for a group that the model does not have
   */
  conditionalVariances(group: string): number[][][] {
    const { matrices, objective } = this.optimum;
    if (!termsByGroup(matrices.terms).has(group)) {
      const known = [...termsByGroup(matrices.terms).keys()].join(', ') || 'none';
      throw new ModelError('bad-option', `the model has no grouping factor ${group}; it has: ${known}`);
    }
    this.returnToOptimum();
    return conditionalVariances(objective.pls, matrices.terms, this.factors(), this.data.sigma, group);
  }

  /**
   * The criterion, its gradient and its parts at any theta.
   * @throws ModelError when theta has the wrong length or is not finite
   */
  objectiveAt(theta: ArrayLike<number>): ObjectiveAt {
    const { objective, composite } = this.optimum;
    const at = Float64Array.from(theta);
    if (at.length !== composite.thetaLength || !at.every(Number.isFinite)) {
      throw new ModelError('bad-option', `theta needs ${composite.thetaLength} finite numbers; it has ${at.length}`);
    }
    const value = objective.evaluate(at);
    const gradient = new Float64Array(at.length);
    if (Number.isFinite(value)) objective.gradientInto(gradient);
    const { pls } = objective;
    return {
      theta: [...at],
      objective: value,
      gradient: [...gradient],
      ldL2: pls.ldL2,
      ldRX2: objective.ldRX2(),
      pwrss: pls.pwrss,
      beta: [...betaByColumns(this.optimum)],
    };
  }

  /**
   * A table of the fit for people, in the manner of lme4's summary; with `ddf` the fixed effects have degrees of freedom and p values, in the
   * manner of lmerTest's.
   *
   * @throws ModelError `bad-option` for a method that does not apply (Kenward-Roger to an ML fit)
   */
  summary(options: { readonly ddf?: DdfMethod } = {}): string {
    return summarize(this.data, options.ddf === undefined ? undefined : coefficientTable(this, { ddf: options.ddf }));
  }

  toString(): string {
    return this.summary();
  }

  toJSON(): FittedModelData {
    return this.data;
  }

  /** lambda of each term, nc by nc, column-major. */
  private factors(): Float64Array[] {
    const { composite, theta } = this.optimum;
    return composite.parts.map((part, t) => {
      const lambda = new Float64Array(part.nc * part.nc);
      lambdaInto(part, theta.subarray(composite.thetaOffset[t], composite.thetaOffset[t + 1]), lambda);
      return lambda;
    });
  }

  /** u at the optimum, length q. */
  private modes(): Float64Array {
    if (!this.#u) {
      this.returnToOptimum();
      this.#u = this.optimum.objective.pls.u.slice();
    }
    return this.#u;
  }

  private returnToOptimum(): void {
    this.optimum.objective.evaluate(this.optimum.theta);
  }
}

/** beta by the kept columns of X: R^-1 (c + beta in the basis). */
function betaByColumns({ objective, cp }: Optimum): Float64Array {
  const beta = objective.pls.beta.slice();
  for (let k = 0; k < cp.p; k++) beta[k] += cp.fixed.c[k];
  solveUpperInPlace(cp.fixed.R, cp.p, beta);
  return beta;
}

/** Covariance of beta by the kept columns: sigma^2 (U'U)^-1 with U = RX R, the factor in the columns as given. Rows of p numbers. */
function covarianceOfBeta({ objective, cp }: Optimum): number[][] {
  const { p } = cp;
  const { R } = cp.fixed;
  const { RXt } = objective.pls;
  const Ut = new Float64Array(p * p);
  for (let j = 0; j < p; j++) for (let i = j; i < p; i++) Ut[j * p + i] = dot(R, i * p + j, RXt, j * p + j, i - j + 1);
  const M = inverseOfProduct(Ut, p);
  const s2 = objective.scale();
  return Array.from({ length: p }, (_, i) => Array.from({ length: p }, (_, j) => s2 * M[j * p + i]));
}

/** b = Lambda u of every term, nl by nc, level by level. */
function effectsByTerm(cp: CrossProducts, lambdas: readonly Float64Array[], u: Float64Array): Float64Array[] {
  return cp.terms.map(({ nc, nl, start }, t) => {
    const out = new Float64Array(nl * nc);
    for (let l = 0; l < nl; l++) {
      for (let r = 0; r < nc; r++) {
        let s = 0;
        for (let c = 0; c <= r; c++) s += lambdas[t][c * nc + r] * u[start + l * nc + c];
        out[l * nc + r] = s;
      }
    }
    return out;
  });
}

/** Minimum, quartiles (linear interpolation between order statistics) and maximum. */
function quantilesOf(x: Float64Array): number[] {
  const sorted = x.slice().sort();
  const last = sorted.length - 1;
  return [0, 0.25, 0.5, 0.75, 1].map((share) => {
    const at = share * last;
    const below = Math.floor(at);
    const above = Math.min(below + 1, last);
    return sorted[below] + (at - below) * (sorted[above] - sorted[below]);
  });
}

function describe(
  optimum: Optimum,
  context: FittedModelContext,
  beta: Float64Array,
  factors: readonly Float64Array[],
): Omit<FittedModelData, 'ranef' | 'L' | 'scaledResiduals'> {
  const { matrices: m, cp, composite, objective, par, theta, value, certificate, fixedPar } = optimum;
  const { pls, reml } = objective;
  const { n, p } = cp;
  const sigma = Math.sqrt(objective.scale());
  const vcov = covarianceOfBeta(optimum);
  const df = p + fixedPar.filter((f) => !f).length + (objective.sigma === null ? 1 : 0);
  // A residual structure stands last among the terms, without columns; what is told by term leaves it out.
  const terms = m.terms.filter((t) => t.names.length > 0);
  const groups = termsByGroup(terms);
  return {
    schemaVersion: 1,
    formula: context.formula,
    responseName: m.responseName,
    criterion: reml ? 'REML' : 'ML',
    nobs: n,
    df,
    objective: value,
    logLik: -value / 2,
    AIC: value + 2 * df,
    BIC: value + df * Math.log(n),
    sigma,
    sigmaFixed: objective.sigma !== null,
    theta: [...theta],
    thetaNames: composite.parts.flatMap((part, t) =>
      part.thetaNames(m.terms[t].names).map((name) => `${m.terms[t].group}.${name}`),
    ),
    par: [...par],
    parNames: parNamesOf(m, composite),
    fixedPar,
    beta: { names: [...cp.fixed.kept].map((k) => m.X.names[k]), values: [...beta] },
    se: vcov.map((row, i) => Math.sqrt(row[i])),
    vcov,
    droppedColumns: [...cp.fixed.dropped].map((k) => m.X.names[k]),
    terms: terms.map((t) => ({ group: t.group, names: t.names, structure: t.structure.kind, nl: t.levels.length })),
    residual: m.terms.find((t) => t.structure.residual)?.structure.kind ?? null,
    natural: naturalOf(optimum, sigma),
    varcorr: terms.map((t, k) => varianceComponents(t.group, t.names, factors[k], sigma)),
    ngroups: nullObject([...groups].map(([g, members]) => [g, terms[members[0]].levels.length])),
    certificate,
    // The two parts of pwrss need the conditional modes, which may be many.
    devcomp: Object.assign(lazily({}, { wrss: () => atOptimum(optimum).wrss, ussq: () => atOptimum(optimum).ussq }), {
      pwrss: pls.pwrss,
      sigmaML: Math.sqrt(pls.pwrss / n),
      sigmaREML: Math.sqrt(pls.pwrss / (n - p)),
      ldL2: pls.ldL2,
      ldRX2: objective.ldRX2(),
    }),
    warnings: [...context.warnings, ...optimum.warnings],
    timings: { ...optimum.timings, total: context.total },
  };
}

/** The solution at the optimum, whatever was evaluated since. */
function atOptimum({ objective, theta }: Optimum): Optimum['objective']['pls'] {
  objective.evaluate(theta);
  return objective.pls;
}

/** An object without a prototype, so that any text may be a key; `__proto__` becomes a key like the others. */
function nullObject<T>(entries: readonly (readonly [string, T])[]): Record<string, T> {
  const out = Object.create(null) as Record<string, T>;
  for (const [key, value] of entries) out[key] = value;
  return out;
}

/**
 * The object with further entries that are computed once, when they are first read. The accessors of a name are shared by all such objects: one of its
 * own would give every object a hidden class of its own, which keeps the object alive until the next full garbage collection.
 */
function lazily<T extends object, U extends object>(base: T, entries: { [K in keyof U]: () => U[K] }): T & U {
  Object.defineProperty(base, RECIPES, { value: new Map(Object.entries(entries)) });
  for (const key of Object.keys(entries)) {
    let get = readers.get(key);
    if (!get) readers.set(key, (get = readerOf(key)));
    Object.defineProperty(base, key, { enumerable: true, get });
  }
  return base as T & U;
}

/** Recipes of the entries by name, each replaced by its value's once it was read. */
const RECIPES = Symbol('recipes');
const readers = new Map<string, () => unknown>();

function readerOf(key: string): () => unknown {
  return function (this: { [RECIPES]: Map<string, () => unknown> }): unknown {
    const value = this[RECIPES].get(key)!();
    this[RECIPES].set(key, () => value);
    return value;
  };
}
