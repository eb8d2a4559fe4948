/** What kind of mistake a {@link ModelError} reports. */
export type ModelErrorCode =
  | 'no-rows'
  | 'lengths-differ'
  | 'not-finite'
  | 'no-response'
  | 'constant-response'
  | 'negative-weight'
  | 'one-level'
  | 'not-identified'
  | 'structure-size'
  | 'bad-level-index'
  | 'bad-start'
  | 'bad-option'
  | 'new-level'
  | 'too-large'
  | 'bad-model-json';

/** A mistake in the data or the options of a model. The message says what is wrong, where, and what to do. */
export class ModelError extends Error {
  override name = 'ModelError';
  readonly code: ModelErrorCode;
  constructor(code: ModelErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
