import { columnStarts, type CscPattern } from '../csc.js';

/** Undirected graph without loops; every edge is stored from both ends. */
export interface Graph {
  readonly n: number;
  /** Neighbours of v are adjacency[start[v] .. start[v + 1] - 1]. Length n + 1. */
  readonly start: Int32Array;
  readonly adjacency: Int32Array;
  /** Weight of each vertex and of each stored edge: how many vertices or edges of the original it stands for. */
  readonly vertexWeight: Int32Array;
  readonly edgeWeight: Int32Array;
}

/** Graph of a symmetric pattern given by its lower triangle. */
export function patternGraph(lower: CscPattern): Graph {
  const { ncol: n, colPtr, rowIdx } = lower;
  const counts = new Int32Array(n);
  for (let j = 0; j < n; j++) {
    for (let p = colPtr[j]; p < colPtr[j + 1]; p++) {
      if (rowIdx[p] !== j) {
        counts[j]++;
        counts[rowIdx[p]]++;
      }
    }
  }
  const start = columnStarts(counts);
  const adjacency = new Int32Array(start[n]);
  const fill = start.slice(0, n);
  for (let j = 0; j < n; j++) {
    for (let p = colPtr[j]; p < colPtr[j + 1]; p++) {
      const i = rowIdx[p];
      if (i !== j) {
        adjacency[fill[j]++] = i;
        adjacency[fill[i]++] = j;
      }
    }
  }
  return {
    n,
    start,
    adjacency,
    vertexWeight: new Int32Array(n).fill(1),
    edgeWeight: new Int32Array(adjacency.length).fill(1),
  };
}

/** Subgraph on some vertices, numbered as they are listed. `local` is workspace of length n, -1 on entry and on return. */
export function inducedSubgraph(graph: Graph, vertices: Int32Array, local: Int32Array): Graph {
  const { start, adjacency, vertexWeight, edgeWeight } = graph;
  const n = vertices.length;
  for (let k = 0; k < n; k++) local[vertices[k]] = k;
  const counts = new Int32Array(n);
  for (let k = 0; k < n; k++) {
    const v = vertices[k];
    for (let p = start[v]; p < start[v + 1]; p++) if (local[adjacency[p]] !== -1) counts[k]++;
  }
  const subStart = columnStarts(counts);
  const subAdjacency = new Int32Array(subStart[n]);
  const subEdgeWeight = new Int32Array(subStart[n]);
  const subVertexWeight = new Int32Array(n);
  for (let k = 0, q = 0; k < n; k++) {
    const v = vertices[k];
    subVertexWeight[k] = vertexWeight[v];
    for (let p = start[v]; p < start[v + 1]; p++) {
      const u = local[adjacency[p]];
      if (u === -1) continue;
      subAdjacency[q] = u;
      subEdgeWeight[q++] = edgeWeight[p];
    }
  }
  for (let k = 0; k < n; k++) local[vertices[k]] = -1;
  return { n, start: subStart, adjacency: subAdjacency, vertexWeight: subVertexWeight, edgeWeight: subEdgeWeight };
}

/** Lower triangle of the pattern of a graph, for the orderings that take patterns. */
export function lowerPattern({ n, start, adjacency }: Graph): CscPattern {
  const counts = new Int32Array(n);
  for (let j = 0; j < n; j++) for (let p = start[j]; p < start[j + 1]; p++) if (adjacency[p] > j) counts[j]++;
  const colPtr = columnStarts(counts);
  const rowIdx = new Int32Array(colPtr[n]);
  for (let j = 0, q = 0; j < n; j++) {
    for (let p = start[j]; p < start[j + 1]; p++) if (adjacency[p] > j) rowIdx[q++] = adjacency[p];
    rowIdx.subarray(colPtr[j], q).sort();
  }
  return { nrow: n, ncol: n, colPtr, rowIdx };
}

/**
 * Breadth-first search from a root over the unvisited vertices. Visited vertices get `level[v]` >= 0 and are listed in
 * `queue[from ..]`; returns the end of the list.
 */
export function breadthFirst(graph: Graph, root: number, level: Int32Array, queue: Int32Array, from: number): number {
  const { start, adjacency } = graph;
  let end = from;
  queue[end++] = root;
  level[root] = 0;
  for (let k = from; k < end; k++) {
    const v = queue[k];
    for (let p = start[v]; p < start[v + 1]; p++) {
      const u = adjacency[p];
      if (level[u] === -1) {
        level[u] = level[v] + 1;
        queue[end++] = u;
      }
    }
  }
  return end;
}

/** A vertex far from everything in root's component: repeated search from the last level (George and Liu 1979). */
export function peripheralVertex(graph: Graph, root: number, level: Int32Array, queue: Int32Array): number {
  const { start } = graph;
  let best = root;
  let height = -1;
  for (;;) {
    const end = breadthFirst(graph, best, level, queue, 0);
    const last = queue[end - 1];
    const reached = level[last];
    let candidate = last;
    for (let k = end - 1; k >= 0 && level[queue[k]] === reached; k--) {
      const v = queue[k];
      if (start[v + 1] - start[v] < start[candidate + 1] - start[candidate]) candidate = v;
    }
    for (let k = 0; k < end; k++) level[queue[k]] = -1;
    if (reached <= height) return best;
    height = reached;
    best = candidate;
  }
}
