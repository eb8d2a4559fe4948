/** A column: numbers (NaN where missing), or text (null where missing). */
export type PlainColumn = Float64Array | readonly (string | null)[];

/** Columns of equal length by name, without a prototype: goes straight into Arrow, Arquero, or Observable Plot. */
export type PlainColumns = Readonly<Record<string, PlainColumn>>;

/** Columns from rows; the kind of each column is that of its first value that is not null. */
export function columnsFrom(
  names: readonly string[],
  rows: readonly (readonly (number | string | null)[])[],
): PlainColumns {
  const out = Object.create(null) as Record<string, PlainColumn>;
  names.forEach((name, k) => {
    const cells = rows.map((row) => row[k]);
    const text = cells.some((cell) => typeof cell === 'string');
    out[name] = text
      ? cells.map((cell) => cell as string | null)
      : Float64Array.from(cells, (v) => (v === null ? NaN : +v!));
  });
  return out;
}
