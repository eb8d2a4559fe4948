import type { CompositeStructure } from '@blup/covariance';
import { momentEquations, type MomentEquations } from '../moments/moment-equations.js';
import type { PenalizedLeastSquares } from '../penalized-least-squares.js';
import { chainInverseInto } from './chain-factor.js';
import type { ChainSystem } from './chain-system.js';

/** The moment equations of {@link plainMoments}, from the recurrences. */
export function chainMoments({ factor, work }: ChainSystem, pls: PenalizedLeastSquares): MomentEquations {
  const { cp, u, lambdas } = pls;
  const { blocks } = cp.terms[0];
  const equations = momentEquations(cp);
  const { moments, coefficients } = equations;
  chainInverseInto(factor, work.diagonal, work.below);
  let shrunken = 0; // tr(lambda^2 Z'Z S^-1) = q - tr(S^-1 K)
  for (let i = 0; i < cp.q; i++) {
    shrunken += blocks[i] * work.diagonal[i];
    moments[1] += u[i] * u[i];
    coefficients[1] += work.diagonal[i];
  }
  moments[0] = pls.wrss;
  coefficients[0] = cp.n - cp.p - lambdas[0][0] ** 2 * shrunken;
  coefficients[3] = cp.q;
  return equations;
}

/** Least share of sigma^2 in the mean square of the response that a start assumes. */
const LEAST_NOISE = 0.02;

/**
 * Start values from products of neighbouring points, which need no solution; false (par as it was) where these are unclear or the structure does
 * not know how. The response's sum of squares is n sigma^2 and what the effects add to it.
 *
 * @param A the change of the term's column
 */
export function chainStartInto(
  { precision: { structure }, work }: ChainSystem,
  { cp, work: { Zty } }: PenalizedLeastSquares,
  { parts: [part] }: CompositeStructure,
  A: number,
  par: Float64Array,
): boolean {
  const { q, n, yty, terms } = cp;
  const { blocks } = terms[0];
  if (!structure.startFromValuesInto || !part.startFromCovarianceInto) return false;
  let information = 0;
  for (let i = 0; i < q; i++) {
    work.diagonal[i] = blocks[i] > 0 ? Zty[i] / blocks[i] : 0;
    information += blocks[i];
  }
  const levels = new Float64Array(structure.parLength);
  const variance = structure.startFromValuesInto(work.diagonal, blocks, levels);
  if (variance === null) return false;
  const s2 = Math.max(yty - variance * information, LEAST_NOISE * yty) / n;
  part.startFromCovarianceInto(Float64Array.of(variance / (s2 * A * A)), par);
  par.set(levels, par.length - levels.length);
  return par.every(Number.isFinite);
}
