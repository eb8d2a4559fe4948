import type { CscPattern } from '../csc.js';
import { patternGraph, peripheralVertex } from './graph.js';

/**
 * Reverse Cuthill-McKee ordering: small bandwidth and profile, good for long thin meshes and series. Each component is
 * numbered by a breadth-first search from a peripheral vertex, neighbours by ascending degree; then all is reversed.
 * O(nnz log(degree)). Deterministic.
 * Source: Cuthill and McKee (1969); George and Liu (1981), Computer Solution of Large Sparse Positive Definite Systems, ch. 4.
 *
 * @returns perm with `perm[new] = old`
 */
export function rcmOrdering(lower: CscPattern): Int32Array {
  const graph = patternGraph(lower);
  const { n, start, adjacency } = graph;
  const degree = Int32Array.from({ length: n }, (_, v) => start[v + 1] - start[v]);
  const level = new Int32Array(n).fill(-1);
  const queue = new Int32Array(n);
  const placed = new Uint8Array(n);
  const order = new Int32Array(n);
  let count = 0;
  for (let seed = 0; seed < n; seed++) {
    if (placed[seed]) continue;
    const root = peripheralVertex(graph, seed, level, queue);
    let next = count;
    order[count++] = root;
    placed[root] = 1;
    for (; next < count; next++) {
      const v = order[next];
      const first = count;
      for (let p = start[v]; p < start[v + 1]; p++) {
        const u = adjacency[p];
        if (!placed[u]) {
          placed[u] = 1;
          order[count++] = u;
        }
      }
      order.subarray(first, count).sort((a, b) => degree[a] - degree[b] || a - b);
    }
  }
  return order.reverse();
}
