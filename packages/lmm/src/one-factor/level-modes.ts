import type { PenalizedLeastSquares } from '../penalized-least-squares.js';
import { multiplyLambdaInto } from '../scale-by-lambda.js';
import { RELATIVE, vectorProgram, type VectorProgram } from '../vectors/vector-program.js';
import { forEachBatch, solveLt, type BatchLayout } from './batch.js';
import type { LevelSystem } from './level-system.js';

/** After an elimination: u = L^-T (cu - RZX beta) in the last column of R, and Z'e = c - B beta - A Lambda u in that of [B c]. */
export function levelModes(layout: BatchLayout): VectorProgram {
  const { nc, p, lanes, ld, Bc, R, AL, beta } = layout;
  const program = vectorProgram();
  const u = R + p * ld;
  const e = Bc + p * ld;
  for (let k = 0; k < p; k++) program.subtractMultiple(u, beta + k, R + k * ld, nc * lanes);
  for (let k = 0; k < p; k++) program.subtractMultiple(e, beta + k, Bc + k * ld, nc * lanes);
  solveLt(program, layout, u, lanes);
  for (let a = 0; a < nc; a++) {
    for (let c = 0; c < nc; c++)
      program.subtractProduct(e + a * lanes, AL + (c * nc + a) * lanes, u + c * lanes, lanes);
  }
  return program;
}

/** u, b = Lambda u and Z'e of every level, at the solution that stands in `pls`. */
export function levelModesInto(
  { source, layout, machine, programs }: LevelSystem,
  { cp, lambdas, beta, work }: PenalizedLeastSquares,
  u: Float64Array,
  b: Float64Array,
  Zte: Float64Array,
): void {
  const { p, lanes, ld, Bc, R } = layout;
  const { memory } = machine;
  const { column } = source.blocks;
  memory.set(beta, layout.beta);
  forEachBatch(source, layout, memory, work.Zty, (first, count, stretch) => {
    machine.run(programs.modes, stretch);
    const e = stretch + Bc - RELATIVE;
    cp.terms.forEach((term, k) => {
      for (let c = 0; c < term.nc; c++) {
        const from = p * ld + (column[k] + c) * lanes;
        const to = term.start + first * term.nc + c;
        for (let i = 0; i < count; i++) {
          u[to + i * term.nc] = memory[R + from + i];
          Zte[to + i * term.nc] = memory[e + from + i];
        }
      }
    });
  });
  multiplyLambdaInto(cp, lambdas, false, u, 1, work.small, b);
}
