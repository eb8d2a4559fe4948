/** Part of every JavaScript host, but not of the language's own types. */
declare const performance: { now(): number };

/** Milliseconds from some fixed point. */
export const now = (): number => performance.now();
