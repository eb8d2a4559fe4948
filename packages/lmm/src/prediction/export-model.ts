import type { Design } from '@blup/formula';
import { termsByGroup } from '../conditional-modes.js';
import type { CodedRows } from '@blup/covariance';
import { ModelError } from '../errors.js';
import { FittedModel } from '../fitted-model.js';
import { dataDigest } from '../inference/data-digest.js';
import type { ExportedModel } from './exported-model.js';
import { varianceUncertainty } from './variance-uncertainty.js';
import { predictionModel, type PredictionModel } from './prediction-model.js';

import type { PredictionResidual } from './new-residuals.js';

export interface ExportOptions {
  /**
   * Also write what standard errors at known levels need: the penalised system, about as large as the lower triangle of Z'Z plus q by p
   * numbers. Standard errors without random effects and of new levels need nothing more.
   */
  readonly standardErrors?: boolean;
  /**
   * How certain the variances are, from which intervals get degrees of freedom; default true. It costs what Satterthwaite's degrees of freedom
   * cost, and p (p + 1) / 2 numbers for each variance parameter.
   */
  readonly uncertainty?: boolean;
  /** Also write the summary of the fit (`model.data`). */
  readonly summary?: boolean;
}

/**
 * The model as plain data for `JSON.stringify`: a few kilobytes, and the levels with their conditional modes. {@link readModel} reads it
 * back. Functions of the user's are named but not written: pass them again when predicting.
 *
 * @throws ModelError `bad-option` for standard errors of a model with scored groups
 */
export function exportModel(model: FittedModel | PredictionModel, options: ExportOptions = {}): ExportedModel {
  const source = model instanceof FittedModel ? predictionModel(model) : model;
  const { fixed, system } = source;
  if (source.scored && options.standardErrors) {
    throw new ModelError(
      'bad-option',
      'standard errors of scored groups cannot be exported: export without standardErrors',
    );
  }
  const fitted = model instanceof FittedModel && options.uncertainty !== false ? varianceUncertainty(model) : null;
  const uncertainty = fitted ?? source.uncertainty;
  const groups = [...termsByGroup(source.terms)];
  const groupOf = new Map(groups.map(([name], g) => [name, g]));
  return {
    format: 'blup-model',
    schemaVersion: 1,
    responseName: source.responseName,
    design: source.design && withoutGroupLevels(source.design),
    sigma: source.sigma,
    ...(source.residual && { residual: exportResidual(source.residual) }),
    fixed: {
      names: fixed.names,
      kept: fixed.kept,
      beta: [...fixed.beta],
      RX: [...fixed.RX],
      aliased: fixed.aliased.map(({ column, weights }) => ({ column, weights: [...weights] })),
    },
    groups: groups.map(([name, members]) => ({ name, levels: source.terms[members[0]].levels })),
    terms: source.terms.map((term) => ({
      label: term.label,
      group: groupOf.get(term.group)!,
      names: term.names,
      lambda: [...term.lambda],
      modes: [...term.modes],
      ...(term.levelVariances && { levelVariances: [...term.levelVariances] }),
      ...(!term.fromDesign && { fromDesign: false as const }),
    })),
    ...(options.standardErrors && system
      ? {
          system: {
            colPtr: [...system.colPtr],
            rowIdx: [...system.rowIdx],
            values: [...system.values],
            effectsOnFixed: [...system.effectsOnFixed],
          },
        }
      : {}),
    ...(uncertainty &&
      options.uncertainty !== false && {
        uncertainty: {
          sigma: uncertainty.sigma,
          covariance: [...uncertainty.covariance],
          fixed: uncertainty.fixed.map(upperTriangle),
          terms: uncertainty.terms.map((byTerm) => byTerm.map(upperTriangle)),
        },
      }),
    ...(options.summary && model instanceof FittedModel ? { summary: model.data, digest: dataDigest(model) } : {}),
  };
}

/** Of a symmetric matrix, by columns. */
function upperTriangle(A: Float64Array): number[] {
  const n = Math.round(Math.sqrt(A.length));
  return Array.from({ length: n }, (_, j) => [...A.subarray(j * n, j * n + j + 1)]).flat();
}

function exportResidual({ spec, par }: PredictionResidual): NonNullable<ExportedModel['residual']> {
  const { correlation, variances } = spec;
  const named = ({ columns, levels }: CodedRows) => ({ columns, levels });
  return {
    correlation: correlation && {
      kind: correlation.kind,
      group: correlation.group && named(correlation.group),
      columns: correlation.columns,
      visit: correlation.visit && named(correlation.visit),
      ...(correlation.p !== undefined && { p: correlation.p }),
      ...(correlation.q !== undefined && { q: correlation.q }),
      ...(correlation.nugget !== undefined && { nugget: correlation.nugget }),
    },
    variances: variances.map(({ kind, covariate, by }) => ({
      kind,
      covariate: covariate && {
        column: covariate.column,
        centre: covariate.centre,
        ...(covariate.fitted && { fitted: true as const }),
      },
      by: by && named(by),
    })),
    par: [...par],
  };
}

/** Levels that only grouping needs stand in the list of groups already; nothing in a design looks them up by position. */
function withoutGroupLevels(design: Design): Design {
  const coded = new Set(
    [design.fixed, ...design.random.map((r) => r.matrix)].flatMap(({ terms }) => terms.flatMap((t) => t.variables)),
  );
  const grouping = new Set(design.random.flatMap((r) => r.group.variables).filter((v) => !coded.has(v)));
  const others = design.variables.filter((_, v) => !grouping.has(v)).map((v) => v.expression);
  const needed = (column: string) => design.subset !== null || others.some((text) => text.includes(column));
  return {
    ...design,
    columns: design.columns.map((c) => (needed(c.name) ? c : { ...c, levels: null })),
    variables: design.variables.map((v, k) => (grouping.has(k) ? { ...v, levels: null, unusedLevels: [] } : v)),
    random: design.random.map((r) => ({ ...r, group: { ...r.group, levels: null } })),
  };
}
