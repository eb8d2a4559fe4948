/** Where progress is shown: standard error, when it is a terminal. */
export interface ProgressTarget {
  readonly isTTY: boolean;
  write(text: string): void;
}

/** Shows what is going on, if it takes longer than a second and somebody watches; {@link done} leaves no trace of it. */
export interface Progress {
  show(text: string): void;
  done(): void;
}

const eraseLine = '\r\u001B[K';

/**
 * @param now milliseconds
 * @param quiet milliseconds before the first line
 * @param interval milliseconds between two lines
 */
export function createProgress(
  target: ProgressTarget,
  now: () => number = Date.now,
  quiet = 1000,
  interval = 100,
): Progress {
  let next = now() + quiet;
  let shown = false;
  return {
    show(text) {
      if (!target.isTTY || now() < next) return;
      next = now() + interval;
      shown = true;
      target.write(eraseLine + text);
    },
    done() {
      if (shown) target.write(eraseLine);
      shown = false;
    },
  };
}
