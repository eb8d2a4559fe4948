import { readFileSync, writeFileSync } from 'node:fs';

/** A line of /proc/self/status in bytes; undefined where there is no such file. */
function status(name) {
  try {
    const line = readFileSync('/proc/self/status', 'utf8')
      .split('\n')
      .find((l) => l.startsWith(name));
    return 1024 * Number(line.replace(/\D+/g, ''));
  } catch {
    return undefined;
  }
}

export const memoryNow = () => status('VmRSS') ?? process.memoryUsage().rss;

/** The most memory that was resident since {@link resetPeak}; where that cannot be reset, since the process began. */
export const memoryPeak = () => status('VmHWM') ?? 1024 * process.resourceUsage().maxRSS;

export function resetPeak() {
  try {
    writeFileSync('/proc/self/clear_refs', '5');
  } catch {
    // Not Linux: the making of the data counts as well.
  }
}

/** Compiled code, the young generation, and garbage that is not worth collecting yet. */
const ENGINE = 64e6;

/**
 * The target: data, fit and all take at most three times the bytes of the columns that the model uses, plus the factor (with the
 * sparse system that it is computed from); the engine itself is not counted against it.
 */
export function memoryTarget({ columnBytes, factorBytes, fitBytes }) {
  const beyond = Math.max(0, fitBytes - ENGINE - factorBytes);
  return { ok: beyond <= 2 * columnBytes, times: 1 + Math.max(0, fitBytes - factorBytes) / columnBytes };
}
