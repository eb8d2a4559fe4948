import type { SummaryData } from '../engine/fit-report.js';
import { formatNumber } from './number-text.js';

export interface Verdict {
  readonly kind: 'good' | 'look' | 'bad';
  readonly title: string;
  readonly sentences: readonly string[];
}

/** What the certificate of a fit means, for people who have not met one. */
export function certificateInWords(data: SummaryData): Verdict {
  const { certificate: c, droppedColumns, theta } = data;
  const sentences: string[] = [];
  if (!c.converged) {
    sentences.push(`The search ended early (${c.reason}) after ${c.evaluations} evaluations. ${sentence(c.message)}`);
    sentences.push('Do not use these numbers yet.');
    return { kind: 'bad', title: 'No minimum was found', sentences };
  }
  if (theta.length === 0) {
    sentences.push('Without random effects the estimate is a closed formula; nothing had to be searched.');
  } else {
    sentences.push(
      `The search took ${c.evaluations} evaluations with exact derivatives. It ended about ${formatNumber(c.decrement / Math.SQRT2, 2)} ` +
        'standard errors of the variance parameters from the minimum' +
        (c.decrement < 1e-5 ? ', closer than the digits shown.' : '.'),
    );
  }
  if (c.conditioning < 1e-6 && theta.length > 1) {
    sentences.push(
      'Some combination of the variance parameters changes the criterion very little: the data say hardly anything about it.',
    );
  }
  for (const { name, slope } of c.boundary) {
    sentences.push(
      `${name} is estimated as exactly zero. ` +
        (slope >= 0
          ? 'The criterion rises as soon as it is made larger, so zero is the best value, not a failure.'
          : 'The criterion falls when it is made larger, so this is no minimum.'),
    );
  }
  if (c.singular) {
    sentences.push(
      'The fit is singular: some variance is zero or some correlation is ±1. The estimates are the maximum, but the data ' +
        'do not support all the random effects that the formula asks for. A simpler random part may serve as well.',
    );
  }
  if (droppedColumns.length > 0) {
    sentences.push(`Left out, because other columns determine them: ${droppedColumns.join(', ')}.`);
  }
  if (c.singular) return { kind: 'look', title: 'Converged, on the boundary', sentences };
  return { kind: 'good', title: 'Converged', sentences };
}

const sentence = (text: string): string =>
  text.charAt(0).toUpperCase() + text.slice(1) + (/[.!?]$/.test(text) ? '' : '.');
