import { caseIds, readCase, readTable } from '@blup/golden';
import { fitModel, type FitModelOptions, type FittedModel } from '../src/index.js';

/** The part of a golden case that the tests read; the README of @blup/golden describes it. */
export interface GoldenCase {
  id: string;
  data: string;
  formula: string;
  reml: boolean;
  weights?: string;
  offset?: string;
  subset?: string;
  contrasts?: Record<string, string>;
  tags?: string[];
  residual?: object;
  // The shape differs by case and is compared field by field.
  // oxlint-disable-next-line typescript/no-explicit-any
  results: any;
}

/** Cases with independent residuals and no covariance structure but scalar, diagonal and unstructured. */
export const plainCaseIds = caseIds().filter(
  (id) => !/(ar1|-cs|homcs|-diag|homdiag|car1|varident|ovary|nile|kalman|gls|lme)/.test(id),
);

export const goldenCase = (id: string): GoldenCase => readCase<GoldenCase>(id);

/** The case's model, fitted as its file says. */
export function fitCase(spec: GoldenCase, options: FitModelOptions = {}): FittedModel {
  const { columns, categories, schema } = readTable(spec.data);
  const contrasts = Object.fromEntries(
    Object.entries(spec.contrasts ?? {}).map(([column, kind]) => [column, kind.replace(/^contr\./, '') as 'sum']),
  );
  return fitModel(spec.formula, columns, {
    reml: spec.reml,
    weights: spec.weights,
    offset: spec.offset,
    subset: spec.subset,
    contrasts,
    categories,
    ordered: schema.fields.filter((f) => f.categoriesOrdered).map((f) => f.name),
    ...options,
  });
}

/** Where each wanted name stands among those at hand. */
export const positions = (wanted: readonly string[], have: readonly string[]): number[] =>
  wanted.map((name) => have.indexOf(name));

/** Theta of a case in the order of the model at hand. */
export function thetaInModelOrder(model: FittedModel, names: readonly string[], theta: readonly number[]): number[] {
  const out = Array.from({ length: theta.length }, () => Number.NaN);
  positions(names, model.data.thetaNames).forEach((at, i) => (out[at] = theta[i]));
  return out;
}
