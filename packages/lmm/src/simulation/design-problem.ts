import { composite } from '@blup/covariance';
import { buildModelFrame, parseFormula, type ModelFrameOptions, type TableLike } from '@blup/formula';
import { findBases } from '../accumulate.js';
import { ModelError } from '../errors.js';
import { matricesOf } from '../fit.js';
import { checkMatrices } from '../model-matrices.js';
import { untied } from '../par-constraints.js';
import type { SimulationProblem } from './problem.js';

/** What is believed of a study that has not been run. */
export interface DesignParameters {
  /** A coefficient for every column of X that can have one, by its name: `(Intercept)`, `Days`, ... */
  readonly beta: Readonly<Record<string, number>> | ReadonlyMap<string, number>;
  /** Variance parameters as `parNames` of a fitted model orders them: relative standard deviations, for plain terms. */
  readonly par: ArrayLike<number>;
  readonly sigma: number;
  /** How simulated data are to be fitted; default REML. */
  readonly reml?: boolean;
}

/**
 * A model at given parameters for a table without a response: what {@link simulate}, {@link refitter} and {@link powerBySimulation} take.
 * The left side of the formula only gives the response its name, if there is one.
 *
 * @throws ModelError `bad-option` for a coefficient that is missing or too many, or a wrong number of variance parameters; FormulaError
 */
export function designProblem(
  formula: string,
  table: TableLike,
  parameters: DesignParameters,
  options: ModelFrameOptions = {},
): SimulationProblem {
  const parsed = parseFormula(formula);
  const frame = buildModelFrame({ ...parsed, response: null }, table, options);
  const response = { name: 'response', values: new Float64Array(frame.nobs) };
  const { matrices } = checkMatrices(matricesOf({ ...frame, response }));
  const structure = composite(matrices.terms.map((t) => t.structure));
  const { par, sigma, reml } = parameters;
  if (!(sigma > 0)) throw new ModelError('bad-option', `sigma must be positive, not ${sigma}`);
  if (par.length !== structure.parLength || !Array.from(par).every(Number.isFinite)) {
    const names = structure.parts.flatMap((part, t) =>
      part.parNames(matrices.terms[t].names).map((name) => `${matrices.terms[t].group}.${name}`),
    );
    throw new ModelError(
      'bad-option',
      `par needs ${structure.parLength} finite numbers: ${names.join(', ') || 'none'}`,
    );
  }
  const kept = [...findBases(matrices).fixed.kept];
  return {
    matrices,
    criterion: { reml: reml ?? true, sigma: null },
    par: Float64Array.from(par),
    fixedPar: Array.from(par, () => false),
    source: untied(par.length),
    beta: coefficients(
      kept.map((k) => matrices.X.names[k]),
      parameters.beta,
    ),
    kept,
    sigma,
    modes: matrices.terms.map((t) => new Float64Array(t.levels.length * t.names.length)),
  };
}

function coefficients(names: readonly string[], beta: DesignParameters['beta']): Float64Array {
  const given = beta instanceof Map ? beta : new Map(Object.entries(beta));
  const wrong = [...names.filter((name) => !given.has(name)), ...[...given.keys()].filter((n) => !names.includes(n))];
  if (wrong.length > 0) {
    throw new ModelError('bad-option', `beta needs exactly: ${names.join(', ') || 'nothing'}; see ${wrong.join(', ')}`);
  }
  return Float64Array.from(names, (name) => given.get(name)!);
}
