import type { PenalizedLeastSquares } from './penalized-least-squares.js';

/** What readers of a problem take from its sparse system, for problems that are solved without one: it is made, and solved, when it is read. */
export abstract class SparseOnDemand {
  /** The sparse system, solved at the factors of the last solution. */
  protected abstract sparseSystem(): PenalizedLeastSquares;

  get placed(): PenalizedLeastSquares['placed'] {
    return this.sparseSystem().placed;
  }

  get symbolic(): PenalizedLeastSquares['symbolic'] {
    return this.sparseSystem().symbolic;
  }

  get factor(): PenalizedLeastSquares['factor'] {
    return this.sparseSystem().factor;
  }

  get values(): Float64Array {
    return this.sparseSystem().values;
  }

  get RZX(): Float64Array {
    return this.sparseSystem().RZX;
  }
}
