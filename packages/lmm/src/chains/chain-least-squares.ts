import type { CrossProducts } from '../cross-products.js';
import type { LevelPrecision } from '../level-precision.js';
import { LazyWork } from '../one-factor/lazy-work.js';
import {
  penalizedLeastSquares,
  solvePenalized,
  type PenalizedLeastSquares,
  type PlsFailure,
} from '../penalized-least-squares.js';
import { SparseOnDemand } from '../sparse-on-demand.js';
import type { ChainSystem } from './chain-system.js';
import { chainEffects, chainModesInto } from './solve-chains.js';

/**
 * A problem that is solved along chains. What it has beyond beta and sums of squares (vectors of length q, the sparse factor) is made when it is
 * first read after a solution, so that readers need not know; solutions must not be overwritten from outside.
 */
export class ChainLeastSquares extends SparseOnDemand implements PenalizedLeastSquares {
  readonly blocks = null;
  readonly cp: CrossProducts;
  readonly levels = null;
  readonly chains: ChainSystem;
  readonly precisions: readonly LevelPrecision[];
  readonly lambdas: readonly Float64Array[] = [new Float64Array(1)];
  readonly solvedFor: readonly Float64Array[] = [Float64Array.of(Number.NaN)];
  readonly RXt: Float64Array;
  readonly beta: Float64Array;
  readonly work: LazyWork;
  outcome: PlsFailure = 'not-finite';
  ldL2 = 0;
  ldRX2 = 0;
  pwrss = 0;
  #modes: ReturnType<typeof chainModes> | null = null;
  #sparse: PenalizedLeastSquares | null = null;

  constructor(cp: CrossProducts, chains: ChainSystem) {
    super();
    this.cp = cp;
    this.chains = chains;
    this.precisions = [chains.precision];
    this.RXt = new Float64Array(cp.p * cp.p);
    this.beta = new Float64Array(cp.p);
    this.work = new LazyWork(cp);
  }

  get u(): Float64Array {
    return chainEffects(this.chains, this);
  }

  get b(): Float64Array {
    return this.#currentModes().b;
  }

  get Zte(): Float64Array {
    return this.#currentModes().Zte;
  }

  get Xte(): Float64Array {
    return this.#currentModes().Xte;
  }

  get ussq(): number {
    return this.#currentModes().ussq;
  }

  get wrss(): number {
    return this.#currentModes().wrss;
  }

  #currentModes(): ReturnType<typeof chainModes> {
    const modes = (this.#modes ??= chainModes(this.cp));
    if (!this.chains.modesAreCurrent) Object.assign(modes, chainModesInto(this.chains, this, modes));
    this.chains.modesAreCurrent = true;
    return modes;
  }

  protected sparseSystem(): PenalizedLeastSquares {
    const sparse = (this.#sparse ??= penalizedLeastSquares(this.cp, this.precisions));
    if (this.chains.systemIsCurrent) return sparse;
    sparse.lambdas[0].set(this.solvedFor[0]);
    sparse.outcome = 'not-finite';
    solvePenalized(sparse);
    this.chains.systemIsCurrent = true;
    return sparse;
  }
}

function chainModes({ p, q }: CrossProducts) {
  return { b: new Float64Array(q), Zte: new Float64Array(q), Xte: new Float64Array(p), wrss: 0, ussq: 0 };
}
