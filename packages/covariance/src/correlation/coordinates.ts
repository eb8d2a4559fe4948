import { CovarianceStructureError } from '../structure.js';

/**
 * Coordinates that stand in labels: `3`, `-1.5` or `(2, 0.5, 7)`; one row for each label.
 * @throws CovarianceStructureError naming the label that is no coordinate, or when the labels differ in dimension
 */
export function coordinatesOf(kind: string, labels: readonly string[]): number[][] {
  const rows = labels.map((label) => {
    const inner = /^\s*\((.*)\)\s*$/.exec(label)?.[1] ?? label;
    const parts = inner.split(',').map((part) => (part.trim() === '' ? Number.NaN : Number(part)));
    if (parts.every(Number.isFinite)) return parts;
    throw new CovarianceStructureError(
      `${kind} reads coordinates from the levels of its columns, and "${label}" is none: levels look like 3, 1.5 or (2, 0.5)`,
    );
  });
  const odd = rows.findIndex((row) => row.length !== rows[0].length);
  if (odd > 0)
    throw new CovarianceStructureError(
      `the levels "${labels[0]}" and "${labels[odd]}" of ${kind} differ in the number of coordinates`,
    );
  return rows;
}

/**
 * Euclidean distances, n by n, column-major.
 * @throws CovarianceStructureError when two places are the same: their effects cannot be told apart
 */
export function distancesBetween(kind: string, places: readonly (readonly number[])[]): Float64Array {
  const n = places.length;
  const out = new Float64Array(n * n);
  for (let j = 0; j < n; j++) {
    for (let i = j + 1; i < n; i++) {
      const d = Math.hypot(...places[i].map((v, k) => v - places[j][k]));
      if (!(d > 0)) {
        throw new CovarianceStructureError(
          d === 0
            ? `places ${j + 1} and ${i + 1} of ${kind} are the same, (${places[i].join(', ')}); each place may occur once`
            : `place ${i + 1} of ${kind} is (${places[i].join(', ')}): coordinates must be finite`,
        );
      }
      out[j * n + i] = out[i * n + j] = d;
    }
  }
  return out;
}
