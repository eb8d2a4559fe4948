import { builtInFunctionNames } from '@blup/formula';
import { quoted } from './names.js';

export interface Suggestion {
  readonly text: string;
  readonly kind: 'column' | 'function';
}

/** What may be put in place of the word before the caret. */
export interface Completion {
  /** The word's place in the text, `end` exclusive. */
  readonly start: number;
  readonly end: number;
  readonly suggestions: readonly Suggestion[];
}

const WORD = /`[^`]*$|[\p{L}_.][\p{L}\p{N}_.]*$/u;
const MAX = 10;

/** Columns and functions that begin with the word before the caret, then those that contain it; null when there is none, or it is whole. */
export function completionAt(text: string, caret: number, columns: readonly string[]): Completion | null {
  const found = WORD.exec(text.slice(0, caret));
  if (!found) return null;
  const word = found[0].replace(/^`/, '').toLowerCase();
  if (word === '' && !found[0].startsWith('`')) return null;
  const all: Suggestion[] = [
    ...columns.map((name) => ({ text: quoted(name), kind: 'column' as const })),
    ...builtInFunctionNames.map((name) => ({ text: `${name}(`, kind: 'function' as const })),
  ];
  const plain = (s: Suggestion) => s.text.replace(/^`/, '').toLowerCase();
  const starts = all.filter((s) => plain(s).startsWith(word));
  const contains = all.filter((s) => s.kind === 'column' && !plain(s).startsWith(word) && plain(s).includes(word));
  const suggestions = [...starts, ...contains].slice(0, MAX);
  const whole = columns.some((name) => quoted(name) === found[0]);
  return suggestions.length === 0 || whole ? null : { start: found.index, end: caret, suggestions };
}

/** The text with a suggestion in place of the word, and where the caret goes. */
export function complete(
  text: string,
  { start, end }: Completion,
  suggestion: Suggestion,
): { text: string; caret: number } {
  const rest = text.slice(end).replace(/^[\p{L}\p{N}_.]*`?/u, '');
  const join = suggestion.text.endsWith('(') && rest.startsWith('(') ? suggestion.text.slice(0, -1) : suggestion.text;
  return { text: text.slice(0, start) + join + rest, caret: start + join.length };
}
