import type { FittedModel } from '@blup/lmm';

/** What a model is at any variance parameters, without moving the estimate. */
export interface AtPar {
  readonly objective: number;
  /** Residual standard deviation. */
  readonly sigma: number;
  /** Fixed effects, in the order of the estimates. */
  readonly beta: readonly number[];
  /** Standard deviations of the columns of each term. */
  readonly sds: readonly (readonly number[])[];
  /** Random effects of the term asked for: one array for each column, by level. */
  readonly effects: readonly Float64Array[];
}

/** The solution of the penalised least-squares problem at `par`; `term` says whose random effects are wanted. */
export function atPar(model: FittedModel, par: readonly number[], term: number): AtPar {
  const { composite, objective, cp } = model.optimum;
  const theta = new Float64Array(composite.thetaLength);
  composite.thetaInto(Float64Array.from(par), theta);
  const at = model.objectiveAt(theta);
  const sigma = Math.sqrt(objective.scale());
  const lambdas = factorsOf(model, theta);
  return {
    objective: at.objective,
    sigma,
    beta: at.beta,
    sds: lambdas.map((lambda, t) => rowLengths(lambda, cp.terms[t].nc).map((v) => v * sigma)),
    effects: cp.terms.length > term ? effectsOf(model, lambdas[term], term) : [],
  };
}

/** lambda of each term at theta, column-major. */
function factorsOf({ optimum: { composite } }: FittedModel, theta: Float64Array): Float64Array[] {
  return composite.parts.map((part, t) =>
    Float64Array.from(part.thetaIndex, (k) => (k < 0 ? 0 : theta[composite.thetaOffset[t] + k])),
  );
}

function rowLengths(lambda: Float64Array, nc: number): number[] {
  return Array.from({ length: nc }, (_, r) => {
    let s = 0;
    for (let c = 0; c <= r; c++) s += lambda[c * nc + r] ** 2;
    return Math.sqrt(s);
  });
}

/** b = lambda u of every level at the last evaluation. */
function effectsOf({ optimum: { cp, objective } }: FittedModel, lambda: Float64Array, t: number): Float64Array[] {
  const { nc, nl, start } = cp.terms[t];
  const { u } = objective.pls;
  return Array.from({ length: nc }, (_, r) =>
    Float64Array.from({ length: nl }, (_, l) => {
      let s = 0;
      for (let c = 0; c <= r; c++) s += lambda[c * nc + r] * u[start + l * nc + c];
      return s;
    }),
  );
}
