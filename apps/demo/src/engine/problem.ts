import { FormulaError } from '@blup/formula';
import type { Outcome, Problem } from './fit-report.js';

/** What an error says, as plain data that crosses from the worker to the page. `source` is the formula that places refer to. */
export function problemOf(error: unknown, source: string): Problem {
  const message = error instanceof Error ? error.message : String(error);
  const placed = error instanceof FormulaError && error.source === source && error.end > error.start;
  return { message, place: placed ? { start: error.start, end: error.end } : null };
}

export async function outcomeOf<T>(source: string, work: () => T | Promise<T>): Promise<Outcome<T>> {
  try {
    return { ok: true, value: await work() };
  } catch (error) {
    return { ok: false, problem: problemOf(error, source) };
  }
}
