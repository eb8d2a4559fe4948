import type { ParameterProfile } from '@blup/lmm';
import { ink, type Draw } from './plot.js';

/** zeta of one parameter: a straight line means that an interval from the standard error alone would do. */
export const profileZeta =
  ({ name, values, zeta, lower, upper, estimate }: ParameterProfile, quantile: number): Draw =>
  (Plot, width) => {
    const points = values
      .map((value, k) => ({ value, zeta: zeta[k] }))
      .filter((point) => Number.isFinite(point.value) && Number.isFinite(point.zeta));
    const ends = [lower, upper].filter(Number.isFinite);
    return Plot.plot({
      width,
      height: Math.min(260, width * 0.75),
      x: { label: name, ticks: 5, grid: true },
      y: { label: 'ζ', grid: true },
      marks: [
        Plot.ruleY([-quantile, 0, quantile], { stroke: ink.quiet, strokeDasharray: '4 3' }),
        Plot.ruleX(ends, { stroke: ink.second }),
        Plot.ruleX([estimate], { stroke: ink.third }),
        Plot.line(points, { x: 'value', y: 'zeta', stroke: ink.first, strokeWidth: 2, curve: 'monotone-x', tip: true }),
      ],
    });
  };
