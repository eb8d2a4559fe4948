/** A place in the text that the user wrote: character offsets, `end` exclusive. */
export interface TextPlace {
  source: string;
  start: number;
  end: number;
}

export interface FormulaErrorDetails {
  place?: TextPlace | undefined;
  /** What to do about it, a full sentence. */
  hint?: string | undefined;
  /** The nearest existing name, when a name was not found. */
  suggestion?: string | undefined;
  /** Table column concerned. */
  column?: string | undefined;
  /** 0-based table row concerned. */
  row?: number | undefined;
}

/**
 * Base of every error that a formula or a table can cause. `message` is one paragraph that says what is wrong and what to do;
 * {@link formatError} adds the line with a caret.
 */
export class FormulaError extends Error {
  override readonly name: string = 'FormulaError';
  /** The text concerned, or null when the mistake is not in a text (a data value, an option). */
  readonly source: string | null;
  /** Character offset where the mistake starts; 0 without a text. */
  readonly start: number;
  /** Character offset after the mistake; 0 without a text. */
  readonly end: number;
  readonly hint: string | null;
  readonly suggestion: string | null;
  readonly column: string | null;
  readonly row: number | null;

  constructor(what: string, details: FormulaErrorDetails = {}) {
    super(details.hint === undefined ? what : `${what} ${details.hint}`);
    this.source = details.place?.source ?? null;
    this.start = details.place?.start ?? 0;
    this.end = details.place?.end ?? 0;
    this.hint = details.hint ?? null;
    this.suggestion = details.suggestion ?? null;
    this.column = details.column ?? null;
    this.row = details.row ?? null;
  }

  /** The message, then the line of the text with a caret under the place. */
  format(): string {
    return formatError(this);
  }
}

/** The text is not a formula. */
export class FormulaSyntaxError extends FormulaError {
  override readonly name: string = 'FormulaSyntaxError';
}

/** The text is a formula, but its terms make no model (`x + 1 | g`, `x * (1 | g)`, an empty random term). */
export class FormulaTermError extends FormulaError {
  override readonly name: string = 'FormulaTermError';
}

/** A column or function that does not exist. */
export class FormulaNameError extends FormulaError {
  override readonly name: string = 'FormulaNameError';
}

/** A function or operator got arguments that it cannot use. */
export class FormulaTypeError extends FormulaError {
  override readonly name: string = 'FormulaTypeError';
}

/** The table cannot be used: no rows, infinite or mixed values, unknown categories. */
export class FormulaDataError extends FormulaError {
  override readonly name: string = 'FormulaDataError';
}

/** A table or new rows hold a level of a fixed-effects factor that the design does not know. */
export class UnknownLevelError extends FormulaDataError {
  override readonly name: string = 'UnknownLevelError';
}

const MAX_WIDTH = 100;

/** The message, then the line concerned and a caret line (long lines are cut around the place). */
export function formatError(error: FormulaError): string {
  const { source, start, end } = error;
  if (source === null) return error.message;
  const lineStart = source.lastIndexOf('\n', start - 1) + 1;
  const newline = source.indexOf('\n', start);
  const lineEnd = newline === -1 ? source.length : newline;
  const from = start - lineStart > MAX_WIDTH ? start - MAX_WIDTH / 2 : lineStart;
  const to = Math.min(lineEnd, from + MAX_WIDTH + 20);
  const prefix = from > lineStart ? '... ' : '';
  const text = prefix + source.slice(from, to).replaceAll('\t', ' ') + (to < lineEnd ? ' ...' : '');
  const width = Math.max(1, Math.min(end, to) - start);
  return `${error.message}\n  ${text}\n  ${' '.repeat(prefix.length + start - from)}${'^'.repeat(width)}`;
}
