import { nearestName } from '@blup/formula';

/** The end of a message about an unknown name: the nearest known one, else all of them when they are few. */
export function suggestion(name: string, known: readonly string[]): string {
  const near = nearestName(name, known);
  if (near !== null) return `. Did you mean "${near}"?`;
  return known.length <= 12 ? `. Known: ${known.join(', ')}.` : '.';
}
