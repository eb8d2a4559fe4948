import { ModelError } from '../errors.js';
import type { FittedModel } from '../fitted-model.js';
import { refitML, refitWith } from './compare-models.js';
import { chiSquaredUpper } from './distributions/distributions.js';
import { cellColumnsOf } from './term-hypotheses.js';

/** The model without each of its droppable fixed-effects terms in turn, by columns; the first row is the model itself. */
export interface DropTable {
  /** `<none>`, then the terms. */
  readonly terms: readonly string[];
  /** Parameters that the term has. */
  readonly df: readonly number[];
  readonly AIC: readonly number[];
  readonly logLik: readonly number[];
  readonly chisq: readonly number[];
  readonly p: readonly number[];
}

/**
 * Likelihood-ratio tests of the fixed-effects terms that no other term contains (marginality), by ML whatever the fit's criterion.
 *
 * @throws ModelError `bad-option` for a model without a formula
 */
export function drop1(model: FittedModel): DropTable {
  const { frame, optimum, data } = model;
  if (!frame) throw new ModelError('bad-option', 'the model has no formula, so its columns belong to no terms');
  const { terms } = frame.design.fixed;
  const whole = data.criterion === 'ML' ? optimum : refitML(model);
  const droppable = terms.flatMap((term, t) => {
    const inside = terms.some(
      (other, s) =>
        s !== t &&
        other.variables.length > term.variables.length &&
        term.variables.every((v) => other.variables.includes(v)),
    );
    return inside ? [] : [t];
  });
  const rows = droppable.map((t) => {
    const X = withoutTerm(model, t);
    const fit = refitWith(model, { X }, false);
    const df = optimum.cp.p - fit.cp.p;
    const chisq = Math.max(0, fit.value - whole.value);
    return { term: terms[t].label, df, chisq, value: fit.value, p: df > 0 ? chiSquaredUpper(chisq, df) : NaN };
  });
  return {
    terms: ['<none>', ...rows.map((r) => r.term)],
    df: [NaN, ...rows.map((r) => r.df)],
    AIC: [whole.value + 2 * data.df, ...rows.map((r) => r.value + 2 * (data.df - r.df))],
    logLik: [-whole.value / 2, ...rows.map((r) => -r.value / 2)],
    chisq: [NaN, ...rows.map((r) => r.chisq)],
    p: [NaN, ...rows.map((r) => r.p)],
  };
}

/**
 * Columns of the model without a term. With an intercept the other terms keep their columns; without one the coding of a factor can hang on
 * the term that goes, and the columns of all cells are taken, of which the fit keeps a basis.
 */
function withoutTerm(model: FittedModel, t: number): FittedModel['optimum']['matrices']['X'] {
  const { fixed } = model.frame!;
  if (fixed.intercept) {
    const kept = fixed.assign.flatMap((term, k) => (term === t + 1 ? [] : [k]));
    const { X } = model.optimum.matrices;
    return { names: kept.map((k) => X.names[k]), columns: kept.map((k) => X.columns[k]) };
  }
  const { columns, terms } = cellColumnsOf(model);
  const kept = terms.flatMap((term, k) => (term === t + 1 ? [] : [k]));
  return { names: kept.map((k) => `cell ${k}`), columns: kept.map((k) => columns[k]) };
}
