import type { GroupEffects } from '../engine/questions/group-effects.js';
import { normalQuantile } from '../model/normal-quantile.js';
import { ink, type Draw } from './plot.js';

const Z = 1.959963984540054;
/** Levels that are drawn; with more, evenly spaced ones by rank. */
export const MAX_LEVELS = 100;

interface Entry {
  readonly level: string;
  readonly mode: number;
  readonly low: number;
  readonly high: number;
  readonly normal: number;
}

/** Levels by ascending effect. */
function entries({ levels, modes, sds }: GroupEffects, column: number): Entry[] {
  const order = levels.map((_, l) => l).sort((a, b) => modes[column][a] - modes[column][b] || a - b);
  return order.map((l, rank) => ({
    level: levels[l],
    mode: modes[column][l],
    low: modes[column][l] - Z * sds[column][l],
    high: modes[column][l] + Z * sds[column][l],
    normal: normalQuantile((rank + 0.5) / order.length),
  }));
}

function thin<T>(items: readonly T[]): T[] {
  if (items.length <= MAX_LEVELS) return [...items];
  return Array.from({ length: MAX_LEVELS }, (_, k) => items[Math.round((k * (items.length - 1)) / (MAX_LEVELS - 1))]);
}

/** Effects of all levels in order, with intervals. */
export const caterpillar =
  (effects: GroupEffects, column: number): Draw =>
  (Plot, width) => {
    const shown = thin(entries(effects, column));
    const longest = Math.max(...shown.map(({ level }) => level.length));
    return Plot.plot({
      width,
      height: 60 + 14 * shown.length,
      marginLeft: Math.min(160, 24 + 7 * longest),
      x: { label: `effect: ${effects.names[column]}`, grid: true },
      y: { label: null, domain: shown.map(({ level }) => level), reverse: true, tickFormat: shorten },
      marks: [
        Plot.ruleX([0], { stroke: ink.quiet }),
        Plot.ruleY(shown, { y: 'level', x1: 'low', x2: 'high', stroke: ink.first, strokeWidth: 1.5 }),
        Plot.dot(shown, {
          y: 'level',
          x: 'mode',
          fill: ink.first,
          r: 3.5,
          channels: { from: 'low', to: 'high' },
          tip: true,
        }),
      ],
    });
  };

/** Effects against normal quantiles. */
export const effectQuantiles =
  (effects: GroupEffects, column: number): Draw =>
  (Plot, width) => {
    const all = entries(effects, column);
    return Plot.plot({
      width,
      height: Math.min(320, width * 0.7),
      x: { label: 'normal quantile', grid: true },
      y: { label: `effect: ${effects.names[column]}`, grid: true },
      marks: [
        Plot.linearRegressionY(all, { x: 'normal', y: 'mode', stroke: ink.second, fillOpacity: 0 }),
        Plot.dot(all.length > 2000 ? thin(all) : all, {
          x: 'normal',
          y: 'mode',
          fill: ink.first,
          r: 3,
          channels: { level: 'level' },
          tip: true,
        }),
      ],
    });
  };

const shorten = (level: string): string => (level.length > 20 ? `${level.slice(0, 19)}…` : level);
