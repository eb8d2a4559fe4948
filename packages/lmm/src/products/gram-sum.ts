import { addGram } from '../gram.js';
import { ROW_BLOCK } from '../row-blocks.js';
import { addColumnProducts, gramProducts, productAt } from './column-products.js';

/** Below this many columns packing them costs more than the faster kernel saves. */
const FEW_COLUMNS = 8;

/** The Gram matrix of columns that arrive in blocks of rows. */
export interface GramSum {
  reset(): void;
  /** Adds the products over the first `rows` rows of a block whose columns stand {@link ROW_BLOCK} places apart. */
  add(block: Float64Array, rows: number): void;
  /** Entry (i, j) of the sum. */
  at(i: number, j: number): number;
}

export function gramSum(width: number): GramSum {
  if (width <= FEW_COLUMNS) {
    const sums = new Float64Array(width * width);
    return {
      reset: () => void sums.fill(0),
      add: (block, rows) => addGram(block, width, rows, sums),
      at: (i, j) => (i <= j ? sums[j * width + i] : sums[i * width + j]),
    };
  }
  const products = gramProducts(width);
  return {
    reset: () => void products.sums.fill(0),
    add: (block, rows) => addColumnProducts(products, block, ROW_BLOCK, null, 0, rows),
    at: (i, j) => (i >= j ? productAt(products, i, j) : productAt(products, j, i)),
  };
}
