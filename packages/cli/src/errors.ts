/** The command line itself is wrong: exit status 2. */
export class UsageError extends Error {
  override name = 'UsageError';
}

/** What kind of mistake an {@link InputError} reports. */
export type InputErrorCode =
  | 'cannot-read'
  | 'cannot-write'
  | 'not-a-model'
  | 'not-text'
  | 'empty-file'
  | 'no-rows'
  | 'ragged-row'
  | 'unclosed-quote'
  | 'stray-quote'
  | 'duplicate-column'
  | 'bad-value'
  | 'unknown-level'
  | 'unknown-column'
  | 'bad-schema';

/** A file cannot be used as it is. The message says what is wrong, where, and what to do: exit status 1. */
export class InputError extends Error {
  override name = 'InputError';
  readonly code: InputErrorCode;
  /** Data row, counted from 1 after the header, where that is the place. */
  readonly row: number | undefined;
  /** Column name, where that is the place. */
  readonly column: string | undefined;

  constructor(code: InputErrorCode, message: string, place: { row?: number; column?: string } = {}) {
    super(message);
    this.code = code;
    this.row = place.row;
    this.column = place.column;
  }
}
