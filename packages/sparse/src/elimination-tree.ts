import type { CscPattern } from './csc.js';

/**
 * Elimination tree of a symmetric matrix: `parent[j]` = first row below the diagonal of column j of L, or -1.
 * Takes the upper triangle (entries on or below the diagonal are ignored). Nearly O(nnz) by path compression.
 * Source: Liu (1990), The role of elimination trees in sparse factorization, section 4.
 */
export function eliminationTree(upper: CscPattern): Int32Array {
  const { ncol: n, colPtr, rowIdx } = upper;
  const parent = new Int32Array(n).fill(-1);
  const ancestor = new Int32Array(n).fill(-1);
  for (let i = 0; i < n; i++) {
    for (let p = colPtr[i]; p < colPtr[i + 1]; p++) {
      let k = rowIdx[p];
      while (k !== -1 && k < i) {
        const next = ancestor[k];
        ancestor[k] = i;
        if (next === -1) parent[k] = i;
        k = next;
      }
    }
  }
  return parent;
}

/**
 * Postorder of a forest: `post[k]` = k-th node; every node comes after its children, and a subtree is contiguous.
 * Children keep their order, so a tree that is already postordered is left as it is. O(n).
 */
export function postorder(parent: Int32Array): Int32Array {
  const n = parent.length;
  const firstChild = new Int32Array(n).fill(-1);
  const sibling = new Int32Array(n).fill(-1);
  for (let j = n - 1; j >= 0; j--) {
    if (parent[j] !== -1) {
      sibling[j] = firstChild[parent[j]];
      firstChild[parent[j]] = j;
    }
  }
  const post = new Int32Array(n);
  const stack = new Int32Array(n);
  let count = 0;
  for (let root = 0; root < n; root++) {
    if (parent[root] !== -1) continue;
    let top = 0;
    stack[0] = root;
    while (top >= 0) {
      const j = stack[top];
      const child = firstChild[j];
      if (child === -1) {
        post[count++] = j;
        top--;
      } else {
        firstChild[j] = sibling[child];
        stack[++top] = child;
      }
    }
  }
  return post;
}
