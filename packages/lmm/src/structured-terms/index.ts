export { columnCovariance, type TermContext, type TermCovariance } from './term-covariance.js';
export { series, type SeriesOptions } from './series-term.js';
export { pedigree, precision, relationship, type ColumnStructure, type KnownMatrix } from './relationship-term.js';
export { parseResidual, type ResidualOptions } from './parse-residual.js';
export type { ResidualInput } from './residual-term.js';
