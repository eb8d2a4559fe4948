// Writes the Matrix Market files of test/matrix-market: positive definite matrices from known stencils and structures.
//   node scripts/make-matrices.mjs
import { writeFileSync } from 'node:fs';
import { formatMatrixMarket, tripletsToCsc } from '../dist/index.js';

const folder = new URL('../test/matrix-market/', import.meta.url);

/** Collects the lower triangle of a symmetric matrix. */
function builder(n) {
  const [rows, cols, values] = [[], [], []];
  return {
    add(i, j, v) {
      rows.push(Math.max(i, j));
      cols.push(Math.min(i, j));
      values.push(v);
    },
    done: () => tripletsToCsc({ nrow: n, ncol: n, rows, cols, values }),
  };
}

/** Stencil on a grid: offsets with coefficients, `diagonal` in the middle; each offset in one direction only. */
function stencil(sides, diagonal, offsets) {
  const n = sides.reduce((a, b) => a * b, 1);
  const matrix = builder(n);
  const at = (point) => point.reduceRight((sum, x, d) => sum * sides[d] + x, 0);
  for (let i = 0; i < n; i++) {
    const point = [];
    for (let d = 0, rest = i; d < sides.length; rest = Math.floor(rest / sides[d++])) point.push(rest % sides[d]);
    matrix.add(i, i, diagonal);
    for (const [offset, v] of offsets) {
      const other = point.map((x, d) => x + offset[d]);
      if (other.every((x, d) => x >= 0 && x < sides[d])) matrix.add(i, at(other), v);
    }
  }
  return matrix.done();
}

function arrow(n, width) {
  const matrix = builder(n);
  for (let i = 0; i < n; i++) {
    matrix.add(i, i, i < n - width ? 2 : n);
    for (let k = 0; k < width; k++) if (i < n - width) matrix.add(i, n - width + k, (k + 1) / (width + 1));
  }
  return matrix.done();
}

/** Stiffness of a chain of springs tied to the ground at every `k`-th mass. */
function springs(n, k) {
  const matrix = builder(n);
  for (let i = 0; i < n; i++) {
    matrix.add(i, i, i % k === 0 ? 1 : 0);
    if (i + 1 < n) {
      const s = 1 + (i % 7);
      matrix.add(i, i, s);
      matrix.add(i + 1, i + 1, s);
      matrix.add(i, i + 1, -s);
    }
  }
  return matrix.done();
}

/** Inverse relationship matrix of a pedigree (Henderson 1976): parents of animal i are two earlier ones. */
function pedigree(n) {
  const matrix = builder(n);
  for (let i = 0; i < n; i++) {
    const parents =
      i < 10 ? [] : [Math.floor((i * 7) / 11), Math.floor((i * 3) / 8)].filter((p, t, a) => a.indexOf(p) === t);
    const d = 1 - 0.25 * parents.length;
    matrix.add(i, i, 1 / d);
    for (const p of parents) {
      matrix.add(i, p, -0.5 / d);
      for (const q of parents) if (q <= p) matrix.add(p, q, 0.25 / d);
    }
  }
  return matrix.done();
}

/** Laplacian of a tree plus the identity: no fill from the leaves up. */
function binaryTree(n) {
  const matrix = builder(n);
  for (let i = 0; i < n; i++) {
    matrix.add(i, i, 1);
    if (i === 0) continue;
    const p = (i - 1) >> 1;
    matrix.add(i, i, 1);
    matrix.add(p, p, 1);
    matrix.add(i, p, -1);
  }
  return matrix.done();
}

const files = {
  'path-100': stencil([100], 2, [[[1], -1]]),
  'springs-90': springs(90, 9),
  'poisson2d-5point-16x11': stencil([16, 11], 4, [
    [[1, 0], -1],
    [[0, 1], -1],
  ]),
  'poisson2d-9point-14x9': stencil([14, 9], 20, [
    [[1, 0], -4],
    [[0, 1], -4],
    [[1, 1], -1],
    [[-1, 1], -1],
  ]),
  'biharmonic2d-13point-12x10': stencil([12, 10], 20, [
    [[1, 0], -8],
    [[0, 1], -8],
    [[1, 1], 2],
    [[-1, 1], 2],
    [[2, 0], 1],
    [[0, 2], 1],
  ]),
  'poisson3d-7point-6x5x7': stencil([6, 5, 7], 6, [
    [[1, 0, 0], -1],
    [[0, 1, 0], -1],
    [[0, 0, 1], -1],
  ]),
  'anisotropic2d-17x8': stencil([17, 8], 2.02, [
    [[1, 0], -1],
    [[0, 1], -0.01],
  ]),
  'five-diagonal-60': stencil([60], 26, [
    [[1], 9],
    [[2], -3],
  ]),
  'arrow-120-5': arrow(120, 5),
  'pedigree-150': pedigree(150),
  'binary-tree-127': binaryTree(127),
  'second-difference-80': stencil([80], 6.5, [
    [[1], -4],
    [[2], 1],
  ]),
};
for (const [name, matrix] of Object.entries(files)) {
  writeFileSync(new URL(`${name}.mtx`, folder), formatMatrixMarket(matrix, 'symmetric'));
}
