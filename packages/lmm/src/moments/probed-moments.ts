import type { CrossProducts } from '../cross-products.js';
import { dot } from '../dense.js';
import { momentEquations, pairAt, type MomentEquations } from './moment-equations.js';

/** A solution of the penalised least-squares problem at a trial covariance, and more of them. */
export interface TrialSolution {
  /** Spherical effects, length q. */
  readonly u: Float64Array;
  /** |e|^2. */
  readonly wrss: number;
  /** x := S^-1 x with the fixed effects projected out, for `nrhs` (default 1) vectors of length q, column-major. */
  solveInPlace(x: Float64Array, nrhs?: number): void;
}

/** Levels up to which every level is probed on its own: sums over levels are then exact. */
const FEW_LEVELS = 8;

/** Random signs are drawn until about this many levels have been seen. */
const ENOUGH_LEVELS = 150;

/**
 * The moment equations with sums over levels estimated from solutions for random signs, the same for all columns of a term (Hutchinson 1990,
 * Communications in Statistics: Simulation and Computation 19, 433-450). One solve for each column and set of signs. The signs come from a fixed
 * generator.
 */
export function probedMoments(cp: CrossProducts, { u, wrss, solveInPlace }: TrialSolution): MomentEquations {
  const { n, p, q, terms } = cp;
  const equations = momentEquations(cp);
  const { unknowns, offset, moments, coefficients } = equations;
  const size = 1 + unknowns;
  moments[0] = wrss;
  terms.forEach(({ nc, nl, start }, t) => {
    for (let l = 0; l < nl; l++) {
      const at = start + l * nc;
      for (let b = 0; b < nc; b++) {
        for (let a = 0; a <= b; a++) moments[1 + offset[t] + pairAt(a, b)] += u[at + a] * u[at + b];
      }
    }
  });
  coefficients[0] = n - p - q;
  const sign = signs();
  terms.forEach(({ nc, nl, start }, s) => {
    const exact = nl <= FEW_LEVELS;
    const probes = probesOf(nl);
    const share = exact ? 1 : 1 / probes;
    const r = new Float64Array(nl);
    const all = new Float64Array(q * nc);
    const x = Array.from({ length: nc }, (_, b) => all.subarray(b * q, (b + 1) * q));
    for (let h = 0; h < probes; h++) {
      for (let l = 0; l < nl; l++) r[l] = exact ? Number(l === h) : sign();
      all.fill(0);
      x.forEach((xb, b) => {
        for (let l = 0; l < nl; l++) xb[start + l * nc + b] = r[l];
      });
      solveInPlace(all, nc);
      addProbe(cp, s, r, x, share, offset, size, coefficients);
    }
  });
  return equations;
}

/** Steps of conjugate gradients for a solve: many where the term has few levels, which is when its columns are far from orthogonal to the rest. */
const STEPS = 15;
const STEPS_FEW_LEVELS = 60;

/** Solves that {@link probedMoments} needs, the one at hand included, and about how many steps they take by iteration. */
export function probeCosts({ terms }: CrossProducts): { solves: number; steps: number } {
  let solves = 1;
  let steps = STEPS;
  for (const { nc, nl } of terms) {
    const count = nc * probesOf(nl);
    solves += count;
    steps += count * (nl < ENOUGH_LEVELS ? STEPS_FEW_LEVELS : STEPS);
  }
  return { solves, steps };
}

/** Sets of signs for a term, or its levels where each is probed on its own. */
function probesOf(nl: number): number {
  return nl <= FEW_LEVELS ? nl : Math.ceil(ENOUGH_LEVELS / nl);
}

/** Adds what the solutions x_b = S^-1 (r (x) e_b) of term s say. */
function addProbe(
  { q, terms }: CrossProducts,
  s: number,
  r: Float64Array,
  x: readonly Float64Array[],
  share: number,
  offset: Int32Array,
  size: number,
  coefficients: Float64Array,
): void {
  const { nc, nl, start } = terms[s];
  /** (r (x) e_a)'x_b */
  const along = (a: number, b: number) => {
    let sum = 0;
    for (let l = 0; l < nl; l++) sum += r[l] * x[b][start + l * nc + a];
    return sum;
  };
  for (let b = 0; b < nc; b++) {
    for (let a = 0; a <= b; a++) {
      const square = dot(x[a], 0, x[b], 0, q);
      const noise = share * ((along(a, b) + along(b, a)) / 2 - square);
      const unknown = 1 + offset[s] + pairAt(a, b);
      if (a === b) coefficients[0] += share * square;
      coefficients[unknown] += noise;
      coefficients[unknown * size] += a === b ? noise : 2 * noise;
    }
  }
  // x_b becomes F (r (x) e_b).
  for (let b = 0; b < nc; b++) {
    for (let i = 0; i < q; i++) x[b][i] = -x[b][i];
    for (let l = 0; l < nl; l++) x[b][start + l * nc + b] += r[l];
  }
  terms.forEach((other, t) => {
    for (let b2 = 0; b2 < nc; b2++) {
      for (let b1 = 0; b1 <= b2; b1++) {
        const column = (1 + offset[s] + pairAt(b1, b2)) * size;
        for (let a2 = 0; a2 < other.nc; a2++) {
          for (let a1 = 0; a1 <= a2; a1++) {
            let sum = 0;
            for (let l = 0; l < other.nl; l++) {
              const at = other.start + l * other.nc;
              sum += x[b1][at + a1] * x[b2][at + a2];
              if (b1 !== b2) sum += x[b2][at + a1] * x[b1][at + a2];
            }
            coefficients[column + 1 + offset[t] + pairAt(a1, a2)] += share * sum;
          }
        }
      }
    }
  });
}

/** A stream of +1 and -1 (Marsaglia 2003, J. Stat. Software 8(14): xorshift of 32 bits). */
function signs(): () => number {
  let state = 0x9e3779b9;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state < 0 ? -1 : 1;
  };
}
