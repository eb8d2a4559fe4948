import type { RowPoints } from '../engine/questions/row-points.js';
import { ink, type Draw } from './plot.js';

const dots = (points: RowPoints) => Array.from(points.row, (row, k) => ({ row, k }));

/** Scaled residuals against fitted values. */
export const residualsByFitted =
  (points: RowPoints): Draw =>
  (Plot, width) =>
    Plot.plot({
      width,
      height: Math.min(360, width * 0.7),
      x: { label: 'fitted value', grid: true },
      y: { label: 'residual / σ', grid: true },
      marks: [
        Plot.ruleY([0], { stroke: ink.quiet }),
        Plot.dot(dots(points), {
          x: ({ k }: { k: number }) => points.fitted[k],
          y: ({ k }: { k: number }) => points.scaled[k],
          r: 2.5,
          fill: ink.first,
          fillOpacity: 0.55,
          channels: { row: 'row' },
          tip: true,
        }),
      ],
    });

/** Square root of the absolute residual: a trend means that the spread depends on the mean. */
export const scaleLocation =
  (points: RowPoints): Draw =>
  (Plot, width) =>
    Plot.plot({
      width,
      height: Math.min(360, width * 0.7),
      x: { label: 'fitted value', grid: true },
      y: { label: '√|residual / σ|', grid: true, zero: true },
      marks: [
        Plot.dot(dots(points), {
          x: ({ k }: { k: number }) => points.fitted[k],
          y: ({ k }: { k: number }) => Math.sqrt(Math.abs(points.scaled[k])),
          r: 2.5,
          fill: ink.first,
          fillOpacity: 0.55,
          channels: { row: 'row' },
          tip: true,
        }),
        Plot.linearRegressionY(dots(points), {
          x: ({ k }: { k: number }) => points.fitted[k],
          y: ({ k }: { k: number }) => Math.sqrt(Math.abs(points.scaled[k])),
          stroke: ink.second,
          fillOpacity: 0,
        }),
      ],
    });

/** Sorted residuals against normal quantiles. */
export const residualQuantiles =
  (points: RowPoints): Draw =>
  (Plot, width) =>
    Plot.plot({
      width,
      height: Math.min(360, width * 0.7),
      x: { label: 'normal quantile', grid: true },
      y: { label: 'residual / σ', grid: true },
      marks: [
        Plot.line(
          [-3, 3].map((z) => [z, z]),
          { stroke: ink.second, clip: true },
        ),
        Plot.dot(dots(points), {
          x: ({ k }: { k: number }) => points.normal[k],
          y: ({ k }: { k: number }) => points.scaled[k],
          r: 2.5,
          fill: ink.first,
          fillOpacity: 0.55,
          channels: { row: 'row' },
          tip: true,
        }),
      ],
    });
