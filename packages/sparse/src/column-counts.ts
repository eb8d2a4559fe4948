import type { CscPattern } from './csc.js';

/**
 * Number of entries of each column of L (diagonal included), without forming L.
 *
 * Row i of L is a subtree of the elimination tree, with leaves among the columns of row i of A. A column's count is then
 * a sum over its subtree of +1 for each row subtree that has a leaf there and -1 where two paths of one row subtree
 * meet (at the least common ancestor of consecutive leaves). Nearly O(nnz(A)).
 * Source: Gilbert, Ng and Peyton (1994), An efficient algorithm to compute row and column counts.
 *
 * @param lower lower triangle of A (rows of column j below j; the diagonal may be absent)
 */
export function columnCounts(lower: CscPattern, parent: Int32Array, post: Int32Array): Int32Array {
  const { ncol: n, colPtr, rowIdx } = lower;
  const weight = new Int32Array(n);
  const firstDescendant = new Int32Array(n).fill(-1);
  for (let k = 0; k < n; k++) {
    let j = post[k];
    weight[j] = firstDescendant[j] === -1 ? 1 : 0;
    for (; j !== -1 && firstDescendant[j] === -1; j = parent[j]) firstDescendant[j] = k;
  }

  const maxFirst = new Int32Array(n).fill(-1);
  const previousLeaf = new Int32Array(n).fill(-1);
  const ancestor = new Int32Array(n);
  for (let j = 0; j < n; j++) ancestor[j] = j;

  for (let k = 0; k < n; k++) {
    const j = post[k];
    if (parent[j] !== -1) weight[parent[j]]--;
    for (let p = colPtr[j]; p < colPtr[j + 1]; p++) {
      const i = rowIdx[p];
      // j is a leaf of row subtree i exactly if none of j's descendants was seen in row i.
      if (i <= j || firstDescendant[j] <= maxFirst[i]) continue;
      maxFirst[i] = firstDescendant[j];
      weight[j]++;
      const leaf = previousLeaf[i];
      previousLeaf[i] = j;
      if (leaf === -1) continue;
      let meet = leaf;
      while (meet !== ancestor[meet]) meet = ancestor[meet];
      for (let s = leaf; s !== meet;) {
        const next = ancestor[s];
        ancestor[s] = meet;
        s = next;
      }
      weight[meet]--;
    }
    if (parent[j] !== -1) ancestor[j] = parent[j];
  }
  for (let k = 0; k < n; k++) {
    const j = post[k];
    if (parent[j] !== -1) weight[parent[j]] += weight[j];
  }
  return weight;
}
