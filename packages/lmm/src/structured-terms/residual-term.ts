import { residualCovariance, residualStructure, type ResidualSpec } from '@blup/covariance';
import type { ModelFrame, ModelFrameOptions, Table } from '@blup/formula';
import type { RandomEffectsTerm } from '../model-matrices.js';
import { parseResidual, requireResidual, type ResidualOptions } from './parse-residual.js';
import { readResidual } from './residual-columns.js';

/** What may be given as `residual`: text, one structure, or variances and a correlation that multiply. */
export type ResidualInput = string | ResidualOptions | readonly ResidualOptions[];

export const residualOptions = (given: ResidualInput): readonly ResidualOptions[] => {
  if (typeof given === 'string') return parseResidual(given);
  const list = Array.isArray(given) ? (given as readonly ResidualOptions[]) : [given as ResidualOptions];
  list.forEach(requireResidual);
  return list;
};

/**
 * The residual structure as the last term of a model, without columns.
 * @throws ModelError for columns that are missing or have missing values, CovarianceStructureError for times that repeat within a group
 */
export function residualTerm(
  frame: ModelFrame,
  table: Table,
  given: ResidualInput,
  categories: NonNullable<ModelFrameOptions['categories']> = {},
): RandomEffectsTerm {
  const options = residualOptions(given);
  const n = frame.nobs;
  // Where variances depend on fitted values, these are found with the fit; any numbers stand in for them.
  const fitted = Float64Array.from({ length: n }, (_, i) => 1 + i / n);
  return termOfResiduals(readResidual({ table, rows: frame.rows, n, categories, fitted }, options));
}

/** A residual structure as a term of a model. */
export function termOfResiduals(spec: ResidualSpec): RandomEffectsTerm {
  const structure = residualCovariance(residualStructure(spec));
  return {
    group: 'Residual',
    names: [],
    columns: [],
    levels: [structure.kind],
    levelIdx: new Int32Array(spec.n),
    structure,
  };
}
