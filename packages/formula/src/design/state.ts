/** What a stateful function remembers; plain data. */
export type FunctionState = { [key: string]: number | string | boolean | null | number[] | string[] };

/** States of stateful calls, found by the printed call: `poly(Days, 2)`. */
export class StateStore {
  private readonly states: Map<string, FunctionState>;
  /** Calls met without a state while planning, in an order in which arguments come before what uses them. */
  readonly pending = new Map<string, PendingState>();

  constructor(entries: readonly StateEntry[] = []) {
    this.states = new Map(entries.map(({ call, state }) => [call, state]));
  }

  get(call: string): FunctionState | undefined {
    return this.states.get(call);
  }

  set(call: string, state: FunctionState): void {
    this.states.set(call, state);
  }

  entries(): StateEntry[] {
    return [...this.states].map(([call, state]) => ({ call, state }));
  }
}

export interface StateEntry {
  /** The call as printed, `poly(Days, 2)`. */
  call: string;
  state: FunctionState;
}

/** A state that has to be estimated: what a database must supply. */
export interface PendingState {
  call: string;
  /** Function name. */
  fn: string;
  /** The expression whose distribution decides the state, `Days`. */
  argument: string;
  /** Other calls without a state inside the argument; these come first. */
  after: string[];
}

/**
 * The values that a state is estimated from: those of the argument over **all** rows of the table, whether or not other columns
 * are missing or the subset leaves them out, as R does. Either every row's value, or distinct values with their counts.
 */
export interface Distribution {
  /** Numbers; NaN is skipped. Null for text and factors. */
  values: Float64Array | null;
  /** How often each value occurs; null means once each. */
  counts: Float64Array | null;
  /** Of text and factors: the levels that occur, in order. Null for numbers. */
  levels: readonly string[] | null;
}
