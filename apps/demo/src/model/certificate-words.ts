import type { Finding } from '@blup/lmm';
import type { SummaryData } from '../engine/fit-report.js';
import { formatNumber } from './number-text.js';

export interface Verdict {
  readonly kind: 'good' | 'look' | 'bad';
  readonly title: string;
  readonly sentences: readonly string[];
}

/** What the certificate of a fit means, for people who have not met one. */
export function certificateInWords({ certificate: c, theta }: SummaryData, findings: readonly Finding[]): Verdict {
  const sentences = [searchInWords(c, theta.length)];
  for (const { name, slope } of c.boundary) {
    sentences.push(
      `${name} is exactly zero: ` +
        (slope >= 0
          ? 'the criterion rises as soon as it is made larger, so zero is the best value, not a failure.'
          : 'but the criterion falls when it is made larger, so this is no minimum.'),
    );
  }
  // Warnings of the fit itself stand above the tables.
  const shown = findings.filter(({ topic }) => topic !== 'data');
  for (const { message, advice } of shown) sentences.push(`${sentence(message)} ${sentence(`what to do: ${advice}`)}`);
  if (!c.converged) return { kind: 'bad', title: 'No minimum was found: do not use these numbers yet', sentences };
  if (shown.some(({ severity }) => severity === 'problem'))
    return { kind: 'bad', title: 'Converged, with a problem', sentences };
  if (c.singular) return { kind: 'look', title: 'Converged, on the boundary', sentences };
  return { kind: shown.length > 0 ? 'look' : 'good', title: 'Converged', sentences };
}

function searchInWords(c: SummaryData['certificate'], parameters: number): string {
  if (parameters === 0) return 'Without random effects the estimate is a closed formula; nothing had to be searched.';
  if (!c.converged) return `The search ended early after ${c.evaluations} evaluations. ${sentence(c.message)}`;
  return (
    `The search took ${c.evaluations} evaluations with exact derivatives. It ended about ${formatNumber(c.decrement / Math.SQRT2, 2)} ` +
    `standard errors of the variance parameters from the minimum${c.decrement < 1e-5 ? ', closer than the digits shown.' : '.'}`
  );
}

const sentence = (text: string): string =>
  text.charAt(0).toUpperCase() + text.slice(1) + (/[.!?]$/.test(text) ? '' : '.');
