import type { Landscape } from '../engine/questions/contours.js';
import { ink, type Draw } from './plot.js';

/** Rises of the criterion at which contours are drawn: 3.84 is where a likelihood-ratio test of one parameter would reject at 5 %. */
const LEVELS = [0.1, 0.5, 1, 3.84, 10, 20, 50, 100, 200, 500, 1000];

const steps = ({ path }: Landscape) =>
  path
    .map(({ at, rise }, k) => ({ x: at[0], y: at[1], rise, evaluation: k + 1 }))
    .filter(({ rise }) => Number.isFinite(rise));

/** The criterion over one parameter, or its contours over two, with the points that the search tried. */
export const drawLandscape = (land: Landscape): Draw => (land.axes.length === 1 ? curve(land) : contours(land));

const curve =
  (land: Landscape): Draw =>
  (Plot, width) => {
    const points = Array.from(land.axes[0], (x, k) => ({ x, rise: land.rise[k] })).filter(({ rise }) =>
      Number.isFinite(rise),
    );
    return Plot.plot({
      width,
      height: Math.min(380, width * 0.7),
      x: { label: land.names[0], grid: true },
      y: { label: 'rise of the criterion', grid: true },
      marks: [
        Plot.line(points, { x: 'x', y: 'rise', stroke: ink.first, strokeWidth: 2, tip: true }),
        Plot.dot(steps(land), {
          x: 'x',
          y: 'rise',
          stroke: ink.second,
          r: 5,
          channels: { evaluation: 'evaluation' },
          tip: true,
        }),
        Plot.text(steps(land), { x: 'x', y: 'rise', text: 'evaluation', dy: -12 }),
        Plot.dot([{ x: land.optimum[0], y: 0 }], { x: 'x', y: 'y', symbol: 'star', fill: ink.second, r: 6 }),
      ],
    });
  };

const contours =
  (land: Landscape): Draw =>
  (Plot, width) => {
    const [xs, ys] = land.axes;
    const path = steps(land);
    return Plot.plot({
      width,
      height: Math.min(460, width * 0.8),
      x: { label: land.names[0], domain: [xs[0], xs.at(-2)!] },
      y: { label: land.names[1], domain: [ys[0], ys.at(-2)!] },
      marks: [
        Plot.contour(
          Array.from(land.rise, (rise) => (Number.isFinite(rise) ? rise : Number.NaN)),
          {
            width: xs.length,
            height: ys.length,
            x1: xs[0],
            x2: xs.at(-1)!,
            y1: ys[0],
            y2: ys.at(-1)!,
            stroke: ink.first,
            thresholds: LEVELS,
            clip: true,
          },
        ),
        Plot.line(path, { x: 'x', y: 'y', stroke: ink.second, strokeWidth: 1.5, clip: true }),
        Plot.dot(path, {
          x: 'x',
          y: 'y',
          fill: ink.second,
          r: 4,
          clip: true,
          channels: { evaluation: 'evaluation', rise: 'rise' },
          tip: true,
        }),
        Plot.text(path, { x: 'x', y: 'y', text: 'evaluation', dy: -11, clip: true }),
        Plot.dot([{ x: land.optimum[0], y: land.optimum[1] }], {
          x: 'x',
          y: 'y',
          symbol: 'star',
          fill: ink.third,
          r: 8,
        }),
      ],
    });
  };
