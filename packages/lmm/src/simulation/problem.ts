import {
  residualCovariance,
  residualStructure,
  structureFor,
  type ResidualSpec,
  type StructureFactory,
} from '@blup/covariance';
import { ModelError } from '../errors.js';
import type { FittedModel } from '../fitted-model.js';
import type { ModelMatrices } from '../model-matrices.js';
import { randomTerms } from '../prediction/residual-structure.js';
import type { Criterion } from '../profiled-objective.js';

/** A model at given parameters: what data are simulated from, and what they are fitted by. */
export interface SimulationProblem {
  readonly matrices: ModelMatrices;
  readonly criterion: Criterion;
  readonly par: Float64Array;
  readonly fixedPar: readonly boolean[];
  /** For each par the one that it equals, itself where it is not tied. */
  readonly source: Int32Array;
  /** Coefficients of the columns `kept`. */
  readonly beta: Float64Array;
  readonly kept: readonly number[];
  readonly sigma: number;
  /** Conditional modes by term, nl times nc numbers each, for simulation with the random effects kept. */
  readonly modes: readonly Float64Array[];
}

/** The same as plain data that a worker can be sent: covariance structures by name, the residual structure by what it was made from. */
export interface PlainProblem extends Omit<SimulationProblem, 'matrices'> {
  readonly matrices: Omit<ModelMatrices, 'terms'> & {
    readonly terms: readonly (Omit<ModelMatrices['terms'][number], 'structure'> & {
      readonly structure: StructureName | { readonly residual: ResidualSpec };
    })[];
  };
}

interface StructureName {
  readonly name: string;
  readonly args: Readonly<Record<string, number | string | boolean>>;
}

/** The problem of a fitted model at its estimates. */
export function problemOf(model: FittedModel): SimulationProblem {
  const { matrices, cp, objective, par, fixedPar, source } = model.optimum;
  return {
    matrices,
    criterion: { reml: objective.reml, sigma: objective.sigma },
    par,
    fixedPar,
    source,
    beta: Float64Array.from(model.data.beta.values),
    kept: [...cp.fixed.kept],
    sigma: model.data.sigma,
    modes: modesByTerm(model),
  };
}

function modesByTerm({ data, optimum }: FittedModel): Float64Array[] {
  const used = new Map<string, number>();
  return randomTerms(optimum.matrices).map(({ group, names }) => {
    const from = used.get(group) ?? 0;
    used.set(group, from + names.length);
    return Float64Array.from(data.ranef[group].values.flatMap((row) => row.slice(from, from + names.length)));
  });
}

/**
 * @throws ModelError `bad-option` for a structure that a worker cannot make from its name
 */
export function plainProblem(model: FittedModel): PlainProblem {
  const problem = problemOf(model);
  const { matrices } = problem;
  return {
    ...problem,
    matrices: {
      ...matrices,
      terms: matrices.terms.map((term, t) => {
        const { residual } = term.structure;
        if (residual) return { ...term, columns: [], structure: { residual: residual.spec } };
        const asked = model.frame?.random[t]?.structure;
        const structure = asked ?? { name: term.structure.kind === 'scalar' ? 'us' : term.structure.kind, args: {} };
        if (term.structure.levels) throw unsendable(structure.name);
        requireByName(structure, term.structure.nc, term.structure.parLength);
        return {
          ...term,
          columns: [...term.columns],
          structure: { name: structure.name, args: { ...structure.args } },
        };
      }),
    },
  };
}

function requireByName(structure: StructureName, nc: number, parLength: number): void {
  let made = null;
  try {
    made = structureFor({ ...structure, nc });
  } catch {
    // What is wrong with it is said below.
  }
  if (made?.parLength === parLength) return;
  throw unsendable(structure.name);
}

const unsendable = (name: string): ModelError =>
  new ModelError(
    'bad-option',
    `a worker cannot make the covariance structure "${name}" of this model from its name: run without workers`,
  );

/** The problem that was sent. */
export function problemFromPlain(plain: PlainProblem, own?: ReadonlyMap<string, StructureFactory>): SimulationProblem {
  return {
    ...plain,
    matrices: {
      ...plain.matrices,
      terms: plain.matrices.terms.map((term) => ({
        ...term,
        structure:
          'residual' in term.structure
            ? residualCovariance(residualStructure(term.structure.residual))
            : structureFor({ ...term.structure, nc: term.names.length }, own),
      })),
    },
  };
}
