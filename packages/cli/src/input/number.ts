/** Texts that spell a value no digits can; as R and the Table Schema write them. */
const special = new Map([
  ['nan', Number.NaN],
  ['inf', Infinity],
  ['+inf', Infinity],
  ['-inf', -Infinity],
  ['infinity', Infinity],
  ['+infinity', Infinity],
  ['-infinity', -Infinity],
]);

/** How a locale writes numbers; both empty for plain decimal notation. */
export interface NumberFormat {
  readonly decimal: string;
  readonly group: string;
}

export const plainNumbers: NumberFormat = { decimal: '.', group: '' };

/**
 * The double nearest to a decimal number written in `text`, with optional surrounding blanks; undefined if it is something else
 * (other bases included: `0x10` is a label, not 16). `NaN` and infinities are read in the common spellings.
 */
export function parseNumber(text: string, { decimal, group }: NumberFormat = plainNumbers): number | undefined {
  let digits = text.trim();
  if (group !== '') digits = digits.replaceAll(group, '');
  if (decimal !== '.') digits = digits.includes('.') ? 'x' : digits.replace(decimal, '.');
  const value = Number(digits);
  if (Number.isFinite(value)) {
    const isOtherBase = digits.charCodeAt(1) > 57 && /^0[xob]/i.test(digits); // 57 is the digit 9: few get to the pattern
    return digits === '' || isOtherBase ? undefined : value;
  }
  if (/^[+-]?[\d.]/.test(digits) && !Number.isNaN(value)) return value; // 1e999: as large as a double can say
  return special.get(digits.toLowerCase());
}
