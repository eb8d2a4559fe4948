import type { FormulaFunction } from '../functions/function.js';
import type { Distribution, StateStore } from '../design/state.js';
import type { Value } from './value.js';

/**
 * How states of stateful functions (`poly`, `scale`, ...) are treated:
 * `plan` uses those that are there and marks the others as pending (there are no rows); `estimate` computes those that are missing
 * from the rows; `apply` insists that they are there and lets factors have levels that the state does not know.
 */
export type EvaluationMode = 'plan' | 'estimate' | 'apply';

/** What expressions are evaluated in. */
export interface EvaluationContext {
  nrow: number;
  mode: EvaluationMode;
  /** Text that the nodes' positions refer to. */
  source: string;
  /** Value of a column, or null if there is none of that name. */
  column(name: string): Value | null;
  columnNames: readonly string[];
  functions: ReadonlyMap<string, FormulaFunction>;
  states: StateStore;
  /** Distributions found elsewhere, by printed call, for planning without rows. */
  distributions?: ReadonlyMap<string, Distribution>;
}
