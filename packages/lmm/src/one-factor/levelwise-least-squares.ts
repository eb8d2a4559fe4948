import { levelPrecisions } from '../level-precision.js';
import type { CompositeStructure } from '@blup/covariance';
import type { FactorSize } from '@blup/sparse';
import type { CrossProducts } from '../cross-products.js';
import { dot } from '../dense.js';
import { penalizedLeastSquares, solvePenalized, type PenalizedLeastSquares } from '../penalized-least-squares.js';
import { levelBlocks, type LevelBlocks } from './level-blocks.js';
import { levelModesInto } from './level-modes.js';
import { levelSystem } from './level-system.js';

/**
 * The penalised least-squares problem of a model: level by level where there is one grouping factor, else the sparse system.
 * @param inspect told the size of the sparse factor before it is allocated; may throw to refuse it
 */
export function leastSquaresOf(
  cp: CrossProducts,
  composite: CompositeStructure,
  inspect?: (size: FactorSize) => void,
): PenalizedLeastSquares {
  const precisions = levelPrecisions(cp, composite);
  const blocks = levelBlocks(cp, precisions);
  return blocks ? levelwiseLeastSquares(cp, blocks) : penalizedLeastSquares(cp, precisions, inspect);
}

/**
 * A problem that is solved level by level. What it has beyond beta and sums of squares (vectors of length q, the sparse factor) is made when it
 * is first read after a solution, so that readers need not know; solutions must not be overwritten from outside.
 */
function levelwiseLeastSquares(cp: CrossProducts, blocks: LevelBlocks): PenalizedLeastSquares {
  const { p, q, terms } = cp;
  const levels = levelSystem(blocks);
  const u = new Float64Array(q);
  const b = new Float64Array(q);
  const Zte = new Float64Array(q);
  let sparse: PenalizedLeastSquares | null = null;
  const system = (): PenalizedLeastSquares => {
    sparse ??= penalizedLeastSquares(cp);
    sparse.lambdas.forEach((lambda, t) => lambda.set(pls.solvedFor[t]));
    solvePenalized(sparse);
    return sparse;
  };
  const modes = <T>(part: T): T => {
    if (!levels.modesAreCurrent) levelModesInto(levels, pls, u, b, Zte);
    levels.modesAreCurrent = true;
    return part;
  };
  const pls = {
    cp,
    levels,
    precisions: terms.map(() => null),
    lambdas: terms.map((t) => new Float64Array(t.nc * t.nc)),
    solvedFor: terms.map((t) => new Float64Array(t.nc * t.nc).fill(Number.NaN)),
    outcome: 'not-finite' as const,
    RXt: new Float64Array(p * p),
    beta: new Float64Array(p),
    Xte: new Float64Array(p),
    ldL2: 0,
    ldRX2: 0,
    pwrss: 0,
    work: lazyWork(cp),
    get u() {
      return modes(u);
    },
    get b() {
      return modes(b);
    },
    get Zte() {
      return modes(Zte);
    },
    get ussq() {
      return dot(modes(u), 0, u, 0, q);
    },
    get wrss() {
      return Math.max(pls.pwrss - pls.ussq, 0);
    },
    get placed() {
      return system().placed;
    },
    get symbolic() {
      return system().symbolic;
    },
    get factor() {
      return system().factor;
    },
    get values() {
      return system().values;
    },
    get RZX() {
      return system().RZX;
    },
  };
  return pls;
}

/** Workspace of which only Z'y and X'y are needed at once. */
function lazyWork({ p, q, terms, Zty, Xty }: CrossProducts): PenalizedLeastSquares['work'] {
  const largest = terms.reduce((m, t) => Math.max(m, t.nc), 1);
  let q1: Float64Array | null = null;
  let q2: Float64Array | null = null;
  let qp: Float64Array | null = null;
  return {
    small: new Float64Array(largest * largest),
    p1: new Float64Array(p),
    gram: null,
    Zty: Zty.slice(),
    Xty: Xty.slice(),
    get q1() {
      return (q1 ??= new Float64Array(q));
    },
    get q2() {
      return (q2 ??= new Float64Array(q));
    },
    get qp() {
      return (qp ??= new Float64Array(q * p));
    },
  };
}
