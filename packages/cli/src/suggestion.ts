/**
 * The end of a message about an unknown name: the nearest known one if it is near, else all of them when they are few.
 * Distance of Damerau and Levenshtein, letter case ignored.
 */
export function suggestion(name: string, known: readonly string[]): string {
  const near = known
    .filter((candidate) => candidate.length <= 100 && Math.abs(candidate.length - name.length) <= 3)
    .map((candidate) => ({ candidate, distance: distance(name.toLowerCase(), candidate.toLowerCase()) }))
    .filter(({ candidate, distance }) => distance <= Math.max(1, Math.min(name.length, candidate.length) / 3))
    .reduce<{ candidate: string; distance: number } | undefined>(
      (best, next) => (best && best.distance <= next.distance ? best : next),
      undefined,
    );
  if (near) return `. Did you mean "${near.candidate}"?`;
  return known.length <= 12 ? `. Known: ${known.join(', ')}.` : '.';
}

/** Insertions, deletions, replacements and swaps of neighbours that turn `a` into `b` (restricted edit distance). O(|a| |b|). */
function distance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const replace = last[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      let best = Math.min(last[j]! + 1, row[j - 1]! + 1, replace);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        best = Math.min(best, beforeLast[j - 2]! + 1);
      row.push(best);
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length]!;
}
