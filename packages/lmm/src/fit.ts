import { structureFor, type StructureFactory } from '@blup/covariance';
import { buildModelFrame, type ModelFrame, type ModelFrameOptions, type TableLike } from '@blup/formula';
import { now } from './clock.js';
import { ModelError } from './errors.js';
import { FittedModel } from './fitted-model.js';
import { checkMatrices, type ModelMatricesInput, type RandomEffectsTerm } from './model-matrices.js';
import { findOptimum, type FitOptions } from './optimum.js';

/** How to read the table and how to fit. */
export interface FitModelOptions extends ModelFrameOptions, FitOptions {
  /** Covariance structures of the user's own, by the tag that a formula calls them by. */
  readonly structures?: ReadonlyMap<string, StructureFactory>;
}

/**
 * Fits a linear mixed model:
 *
 *     fitModel('Reaction ~ Days + (Days | Subject)', table)
 *
 * From formula and table to the model frame (@blup/formula), to cross-products, to the optimum of the profiled criterion (REML unless
 * `reml: false`), to the fitted model. A formula without random terms is an ordinary linear model.
 *
 * @param table columns by name, an array of row objects, or an Arrow table
 * @throws FormulaError (of @blup/formula) for mistakes in formula, options or data, with the place; ModelError for a model that cannot be
 * identified; CovarianceStructureError for a structure that does not exist. A search that does not converge is told by `data.certificate`.
 */
export function fitModel(formula: string, table: TableLike, options: FitModelOptions = {}): FittedModel {
  const began = now();
  const frame = buildModelFrame(formula, table, options);
  const { matrices, rows } = checkMatrices(matricesOf(frame, options.structures));
  const optimum = findOptimum(matrices, options);
  return new FittedModel(optimum, {
    formula: frame.design.source,
    rows: composeRows(frame.rows, rows),
    warnings: [],
    frame,
    source: { table, functions: options.functions },
    total: now() - began,
  });
}

/** y, X, the random-effects terms with their structures, weights and offset of a model frame. */
export function matricesOf(frame: ModelFrame, structures?: ReadonlyMap<string, StructureFactory>): ModelMatricesInput {
  if (!frame.response) {
    throw new ModelError('no-response', 'the formula has no response: write it as `y ~ ...`');
  }
  const terms = frame.random.map((term): RandomEffectsTerm => {
    const { name, args } = term.structure;
    return {
      group: term.group,
      names: term.names,
      columns: term.columns,
      levels: term.levels,
      levelIdx: term.levelIdx,
      structure: structureFor({ name, args, nc: term.names.length, indicator: term.indicator }, structures),
    };
  });
  return {
    responseName: frame.response.name,
    y: frame.response.values,
    X: { names: frame.fixed.names, columns: frame.fixed.columns },
    terms,
    weights: frame.weights,
    offset: frame.offset,
  };
}

/** Rows of the table, given rows of the frame. */
function composeRows(frameRows: Int32Array | null, kept: Int32Array | null): Int32Array | null {
  if (!kept || !frameRows) return kept ?? frameRows;
  return kept.map((i) => frameRows[i]);
}
