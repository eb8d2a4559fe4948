/** A number with `digits` significant digits, in plain notation where it is readable; "" for a missing one. */
export function formatNumber(value: number, digits = 5): string {
  if (Number.isNaN(value)) return '';
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '−∞';
  if (value === 0) return '0';
  const size = Math.abs(value);
  const text = size >= 1e7 || size < 1e-4 ? value.toExponential(digits - 1) : plain(value, digits);
  return text.replace('-', '−').replace('e−', 'e-').replace('e+', 'e');
}

function plain(value: number, digits: number): string {
  const before = Math.max(1, Math.floor(Math.log10(Math.abs(value))) + 1);
  return value.toFixed(Math.min(8, Math.max(0, digits - before)));
}

/** With a fixed number of decimals and a true minus sign. */
export function formatFixed(value: number, decimals: number): string {
  return Number.isFinite(value) ? value.toFixed(decimals).replace('-', '−') : formatNumber(value);
}

/** Thousands separated by narrow spaces. */
export function formatCount(value: number): string {
  return value.toLocaleString('en').replaceAll(',', '\u202f');
}

/** A p value: three significant digits down to 0.0001. */
export function formatP(p: number): string {
  if (Number.isNaN(p)) return '';
  return p < 1e-4 ? '< 0.0001' : p.toPrecision(3).replace(/^1\.00$/, '1');
}
