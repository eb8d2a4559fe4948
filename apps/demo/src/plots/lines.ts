import type { GroupLines } from '../engine/questions/group-lines.js';
import { ink, type Draw } from './plot.js';

interface Row {
  readonly level: string;
  readonly fx: number;
  readonly fy: number;
  readonly x: number | string;
  readonly observed: number;
  readonly fitted: number;
  readonly population: number;
}

/** Small multiples: the data of each group, what is fitted to it (full line), and the population (dashed). */
export const linesByGroup =
  (lines: GroupLines, xLabel: string, yLabel: string): Draw =>
  (Plot, width) => {
    const across = Math.max(2, Math.min(6, lines.levels.length, Math.floor(width / 150)));
    const rows: Row[] = Array.from(lines.level, (l, i) => ({
      level: lines.levels[l],
      fx: l % across,
      fy: Math.floor(l / across),
      x: lines.x[i],
      observed: lines.observed[i],
      fitted: lines.fitted[i],
      population: lines.population[i],
    }));
    if (typeof rows[0]?.x === 'number') rows.sort((a, b) => (a.x as number) - (b.x as number));
    const down = Math.ceil(lines.levels.length / across);
    const titles = lines.levels.map((level, l) => ({ level, fx: l % across, fy: Math.floor(l / across) }));
    const facet = { fx: 'fx', fy: 'fy' } as const;
    return Plot.plot({
      width,
      height: 60 + 120 * down,
      marginTop: 30,
      fx: { axis: null, padding: 0.08 },
      fy: { axis: null, padding: 0.18 },
      x: { label: xLabel, ticks: 3, grid: true },
      y: { label: yLabel, ticks: 4, grid: true },
      marks: [
        Plot.frame({ stroke: 'var(--line)' }),
        Plot.line(rows, { ...facet, x: 'x', y: 'population', z: 'level', stroke: ink.quiet, strokeDasharray: '4 3' }),
        Plot.line(rows, { ...facet, x: 'x', y: 'fitted', z: 'level', stroke: ink.second, strokeWidth: 2 }),
        Plot.dot(rows, {
          ...facet,
          x: 'x',
          y: 'observed',
          r: 2.2,
          fill: ink.first,
          channels: { level: 'level', fitted: 'fitted' },
          tip: true,
        }),
        Plot.text(titles, {
          ...facet,
          text: ({ level }: { level: string }) => (level.length > 16 ? `${level.slice(0, 15)}…` : level),
          frameAnchor: 'top-left',
          dy: -11,
          fontWeight: 600,
        }),
      ],
    });
  };
