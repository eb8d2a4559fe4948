import type { CscMatrix } from '../csc.js';
import { SparseError } from '../errors.js';
import { tripletsToCsc } from '../triplets.js';
import { entries } from '../toolbox.js';

/** A matrix read from a Matrix Market file. */
export interface MatrixMarketFile {
  /** Of a symmetric file the lower triangle, as the file stores it. */
  readonly matrix: CscMatrix;
  readonly symmetry: 'general' | 'symmetric' | 'skew-symmetric';
}

/**
 * Reads the Matrix Market exchange format: `coordinate` or `array`; `real`, `integer` or `pattern` (ones); `general`,
 * `symmetric` or `skew-symmetric`. Entries given twice are summed.
 * Source: Boisvert, Pozo and Remington (1996), NISTIR 5935.
 * @throws SparseError of kind `parse`, with the line
 */
export function parseMatrixMarket(text: string): MatrixMarketFile {
  const lines = text.split(/\r?\n/);
  const fail = (line: number, problem: string): never => {
    throw new SparseError('parse', `Matrix Market, line ${line + 1}: ${problem}`);
  };
  const header = lines[0].trim().toLowerCase().split(/\s+/);
  if (header[0] !== '%%matrixmarket' || header[1] !== 'matrix') fail(0, "expected '%%MatrixMarket matrix ...'");
  const [, , format, field, symmetry] = header;
  if (format !== 'coordinate' && format !== 'array') fail(0, `unknown format '${format}'`);
  if (!['real', 'double', 'integer', 'pattern'].includes(field)) fail(0, `field '${field}' is not supported`);
  if (symmetry !== 'general' && symmetry !== 'symmetric' && symmetry !== 'skew-symmetric')
    return fail(0, `symmetry '${symmetry}' is not supported`);
  if (format === 'array' && field === 'pattern') fail(0, 'an array cannot be a pattern');

  let at = 1;
  const nextLine = (): string[] | undefined => {
    for (; at < lines.length; at++) {
      const line = lines[at].trim();
      if (line !== '' && !line.startsWith('%')) {
        at++;
        return line.split(/\s+/);
      }
    }
    return undefined;
  };
  const sizes = nextLine()?.map(Number) ?? [];
  const wanted = format === 'array' ? 2 : 3;
  if (sizes.length !== wanted || sizes.some((s) => !Number.isInteger(s) || s < 0))
    fail(at - 1, `expected ${wanted} sizes`);
  const [nrow, ncol] = sizes;
  if (symmetry !== 'general' && nrow !== ncol) fail(at - 1, `a ${symmetry} matrix must be square`);

  const rows: number[] = [];
  const cols: number[] = [];
  const values: number[] = [];
  const push = (i: number, j: number, v: number): void => {
    if (!(Number.isInteger(i) && i >= 0 && i < nrow && Number.isInteger(j) && j >= 0 && j < ncol))
      fail(at - 1, `entry (${i + 1}, ${j + 1}) is outside ${nrow} x ${ncol}`);
    if (!Number.isFinite(v)) fail(at - 1, 'the value is not a finite number');
    if (symmetry !== 'general' && i < j) fail(at - 1, `entry (${i + 1}, ${j + 1}) is above the diagonal`);
    rows.push(i);
    cols.push(j);
    values.push(v);
  };
  if (format === 'coordinate') {
    for (let k = 0; k < sizes[2]; k++) {
      const fields = nextLine() ?? fail(lines.length - 1, `${sizes[2]} entries announced, ${k} found`);
      if (fields.length < (field === 'pattern' ? 2 : 3)) fail(at - 1, 'too few numbers');
      push(Number(fields[0]) - 1, Number(fields[1]) - 1, field === 'pattern' ? 1 : Number(fields[2]));
    }
  } else {
    for (let j = 0; j < ncol; j++) {
      const first = symmetry === 'general' ? 0 : symmetry === 'symmetric' ? j : j + 1;
      for (let i = first; i < nrow; i++) {
        const fields = nextLine() ?? fail(lines.length - 1, 'too few entries');
        push(i, j, Number(fields[0]));
      }
    }
  }
  if (nextLine() !== undefined) fail(at - 1, 'more entries than announced');
  return { matrix: tripletsToCsc({ nrow, ncol, rows, cols, values }), symmetry };
}

/**
 * Writes the Matrix Market coordinate format; the values are read back exactly.
 * @param symmetry `'symmetric'` when the matrix is a lower triangle that stands for both
 */
export function formatMatrixMarket(matrix: CscMatrix, symmetry: 'general' | 'symmetric' = 'general'): string {
  const lines = [
    `%%MatrixMarket matrix coordinate real ${symmetry}`,
    `${matrix.nrow} ${matrix.ncol} ${matrix.values.length}`,
  ];
  for (const [i, j, v] of entries(matrix)) {
    if (symmetry === 'symmetric' && i < j)
      throw new SparseError('not-lower', `entry (${i}, ${j}) is above the diagonal of a lower triangle`);
    lines.push(`${i + 1} ${j + 1} ${v}`);
  }
  return `${lines.join('\n')}\n`;
}
