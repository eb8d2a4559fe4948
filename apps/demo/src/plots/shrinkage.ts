import type { AtPar } from '../engine/questions/explore.js';
import type { NoPooling } from '../engine/questions/no-pooling.js';
import { ink, type Draw } from './plot.js';

const coefficient = (at: AtPar, alone: NoPooling, c: number): number =>
  alone.fixed[c] < 0 ? 0 : at.beta[alone.fixed[c]];

/** How far the coefficients of each group are drawn from its own fit (circle) towards that of all (cross). */
export const shrinkage = (alone: NoPooling, at: AtPar): Draw =>
  alone.names.length === 1 ? strip(alone, at) : plane(alone, at);

const plane =
  (alone: NoPooling, at: AtPar): Draw =>
  (Plot, width) => {
    const center = [coefficient(at, alone, 0), coefficient(at, alone, 1)];
    const arrows = alone.levels
      .map((level, l) => ({
        level,
        x1: alone.alone[0][l],
        y1: alone.alone[1][l],
        x2: center[0] + at.effects[0][l],
        y2: center[1] + at.effects[1][l],
      }))
      .filter(({ x1, y1 }) => Number.isFinite(x1) && Number.isFinite(y1))
      .slice(0, 300);
    return Plot.plot({
      width,
      height: Math.min(460, width * 0.8),
      x: { label: alone.names[0], grid: true },
      y: { label: alone.names[1], grid: true },
      marks: [
        Plot.link(arrows, { x1: 'x1', y1: 'y1', x2: 'x2', y2: 'y2', stroke: ink.quiet, strokeOpacity: 0.6 }),
        Plot.dot(arrows, { x: 'x1', y: 'y1', stroke: ink.first, r: 4 }),
        Plot.dot(arrows, { x: 'x2', y: 'y2', fill: ink.second, r: 4, channels: { level: 'level' }, tip: true }),
        Plot.dot([center], { symbol: 'cross', fill: ink.third, r: 7 }),
      ],
    });
  };

const strip =
  (alone: NoPooling, at: AtPar): Draw =>
  (Plot, width) => {
    const center = coefficient(at, alone, 0);
    const rows = alone.levels
      .map((level, l) => ({ level, alone: alone.alone[0][l], partial: center + at.effects[0][l] }))
      .filter(({ alone: value }) => Number.isFinite(value))
      .slice(0, 60);
    return Plot.plot({
      width,
      height: 60 + 14 * rows.length,
      marginLeft: Math.min(160, 24 + 7 * Math.max(1, ...rows.map(({ level }) => level.length))),
      x: { label: alone.names[0], grid: true },
      y: { label: null, domain: rows.map(({ level }) => level) },
      marks: [
        Plot.ruleX([center], { stroke: ink.third, strokeWidth: 2 }),
        Plot.link(rows, {
          y1: 'level',
          y2: 'level',
          x1: 'alone',
          x2: 'partial',
          stroke: ink.quiet,
          strokeOpacity: 0.6,
        }),
        Plot.dot(rows, { y: 'level', x: 'alone', stroke: ink.first, r: 4 }),
        Plot.dot(rows, { y: 'level', x: 'partial', fill: ink.second, r: 4, tip: true }),
      ],
    });
  };
