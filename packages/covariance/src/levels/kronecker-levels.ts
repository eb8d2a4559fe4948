import type { NaturalParameter } from '../structure.js';
import type { LevelStructure } from './level-structure.js';

/** Positions in K = A (x) B of each product of entries. */
interface Products {
  readonly pattern: { readonly colPtr: Int32Array; readonly rowIdx: Int32Array };
  readonly left: Int32Array;
  readonly right: Int32Array;
}

/**
 * A separable field: levels are the pairs (i, j) of those of two structures, numbered i * second.nl + j, with precision K_1 (x) K_2, so
 * that covariances multiply. AR(1) along the rows of a field times AR(1) along its columns is a K with nine entries in a row.
 *
 *     log|K| = nl_2 log|K_1| + nl_1 log|K_2|
 *
 * @param labels of the two directions, for the names of parameters: `rho row`, `rho column`
 */
export function kroneckerLevels(
  first: LevelStructure,
  second: LevelStructure,
  labels: readonly [string, string] = ['1', '2'],
): LevelStructure {
  const parts = [first, second];
  const { pattern, left, right } = productPattern(first, second);
  const m1 = first.parLength;
  const m = m1 + second.parLength;
  const A = new Float64Array(first.pattern.rowIdx.length);
  const B = new Float64Array(second.pattern.rowIdx.length);
  const own = (par: Float64Array, i: number) => (i === 0 ? par.subarray(0, m1) : par.subarray(m1, m));
  const multiply = (values: Float64Array) => {
    for (let e = 0; e < left.length; e++) values[e] = A[left[e]] * B[right[e]];
  };
  return {
    kind: `${first.kind} x ${second.kind}`,
    nl: first.nl * second.nl,
    pattern,
    parLength: m,
    parNames: parts.flatMap((part, i) => part.parNames.map((name) => `${name} ${labels[i]}`)),
    searchScale: parts.flatMap((part) => part.searchScale),
    lower: parts.flatMap((part) => part.lower),
    upper: parts.flatMap((part) => part.upper),
    start: parts.flatMap((part) => part.start),
    stepScale: parts.flatMap((part) => part.stepScale),
    precisionInto(par, values) {
      first.precisionInto(own(par, 0), A);
      second.precisionInto(own(par, 1), B);
      multiply(values);
    },
    precisionDerivativeInto(par, k, values) {
      if (k < m1) {
        first.precisionDerivativeInto(own(par, 0), k, A);
        second.precisionInto(own(par, 1), B);
      } else {
        first.precisionInto(own(par, 0), A);
        second.precisionDerivativeInto(own(par, 1), k - m1, B);
      }
      multiply(values);
    },
    logDeterminant: (par) =>
      second.nl * first.logDeterminant(own(par, 0)) + first.nl * second.logDeterminant(own(par, 1)),
    logDeterminantDerivative: (par, k) =>
      k < m1
        ? second.nl * first.logDeterminantDerivative(own(par, 0), k)
        : first.nl * second.logDeterminantDerivative(own(par, 1), k - m1),
    meanVariance: (par) => first.meanVariance(own(par, 0)) * second.meanVariance(own(par, 1)),
    natural: (par) =>
      parts.flatMap((part, i) =>
        part.natural(own(par, i)).map((p): NaturalParameter => ({ ...p, name: `${p.name} ${labels[i]}` })),
      ),
    isSingular: (par, tolerance) => parts.some((part, i) => part.isSingular(own(par, i), tolerance)),
  };
}

/** Column (i, j) holds, for each entry (k, i) of A's lower triangle, the entries (k, l) with l >= j for k = i and all of B's column j else. */
function productPattern(first: LevelStructure, second: LevelStructure): Products {
  const { colPtr: Ap, rowIdx: Ai } = first.pattern;
  const whole = wholePattern(second);
  const { colPtr: Bp } = second.pattern;
  const n2 = second.nl;
  const nl = first.nl * n2;
  const colPtr = new Int32Array(nl + 1);
  for (let i = 0; i < first.nl; i++)
    for (let j = 0; j < n2; j++)
      colPtr[i * n2 + j + 1] =
        colPtr[i * n2 + j] + (Bp[j + 1] - Bp[j]) + (Ap[i + 1] - Ap[i] - 1) * (whole.colPtr[j + 1] - whole.colPtr[j]);
  const size = colPtr[nl];
  const rowIdx = new Int32Array(size);
  const left = new Int32Array(size);
  const right = new Int32Array(size);
  let e = 0;
  for (let i = 0; i < first.nl; i++) {
    for (let j = 0; j < n2; j++) {
      for (let a = Ap[i]; a < Ap[i + 1]; a++) {
        for (let b = whole.colPtr[j]; b < whole.colPtr[j + 1]; b++) {
          if (Ai[a] === i && whole.rowIdx[b] < j) continue;
          rowIdx[e] = Ai[a] * n2 + whole.rowIdx[b];
          left[e] = a;
          right[e++] = whole.entry[b];
        }
      }
    }
  }
  return { pattern: { colPtr, rowIdx }, left, right };
}

/** Both triangles by columns, and the entry of the lower triangle that each one is. */
function wholePattern({ pattern, nl }: LevelStructure) {
  const colPtr = new Int32Array(nl + 1);
  const visit = (put: (row: number, column: number, entry: number) => void) => {
    for (let j = 0; j < nl; j++)
      for (let e = pattern.colPtr[j]; e < pattern.colPtr[j + 1]; e++) {
        const i = pattern.rowIdx[e];
        put(i, j, e);
        if (i !== j) put(j, i, e);
      }
  };
  visit((_i, j) => colPtr[j + 1]++);
  for (let j = 0; j < nl; j++) colPtr[j + 1] += colPtr[j];
  const next = colPtr.slice();
  const rowIdx = new Int32Array(colPtr[nl]);
  const entry = new Int32Array(colPtr[nl]);
  // Columns in order: the upper triangle of a column comes before its diagonal, so rows ascend.
  visit((i, j, e) => {
    rowIdx[next[j]] = i;
    entry[next[j]++] = e;
  });
  return { colPtr, rowIdx, entry };
}

/** Independent levels, for a product in which one direction does not correlate. */
export function independentLevels(nl: number): LevelStructure {
  const index = Int32Array.from({ length: nl + 1 }, (_, i) => i);
  return {
    kind: 'iid',
    nl,
    pattern: { colPtr: index, rowIdx: index.slice(0, nl) },
    parLength: 0,
    parNames: [],
    searchScale: [],
    lower: [],
    upper: [],
    start: [],
    stepScale: [],
    precisionInto: (_par, values) => void values.fill(1),
    precisionDerivativeInto: (_par, _k, values) => void values.fill(0),
    logDeterminant: () => 0,
    logDeterminantDerivative: () => 0,
    meanVariance: () => 1,
    natural: () => [],
    isSingular: () => false,
  };
}
