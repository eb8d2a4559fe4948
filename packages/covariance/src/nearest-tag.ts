/** The tag that differs from `name` by the fewest insertions, deletions and replacements, if these are few (Wagner and Fischer 1974). */
export function nearestTag(name: string, tags: readonly string[]): string | null {
  let best: string | null = null;
  let fewest = Math.max(1, Math.floor(name.length / 2)) + 1;
  for (const tag of tags) {
    const d = editDistance(name.toLowerCase(), tag);
    if (d < fewest) {
      fewest = d;
      best = tag;
    }
  }
  return best;
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++)
      next.push(Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1)));
    row = next;
  }
  return row[b.length];
}
