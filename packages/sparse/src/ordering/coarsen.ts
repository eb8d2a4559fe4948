import { columnStarts } from '../csc.js';
import type { Graph } from './graph.js';

/** A smaller graph and which of its vertices stands for each vertex of the larger one. */
export interface Coarsening {
  readonly graph: Graph;
  readonly coarseOf: Int32Array;
}

/**
 * Contracts a heavy-edge matching: vertices, visited in a fixed scrambled order, pair with the unmatched neighbour
 * behind the heaviest edge (the lighter vertex on ties).
 * Source: Karypis and Kumar (1998), A fast and high quality multilevel scheme for partitioning irregular graphs.
 */
export function coarsen(graph: Graph): Coarsening {
  const { n, start, adjacency, vertexWeight, edgeWeight } = graph;
  const mate = new Int32Array(n).fill(-1);
  const coarseOf = new Int32Array(n).fill(-1);
  const order = scrambled(n);
  let count = 0;
  for (let k = 0; k < n; k++) {
    const v = order[k];
    if (mate[v] !== -1) continue;
    let best = -1;
    let bestEdge = 0;
    for (let p = start[v]; p < start[v + 1]; p++) {
      const u = adjacency[p];
      if (mate[u] !== -1) continue;
      if (edgeWeight[p] > bestEdge || (edgeWeight[p] === bestEdge && vertexWeight[u] < vertexWeight[best])) {
        best = u;
        bestEdge = edgeWeight[p];
      }
    }
    if (best === -1) best = v;
    mate[v] = best;
    mate[best] = v;
    coarseOf[v] = count;
    coarseOf[best] = count++;
  }

  const first = new Int32Array(count).fill(-1);
  const weight = new Int32Array(count);
  for (let v = 0; v < n; v++) {
    const c = coarseOf[v];
    weight[c] += vertexWeight[v];
    if (first[c] === -1) first[c] = v;
  }
  // Edges between the same two coarse vertices are merged; place[d] = where edge c - d went, if it was made for c.
  const place = new Int32Array(count).fill(-1);
  const edges = new Int32Array(adjacency.length);
  const edgeWeights = new Int32Array(adjacency.length);
  const counts = new Int32Array(count);
  let end = 0;
  for (let c = 0; c < count; c++) {
    const begin = end;
    const v0 = first[c];
    for (let v = v0, members = mate[v0] === v0 ? 1 : 2; members > 0; members--, v = mate[v0]) {
      for (let p = start[v]; p < start[v + 1]; p++) {
        const d = coarseOf[adjacency[p]];
        if (d === c) continue;
        if (place[d] >= begin) {
          edgeWeights[place[d]] += edgeWeight[p];
        } else {
          place[d] = end;
          edges[end] = d;
          edgeWeights[end++] = edgeWeight[p];
        }
      }
    }
    counts[c] = end - begin;
  }
  return {
    graph: {
      n: count,
      start: columnStarts(counts),
      adjacency: edges.slice(0, end),
      vertexWeight: weight,
      edgeWeight: edgeWeights.slice(0, end),
    },
    coarseOf,
  };
}

/** A fixed permutation of 0 .. n - 1 without pattern (Fisher-Yates with a linear congruential generator). */
export function scrambled(n: number): Int32Array {
  const order = Int32Array.from({ length: n }, (_, i) => i);
  let state = 12345;
  for (let i = n - 1; i > 0; i--) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const j = Math.floor((state / 4294967296) * (i + 1));
    const swap = order[i];
    order[i] = order[j];
    order[j] = swap;
  }
  return order;
}
