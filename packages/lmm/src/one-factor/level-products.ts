import { addColumnProducts, crossProducts, gramProducts, productAt } from '../products/column-products.js';
import type { VectorProgram } from '../vectors/vector-program.js';

/** Products A'B of columns of a batch, summed over batches. */
export interface LevelProducts {
  /** First free place behind the sums. */
  readonly end: number;
  /** Writes the operations that add a batch into the program, where there are few columns. */
  program(program: VectorProgram): void;
  /** Adds the batch in the memory where the program does not. */
  add(memory: Float64Array): void;
  reset(memory: Float64Array): void;
  /** Entry (i, j) of the sum. */
  at(memory: Float64Array, i: number, j: number): number;
}

/** Columns in the memory: the place of the first, from column to column, how many and how long (a multiple of four). */
export interface BatchColumns {
  readonly at: number;
  readonly ld: number;
  readonly width: number;
  readonly length: number;
}

/** More products than this are left to the kernel that works on tiles of columns. */
const FEW_PRODUCTS = 36;

/** A'A. @param sums first free place of the memory */
export function levelGram(A: BatchColumns, sums: number): LevelProducts {
  const count = (A.width * (A.width + 1)) / 2;
  const place = (i: number, j: number) => (i >= j ? (i * (i + 1)) / 2 + j : (j * (j + 1)) / 2 + i);
  if (count > FEW_PRODUCTS) {
    const products = gramProducts(A.width);
    return {
      end: sums,
      program() {},
      add: (memory) => addColumnProducts(products, memory.subarray(A.at), A.ld, null, 0, A.length),
      reset: () => void products.sums.fill(0),
      at: (_, i, j) => (i >= j ? productAt(products, i, j) : productAt(products, j, i)),
    };
  }
  return {
    end: sums + count,
    program(program) {
      for (let i = 0; i < A.width; i++)
        for (let j = 0; j <= i; j++) program.addDot(sums + place(i, j), A.at + i * A.ld, A.at + j * A.ld, A.length);
    },
    add() {},
    reset: (memory) => void memory.fill(0, sums, sums + count),
    at: (memory, i, j) => memory[sums + place(i, j)],
  };
}

/** A'B for columns of the same length. */
export function levelCross(A: BatchColumns, B: BatchColumns, sums: number): LevelProducts {
  const count = A.width * B.width;
  if (count > FEW_PRODUCTS) {
    const products = crossProducts(A.width, B.width);
    return {
      end: sums,
      program() {},
      add: (memory) => addColumnProducts(products, memory.subarray(A.at), A.ld, memory.subarray(B.at), B.ld, A.length),
      reset: () => void products.sums.fill(0),
      at: (_, i, j) => productAt(products, i, j),
    };
  }
  return {
    end: sums + count,
    program(program) {
      for (let i = 0; i < A.width; i++)
        for (let j = 0; j < B.width; j++)
          program.addDot(sums + i * B.width + j, A.at + i * A.ld, B.at + j * B.ld, A.length);
    },
    add() {},
    reset: (memory) => void memory.fill(0, sums, sums + count),
    at: (memory, i, j) => memory[sums + i * B.width + j],
  };
}
