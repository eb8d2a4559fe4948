import { momentEquations, pairAt, type MomentEquations } from './moment-equations.js';
import { forEachBatch } from '../one-factor/batch.js';
import type { LevelSystem } from '../one-factor/level-system.js';
import type { PenalizedLeastSquares } from '../penalized-least-squares.js';

/**
 * The moment equations of a model with one grouping factor, at the solution that stands in `pls`: S is block-diagonal, so that every
 * coefficient is a sum of products of two entries of S_l^-1. The few degrees of freedom that fixed effects take from the levels are left out.
 */
export function levelMoments(system: LevelSystem, pls: PenalizedLeastSquares): MomentEquations {
  const { blocks } = system;
  const { nc, column, cp } = blocks;
  const { n, p, terms } = cp;
  const equations = momentEquations(cp);
  const { unknowns, offset, moments, coefficients } = equations;
  const size = 1 + unknowns;

  const pairs = (nc * (nc + 1)) / 2;
  const { layout, machine, programs } = system;
  const { memory } = machine;
  const { gram, effects } = system.inverse;
  memory.set(pls.beta, layout.beta);
  gram.reset(memory);
  effects.reset(memory);
  forEachBatch(system.source, layout, memory, pls.work.Zty, (_first, _count, stretch) => {
    machine.run(programs.inverse, stretch);
    gram.add(memory);
    effects.add(memory);
  });
  const place = (a: number, b: number) => (a <= b ? pairAt(a, b) : pairAt(b, a));
  /** Sum of F[a, b] over levels, F = I - S^-1. */
  const single = (a: number, b: number) => gram.at(memory, place(a, b), pairs);
  /** Sum of F[a, b] F[c, d]. */
  const shrunken = (a: number, b: number, c: number, d: number) => gram.at(memory, place(a, b), place(c, d));
  /** Sum of (S^-1 - S^-2)[a, b] = (F - F^2)[a, b]. */
  const noise = (a: number, b: number) => {
    let s = single(a, b);
    for (let c = 0; c < nc; c++) s -= shrunken(a, c, c, b);
    return s;
  };

  moments[0] = pls.pwrss;
  for (let a = 0; a < nc; a++) moments[0] = Math.max(moments[0] - effects.at(memory, a, a), 0);
  // tr S^-2 = tr I - 2 tr F + tr F^2
  coefficients[0] = n - p;
  for (let a = 0; a < nc; a++) {
    coefficients[0] -= 2 * single(a, a);
    for (let c = 0; c < nc; c++) coefficients[0] += shrunken(a, c, c, a);
  }
  forEachPair(terms, column, (b1, b2, unknown) => {
    moments[1 + unknown] += effects.at(memory, b1, b2);
    coefficients[1 + unknown] = noise(b1, b2);
    coefficients[(1 + unknown) * size] = noise(b1, b2) * (b1 === b2 ? 1 : 2);
    forEachPair(terms, column, (a1, a2, moment) => {
      const sum = shrunken(a1, b1, a2, b2) + (b1 === b2 ? 0 : shrunken(a1, b2, a2, b1));
      coefficients[(1 + unknown) * size + 1 + moment] = sum;
    });
  });
  return equations;

  /** Visits the pairs of columns of each term, with their places among all columns and among the unknowns. */
  function forEachPair(
    of: typeof terms,
    first: Int32Array,
    visit: (a: number, b: number, unknown: number) => void,
  ): void {
    of.forEach((t, k) => {
      for (let b = 0; b < t.nc; b++) {
        for (let a = 0; a <= b; a++) visit(first[k] + a, first[k] + b, offset[k] + pairAt(a, b));
      }
    });
  }
}
