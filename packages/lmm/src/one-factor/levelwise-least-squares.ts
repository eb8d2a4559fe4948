import { levelPrecisions } from '../level-precision.js';
import type { CompositeStructure } from '@blup/covariance';
import type { FactorSize } from '@blup/sparse';
import { ChainLeastSquares } from '../chains/chain-least-squares.js';
import { chainSystem } from '../chains/chain-system.js';
import type { CrossProducts } from '../cross-products.js';
import { dot } from '../dense.js';
import {
  penalizedLeastSquares,
  solvePenalized,
  type PenalizedLeastSquares,
  type PlsFailure,
} from '../penalized-least-squares.js';
import { SparseOnDemand } from '../sparse-on-demand.js';
import { levelBlocks, type LevelBlocks } from './level-blocks.js';
import { levelModesInto } from './level-modes.js';
import { LazyWork } from './lazy-work.js';
import { levelSystem, type LevelSystem } from './level-system.js';

/**
 * The penalised least-squares problem of a model: level by level where there is one grouping factor, along the points where these form series, else
 * the sparse system.
 * @param inspect told the size of the sparse factor before it is allocated; may throw to refuse it
 */
export function leastSquaresOf(
  cp: CrossProducts,
  composite: CompositeStructure,
  inspect?: (size: FactorSize) => void,
): PenalizedLeastSquares {
  const precisions = levelPrecisions(cp, composite);
  const blocks = levelBlocks(cp, precisions);
  if (blocks) return new LevelwiseLeastSquares(cp, blocks);
  const chains = chainSystem(cp, precisions);
  return chains ? new ChainLeastSquares(cp, chains) : penalizedLeastSquares(cp, precisions, inspect);
}

/**
 * A problem that is solved level by level. What it has beyond beta and sums of squares (vectors of length q, the sparse factor) is made when it
 * is first read after a solution, so that readers need not know; solutions must not be overwritten from outside. A class, since every object
 * literal with accessors has a hidden class of its own, which keeps the whole fit alive until the next full garbage collection.
 */
class LevelwiseLeastSquares extends SparseOnDemand implements PenalizedLeastSquares {
  readonly cp: CrossProducts;
  readonly levels: LevelSystem;
  readonly chains = null;
  readonly blocks = null;
  readonly precisions: readonly null[];
  readonly lambdas: readonly Float64Array[];
  readonly solvedFor: readonly Float64Array[];
  readonly RXt: Float64Array;
  readonly beta: Float64Array;
  readonly Xte: Float64Array;
  readonly work: LazyWork;
  outcome: PlsFailure = 'not-finite';
  ldL2 = 0;
  ldRX2 = 0;
  pwrss = 0;
  #u: Float64Array | null = null;
  #b: Float64Array | null = null;
  #Zte: Float64Array | null = null;
  #sparse: PenalizedLeastSquares | null = null;

  constructor(cp: CrossProducts, blocks: LevelBlocks) {
    super();
    const { p, terms } = cp;
    this.cp = cp;
    this.levels = levelSystem(blocks);
    this.precisions = terms.map(() => null);
    this.lambdas = terms.map((t) => new Float64Array(t.nc * t.nc));
    this.solvedFor = terms.map((t) => new Float64Array(t.nc * t.nc).fill(Number.NaN));
    this.RXt = new Float64Array(p * p);
    this.beta = new Float64Array(p);
    this.Xte = new Float64Array(p);
    this.work = new LazyWork(cp);
  }

  get u(): Float64Array {
    this.#updateModes();
    return this.#u!;
  }

  get b(): Float64Array {
    this.#updateModes();
    return this.#b!;
  }

  get Zte(): Float64Array {
    this.#updateModes();
    return this.#Zte!;
  }

  get ussq(): number {
    const { u } = this;
    return dot(u, 0, u, 0, u.length);
  }

  get wrss(): number {
    return Math.max(this.pwrss - this.ussq, 0);
  }

  #updateModes(): void {
    const { q } = this.cp;
    this.#u ??= new Float64Array(q);
    this.#b ??= new Float64Array(q);
    this.#Zte ??= new Float64Array(q);
    if (!this.levels.modesAreCurrent) levelModesInto(this.levels, this, this.#u, this.#b, this.#Zte);
    this.levels.modesAreCurrent = true;
  }

  protected sparseSystem(): PenalizedLeastSquares {
    const sparse = (this.#sparse ??= penalizedLeastSquares(this.cp));
    sparse.lambdas.forEach((lambda, t) => lambda.set(this.solvedFor[t]));
    solvePenalized(sparse);
    return sparse;
  }
}
