import type * as PlotModule from '@observablehq/plot';

export type Plot = typeof PlotModule;

/** Draws a figure of a given width with the plotting library, which is loaded when the first figure is. */
export type Draw = (plot: Plot, width: number) => SVGSVGElement | HTMLElement;

export const loadPlot = (): Promise<Plot> => import('@observablehq/plot');

/** Colours by the style sheet, so that figures follow the theme. */
export const ink = {
  first: 'var(--series-1)',
  second: 'var(--series-2)',
  third: 'var(--series-3)',
  points: 'var(--points)',
  quiet: 'var(--muted)',
} as const;
