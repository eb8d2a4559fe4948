import { scalar, unstructured, type CovarianceStructure } from '@blup/covariance';

/** The structure of the columns of a term. */
export type ColumnStructure = (nc: number) => CovarianceStructure;

/** Unstructured, or scalar for one column. */
export const plainColumns: ColumnStructure = (nc) => (nc === 1 ? scalar() : unstructured(nc));
