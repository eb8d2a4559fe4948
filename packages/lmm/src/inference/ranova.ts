import { diagonal, scalar, unstructured, type CovarianceStructure } from '@blup/covariance';
import type { FittedModel } from '../fitted-model.js';
import { labelOf } from '../identifiability.js';
import { takeColumns, type RandomEffectsTerm } from '../model-matrices.js';
import { heldPar, requireUntied } from '../par-constraints.js';
import { refitWith } from './compare-models.js';
import { chiSquaredUpper } from './distributions/distributions.js';

/**
 * How a p value was found. `mixture`: the exact asymptotic mixture of chi-squared distributions for one variance on its boundary.
 * `bound`: several variances at once, the upper bound of all mixtures that can occur. `plain`: chi-squared, conservative.
 */
export type BoundaryMethod = 'mixture' | 'bound' | 'plain';

/** Likelihood-ratio tests of the random-effects terms, by columns; the first row is the model itself. */
export interface RandomEffectsTable {
  /** `<none>`, then what was left out: `(1 | g)`, or `x in (1 + x | g)`. */
  readonly terms: readonly string[];
  readonly npar: readonly number[];
  readonly logLik: readonly number[];
  readonly AIC: readonly number[];
  /** Likelihood-ratio statistic, by the model's own criterion. */
  readonly LRT: readonly number[];
  readonly df: readonly number[];
  /** P value that knows the boundary. */
  readonly p: readonly number[];
  readonly method: readonly BoundaryMethod[];
  /** P value of plain chi-squared with df degrees of freedom, as most programs print it: too large. */
  readonly pPlain: readonly number[];
}

/** A smaller set of random-effects terms. */
interface Reduction {
  readonly label: string;
  readonly terms: readonly RandomEffectsTerm[];
  /** Variances that are zero in the smaller model. */
  readonly variances: number;
  readonly method: BoundaryMethod;
  readonly held: readonly (number | null)[];
}

/**
 * Tests each random-effects term: a scalar term is left out; of an unstructured or diagonal term each column (the columns of a factor
 * together) is taken away. The smaller model puts variances on their boundary, so the statistic follows a mixture of chi-squared
 * distributions: half df - 1 and half df for one variance (Self and Liang 1987; Stram and Lee 1994); for several the mixture of Kodde and
 * Palm (1986) with the largest tail.
 */
export function ranova(model: FittedModel): RandomEffectsTable {
  const { optimum, data } = model;
  const reml = data.criterion === 'REML';
  const rows = reductions(model).map((r) => {
    const fit = refitWith(model, { terms: r.terms }, reml, r.held);
    const free = (held: readonly unknown[]) => held.filter((v) => v === null).length;
    const df = optimum.fixedPar.filter((f) => !f).length - free(r.held);
    return { ...r, value: fit.value, df, LRT: Math.max(0, fit.value - optimum.value) };
  });
  return {
    terms: ['<none>', ...rows.map((r) => r.label)],
    npar: [data.df, ...rows.map((r) => data.df - r.df)],
    logLik: [data.logLik, ...rows.map((r) => -r.value / 2)],
    AIC: [data.AIC, ...rows.map((r) => r.value + 2 * (data.df - r.df))],
    LRT: [NaN, ...rows.map((r) => r.LRT)],
    df: [NaN, ...rows.map((r) => r.df)],
    p: [NaN, ...rows.map((r) => boundaryP(r.LRT, r.df, r.method))],
    method: ['plain', ...rows.map((r) => r.method)],
    pPlain: [NaN, ...rows.map((r) => chiSquaredUpper(r.LRT, r.df))],
  };
}

/** P value of a likelihood-ratio statistic with variances on their boundary. */
export function boundaryP(LRT: number, df: number, method: BoundaryMethod): number {
  const plain = chiSquaredUpper(LRT, df);
  return method === 'plain' ? plain : (chiSquaredUpper(LRT, df - 1) + plain) / 2;
}

function reductions(model: FittedModel): Reduction[] {
  const { matrices } = model.optimum;
  requireUntied(model.optimum, 'tests of random-effects terms one by one');
  const heldOf = (t: number) => heldPar(model.optimum, t);
  return matrices.terms.flatMap((term, t) => {
    const before = matrices.terms.slice(0, t);
    const after = matrices.terms.slice(t + 1);
    const heldBefore = before.flatMap((_, s) => heldOf(s));
    const heldAfter = after.flatMap((_, s) => heldOf(t + 1 + s));
    const own = heldOf(t);
    if (term.structure.residual || own.every((v) => v !== null)) return [];
    const whole = labelOf(term);
    const groups = columnGroups(model, t);
    const { structure } = term;
    const smaller = shrinker(structure, own);
    if (!smaller || groups.length < 2) {
      const single = own.length === 1;
      return [
        {
          label: whole,
          terms: [...before, ...after],
          variances: structure.nc,
          method: single ? 'mixture' : structure.anyColumns || smaller ? 'bound' : 'plain',
          held: [...heldBefore, ...heldAfter],
        },
      ];
    }
    return groups
      .filter((group) => group.removable)
      .map(({ name, columns }): Reduction => {
        const kept = term.columns.flatMap((_, c) => (columns.includes(c) ? [] : [c]));
        const less = smaller(kept);
        const reduced: RandomEffectsTerm = {
          ...takeColumns(term, kept),
          structure: less,
        };
        const free = Array.from({ length: less.parLength }, () => null);
        return {
          label: `${name} in ${whole}`,
          terms: [...before, reduced, ...after],
          variances: columns.length,
          method: columns.length === 1 ? 'mixture' : 'bound',
          held: [...heldBefore, ...free, ...heldAfter],
        };
      });
  });
}

/** The structure on fewer columns, for structures that have one. */
function shrinker(
  structure: CovarianceStructure,
  held: readonly (number | null)[],
): ((kept: readonly number[]) => CovarianceStructure) | null {
  if (held.some((v) => v !== null)) return null;
  if (structure.anyColumns) return (kept) => (kept.length === 1 ? scalar() : unstructured(kept.length));
  if (structure.kind === 'diag' && structure.parLength === structure.nc) {
    return (kept) => (kept.length === 1 ? scalar() : diagonal(kept.length));
  }
  return null;
}

/** Columns of a term that belong together; one is removable unless another term of the formula inside contains it. */
function columnGroups(model: FittedModel, t: number): { name: string; columns: number[]; removable: boolean }[] {
  const term = model.optimum.matrices.terms[t];
  const frameTerm = model.frame?.random[t];
  const matrix = frameTerm && model.frame!.design.random[frameTerm.term]?.matrix;
  const single = term.names.map((name, c) => ({ name, columns: [c], removable: name !== '(Intercept)' }));
  if (!matrix?.columns || matrix.columns.length !== term.names.length) return single;
  const inner = matrix.terms.map(({ label, variables }, k) => ({
    name: label,
    columns: matrix.columns!.flatMap((column, c) => (column.term === k + 1 ? [c] : [])),
    removable: !matrix.terms.some(
      (other, s) =>
        s !== k && other.variables.length > variables.length && variables.every((v) => other.variables.includes(v)),
    ),
  }));
  const intercept = matrix.columns.flatMap((column, c) => (column.term === 0 ? [c] : []));
  return intercept.length ? [{ name: '1', columns: intercept, removable: false }, ...inner] : inner;
}
