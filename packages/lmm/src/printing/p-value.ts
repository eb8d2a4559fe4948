/** A p value for people: four decimals, scientific below 1e-4, and a bound where no test of double numbers could tell it from zero. */
export function formatP(p: number): string {
  if (Number.isNaN(p)) return '';
  if (p < 2e-16) return '<2e-16';
  return p < 1e-4 ? p.toExponential(2) : p.toFixed(4);
}

/** Conventional marks of p values, one for each. */
export const significanceMarks = (p: number): string =>
  p < 0.001 ? '***' : p < 0.01 ? '**' : p < 0.05 ? '*' : p < 0.1 ? '.' : '';

export const significanceLegend = "Marks of p values: 0 '***' 0.001 '**' 0.01 '*' 0.05 '.' 0.1 ' ' 1";

/** Degrees of freedom for people: two decimals, none for whole numbers. */
export const formatDf = (df: number): string =>
  Number.isNaN(df) ? '' : !Number.isFinite(df) ? 'Inf' : Number.isInteger(df) ? String(df) : df.toFixed(2);
