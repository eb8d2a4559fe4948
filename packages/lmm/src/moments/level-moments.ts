import { momentEquations, pairAt, type MomentEquations } from './moment-equations.js';
import { eliminate, forEachBatch, LANES, solveL, solveLt } from '../one-factor/batch.js';
import type { LevelSystem } from '../one-factor/level-system.js';
import type { PenalizedLeastSquares } from '../penalized-least-squares.js';
import { gramSum } from '../products/gram-sum.js';
import { ROW_BLOCK } from '../row-blocks.js';

/**
 * The moment equations of a model with one grouping factor, at the solution that stands in `pls`: S is block-diagonal, so that every
 * coefficient is a sum of products of two entries of S_l^-1. The few degrees of freedom that fixed effects take from the levels are left out.
 */
export function levelMoments(system: LevelSystem, pls: PenalizedLeastSquares): MomentEquations {
  const { blocks, batch, Lambda } = system;
  const { nc, nl, column, cp } = blocks;
  const { n, p, q, terms } = cp;
  const equations = momentEquations(cp);
  const { unknowns, offset, moments, coefficients } = equations;
  const size = 1 + unknowns;

  const pairs = (nc * (nc + 1)) / 2;
  const total = gramSum(pairs + 1);
  const columns = new Float64Array((pairs + 1) * ROW_BLOCK);
  const unit = new Float64Array(nc * LANES);
  forEachBatch(blocks, batch, pls.work.Zty, () => {
    const { count } = batch;
    eliminate(batch, Lambda);
    for (let b = 0; b < nc; b++) {
      unit.fill(0);
      unit.fill(1, b * LANES, b * LANES + count);
      solveL(batch, unit, 0, LANES);
      solveLt(batch, unit, 0, LANES);
      for (let a = 0; a <= b; a++) {
        const at = pairAt(a, b) * ROW_BLOCK;
        for (let i = 0; i < count; i++) columns[at + i] = unit[a * LANES + i];
      }
    }
    columns.fill(1, pairs * ROW_BLOCK, pairs * ROW_BLOCK + count);
    total.add(columns, count);
  });
  const place = (a: number, b: number) => (a <= b ? pairAt(a, b) : pairAt(b, a));
  /** Sum of T[a, b] over levels, T = S^-1. */
  const single = (a: number, b: number) => total.at(place(a, b), pairs);
  /** Sum of T[a, b] T[c, d]. */
  const double = (a: number, b: number, c: number, d: number) => total.at(place(a, b), place(c, d));
  /** Sum of (T - T^2)[a, b]. */
  const noise = (a: number, b: number) => {
    let s = single(a, b);
    for (let c = 0; c < nc; c++) s -= double(a, c, c, b);
    return s;
  };
  /** Sum of F[a, b] F[c, d], F = I - T. */
  const shrunken = (a: number, b: number, c: number, d: number) => {
    let s = double(a, b, c, d);
    if (a === b) s -= single(c, d);
    if (c === d) s -= single(a, b);
    return a === b && c === d ? s + nl : s;
  };

  const { u } = pls;
  moments[0] = pls.wrss;
  coefficients[0] = n - p - q;
  for (let a = 0; a < nc; a++) for (let c = 0; c < nc; c++) coefficients[0] += double(a, c, c, a);
  forEachPair(terms, column, (s, b1, b2, unknown) => {
    const { nc: own, start } = terms[s];
    const [r1, r2] = [b1 - column[s], b2 - column[s]];
    for (let l = 0; l < nl; l++) moments[1 + unknown] += u[start + l * own + r1] * u[start + l * own + r2];
    coefficients[1 + unknown] = noise(b1, b2);
    coefficients[(1 + unknown) * size] = noise(b1, b2) * (b1 === b2 ? 1 : 2);
    forEachPair(terms, column, (_, a1, a2, moment) => {
      const sum = shrunken(a1, b1, a2, b2) + (b1 === b2 ? 0 : shrunken(a1, b2, a2, b1));
      coefficients[(1 + unknown) * size + 1 + moment] = sum;
    });
  });
  return equations;

  /** Visits the pairs of columns of each term, with their places among all columns and among the unknowns. */
  function forEachPair(
    of: typeof terms,
    first: Int32Array,
    visit: (term: number, a: number, b: number, unknown: number) => void,
  ): void {
    of.forEach((t, k) => {
      for (let b = 0; b < t.nc; b++) {
        for (let a = 0; a <= b; a++) visit(k, first[k] + a, first[k] + b, offset[k] + pairAt(a, b));
      }
    });
  }
}
