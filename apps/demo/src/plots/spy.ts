import type { SpyGrid } from '../engine/questions/spy.js';
import { ink, type Draw } from './plot.js';

/** Nonzeros of a lower triangle; each square stands for several rows and columns when the matrix is large. */
export const spy =
  (grid: SpyGrid, q: number): Draw =>
  (Plot, width) => {
    const side = Math.min(width, 380);
    const scale = q / grid.cells;
    const cells = Array.from(grid.row, (row, k) => ({
      x1: grid.column[k] * scale,
      x2: (grid.column[k] + 1) * scale,
      y1: row * scale,
      y2: (row + 1) * scale,
      nonzeros: grid.count[k],
      full: grid.count[k] / (scale * scale),
    }));
    return Plot.plot({
      width: side,
      height: side,
      marginLeft: 44,
      x: { domain: [0, q], label: 'column', ticks: 4 },
      y: { domain: [q, 0], label: 'row', ticks: 4 },
      marks: [
        Plot.rect(cells, {
          x1: 'x1',
          x2: 'x2',
          y1: 'y1',
          y2: 'y2',
          fill: ink.first,
          fillOpacity: ({ full }: { full: number }) => 0.25 + 0.75 * Math.min(1, full),
          insetRight: -0.3,
          insetBottom: -0.3,
          channels: { nonzeros: 'nonzeros' },
          tip: true,
        }),
        Plot.frame({ stroke: 'var(--line)' }),
      ],
    });
  };
