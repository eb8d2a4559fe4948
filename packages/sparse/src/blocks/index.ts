export { type DiagonalBlocks, diagonalBlocks } from './diagonal-blocks.js';
export { inverseBlocksInto } from './inverse-blocks.js';
