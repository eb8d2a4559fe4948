import type { CscMatrix, CscPattern } from '../csc.js';

/** Options of {@link spyText} and {@link spySvg}. */
export interface SpyOptions {
  /** Also show the mirror image of a lower triangle that stands for a symmetric matrix. */
  readonly symmetric?: boolean;
  /** Largest number of cells along a side; larger matrices are binned. Default 60 (text), 400 (SVG). */
  readonly size?: number;
}

/** Entries per cell of a coarse grid over the matrix. */
function bin(
  { nrow, ncol, colPtr, rowIdx }: CscPattern,
  { symmetric = false, size = 60 }: SpyOptions,
): { height: number; width: number; cells: Float64Array } {
  const scale = Math.max(1, Math.ceil(Math.max(nrow, ncol) / size));
  const height = Math.ceil(nrow / scale);
  const width = Math.ceil(ncol / scale);
  const cells = new Float64Array(height * width);
  for (let j = 0; j < ncol; j++) {
    for (let p = colPtr[j]; p < colPtr[j + 1]; p++) {
      const r = Math.floor(rowIdx[p] / scale);
      const c = Math.floor(j / scale);
      cells[r * width + c]++;
      if (symmetric && rowIdx[p] !== j) cells[c * width + r]++;
    }
  }
  return { height, width, cells };
}

/** Pattern as text: `*` where a cell has entries, `.` where not. */
export function spyText(pattern: CscPattern, options: SpyOptions = {}): string {
  const { height, width, cells } = bin(pattern, options);
  const lines: string[] = [];
  for (let r = 0; r < height; r++) {
    lines.push(Array.from(cells.subarray(r * width, (r + 1) * width), (count) => (count > 0 ? '*' : '.')).join(''));
  }
  return lines.join('\n');
}

/** Pattern as an SVG image; horizontal runs of cells are one rectangle. */
export function spySvg(pattern: CscPattern, options: SpyOptions = {}): string {
  const { height, width, cells } = bin(pattern, { size: 400, ...options });
  const runs: string[] = [];
  for (let r = 0; r < height; r++) {
    for (let c = 0; c < width; c++) {
      let end = c;
      while (end < width && cells[r * width + end] > 0) end++;
      if (end > c) runs.push(`M${c} ${r}h${end - c}v1h${c - end}z`);
      c = end;
    }
  }
  const label = `${pattern.nrow} x ${pattern.ncol} matrix with ${pattern.colPtr[pattern.ncol]} stored entries`;
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-label="${label}">` +
    `<rect width="${width}" height="${height}" fill="none" stroke="currentColor" stroke-width="0.2"/>` +
    `<path d="${runs.join('')}" fill="currentColor"/></svg>`
  );
}

/** A small matrix as a table, absent entries as dots; a large one as a line that says what it is. */
export function formatMatrix({ nrow, ncol, colPtr, rowIdx, values }: CscMatrix, digits = 4): string {
  const title = `${nrow} x ${ncol} sparse matrix, ${values.length} stored entries`;
  if (nrow > 30 || ncol > 30) return title;
  const cells = Array.from({ length: nrow }, () => new Array<string>(ncol).fill('.'));
  for (let j = 0; j < ncol; j++) {
    for (let p = colPtr[j]; p < colPtr[j + 1]; p++) cells[rowIdx[p]][j] = String(Number(values[p].toPrecision(digits)));
  }
  const widths = Array.from({ length: ncol }, (_, j) => Math.max(1, ...cells.map((row) => row[j].length)));
  return [title, ...cells.map((row) => row.map((cell, j) => cell.padStart(widths[j])).join(' '))].join('\n');
}
