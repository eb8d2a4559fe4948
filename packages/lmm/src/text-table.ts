/** One column of a printed table. */
export interface TextColumn {
  readonly title: string;
  readonly align: 'left' | 'right';
  readonly cells: readonly string[];
}

/** Columns side by side, two titles' width apart by one space, every line without trailing blanks. */
export function textTable(columns: readonly TextColumn[]): string {
  const rows = columns.reduce((m, c) => Math.max(m, c.cells.length), 0);
  const widths = columns.map((c) => c.cells.reduce((w, cell) => Math.max(w, cell.length), c.title.length));
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, j) => (columns[j].align === 'left' ? cell.padEnd(widths[j]) : cell.padStart(widths[j])))
      .join(' ')
      .trimEnd();
  const lines = [line(columns.map((c) => c.title))];
  for (let i = 0; i < rows; i++) lines.push(line(columns.map((c) => c.cells[i] ?? '')));
  return lines.join('\n');
}

/**
 * The numbers of one column with a common number of decimals, chosen so that the smallest of them in size still shows about `digits`
 * significant digits, but no more than 7 decimals; very large or small columns in scientific notation. `guide` are the numbers that
 * decide, when they are others than those printed.
 */
export function formatColumn(values: readonly number[], digits: number, guide: readonly number[] = values): string[] {
  const finite = guide.filter((v) => Number.isFinite(v) && v !== 0).map(Math.abs);
  if (finite.length === 0) return values.map(String);
  const largest = Math.max(...finite);
  const smallest = Math.min(...finite);
  if (largest >= 1e9 || largest < 1e-5) {
    return values.map((v) => (Number.isFinite(v) ? v.toExponential(digits - 1) : String(v)));
  }
  const decimals = (x: number) => Math.max(0, digits - 1 - Math.floor(Math.log10(x)));
  const wanted = Math.min(decimals(smallest), decimals(largest) + 3, 7);
  return values.map((v) => (Number.isFinite(v) ? v.toFixed(wanted).replace(/^-(0\.?0*)$/, '$1') : String(v)));
}
