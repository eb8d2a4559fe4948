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
    const place = lines.order === null ? null : new Map(lines.order.map((label, k) => [label, k]));
    const position = ({ x }: Row): number => (typeof x === 'number' ? x : (place?.get(x) ?? 0));
    rows.sort((a, b) => position(a) - position(b));
    const means = meansByPlace(rows);
    const domain = lines.order?.filter((label) => lines.x.includes(label));
    const every = domain ? Math.ceil(domain.length / 4) : 1;
    const down = Math.ceil(lines.levels.length / across);
    const titles = lines.levels.map((level, l) => ({ level, fx: l % across, fy: Math.floor(l / across) }));
    const facet = { fx: 'fx', fy: 'fy' } as const;
    return Plot.plot({
      width,
      height: 60 + 120 * down,
      marginTop: 30,
      fx: { axis: null, padding: 0.08 },
      fy: { axis: null, padding: 0.18 },
      x: domain
        ? { label: xLabel, type: 'point', domain, ticks: domain.filter((_, k) => k % every === 0), grid: true }
        : { label: xLabel, ticks: 3, grid: true },
      y: { label: yLabel, ticks: 4, grid: true },
      marks: [
        Plot.frame({ stroke: 'var(--line)' }),
        Plot.line(means, { ...facet, x: 'x', y: 'population', z: 'level', stroke: ink.quiet, strokeDasharray: '4 3' }),
        Plot.line(means, { ...facet, x: 'x', y: 'fitted', z: 'level', stroke: ink.second, strokeWidth: 2 }),
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

/** Rows of a group at the same place become one, with the means of their fitted values: other effects differ between them. */
function meansByPlace(rows: readonly Row[]): Row[] {
  const byLevel = new Map<string, Map<number | string, Row[]>>();
  for (const row of rows) {
    const places = byLevel.get(row.level) ?? new Map<number | string, Row[]>();
    byLevel.set(row.level, places);
    const same = places.get(row.x);
    if (same) same.push(row);
    else places.set(row.x, [row]);
  }
  const mean = (same: readonly Row[], of: 'fitted' | 'population') => same.reduce((s, r) => s + r[of], 0) / same.length;
  return [...byLevel.values()].flatMap((places) =>
    Array.from(places.values(), (same) => ({
      ...same[0],
      fitted: mean(same, 'fitted'),
      population: mean(same, 'population'),
    })),
  );
}
