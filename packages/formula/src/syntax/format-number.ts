/**
 * A number as R's `deparse` writes it: at most 15 significant digits, fixed notation unless scientific is shorter
 * (`100000` is `1e+05`, `123456` stays). If 15 digits do not give the number back, as many as are needed.
 */
export function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'NaN' : value > 0 ? 'Inf' : '-Inf';
  if (value === 0) return '0';
  // Up to five digits are never shorter in scientific notation, unless zeros end them.
  if (Number.isInteger(value) && Math.abs(value) < 1e5 && value % 10 !== 0) return String(value);
  let digits = 15;
  while (digits < 17 && Number(value.toPrecision(digits)) !== value) digits++;
  const [mantissaText, exponentText] = value.toExponential(digits - 1).split('e') as [string, string];
  const mantissa = mantissaText.includes('.') ? mantissaText.replace(/\.?0+$/, '') : mantissaText;
  const exponent = Number(exponentText);
  const significant = mantissa.replace(/[-.]/g, '').length;
  const scientific = `${mantissa}e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`;
  if (Math.abs(exponent) > 40) return scientific;
  const fixed = fixedNotation(mantissa, exponent, significant);
  return fixed.length <= scientific.length ? fixed : scientific;
}

function fixedNotation(mantissa: string, exponent: number, significant: number): string {
  const sign = mantissa.startsWith('-') ? '-' : '';
  const digits = mantissa.replace(/[-.]/g, '');
  if (exponent < 0) return `${sign}0.${'0'.repeat(-exponent - 1)}${digits}`;
  if (exponent >= significant - 1) return sign + digits + '0'.repeat(exponent - significant + 1);
  return `${sign}${digits.slice(0, exponent + 1)}.${digits.slice(exponent + 1)}`;
}
