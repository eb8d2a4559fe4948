import type { CscPattern } from '../csc.js';
import { amdOrdering } from './amd.js';
import { type Graph, inducedSubgraph, lowerPattern, patternGraph } from './graph.js';
import { vertexSeparator } from './separator.js';

/** Options of {@link nestedDissectionOrdering}. */
export interface NestedDissectionOptions {
  /** Parts of at most this many vertices are ordered by minimum degree. Default 120. */
  readonly leafSize?: number;
}

/**
 * Nested dissection: a small set of vertices that separates the graph into two parts is numbered last, the parts are
 * treated in the same way, small parts by minimum degree. For meshes in three dimensions it needs fewer operations than
 * minimum degree. Deterministic.
 * Source: George (1973), Nested dissection of a regular finite element mesh; separators as in `separator.ts`.
 *
 * @returns perm with `perm[new] = old`
 */
export function nestedDissectionOrdering(lower: CscPattern, options: NestedDissectionOptions = {}): Int32Array {
  const leafSize = options.leafSize ?? 120;
  const graph = patternGraph(lower);
  const perm = new Int32Array(graph.n);
  const local = new Int32Array(graph.n).fill(-1);

  // Parts still to be numbered, each with the place where its numbers end.
  const parts: { vertices: Int32Array; end: number }[] = [
    { vertices: Int32Array.from({ length: graph.n }, (_, v) => v), end: graph.n },
  ];
  for (let part = parts.pop(); part !== undefined; part = parts.pop()) {
    const { vertices, end } = part;
    const sub = inducedSubgraph(graph, vertices, local);
    const side = vertices.length > leafSize ? vertexSeparator(sub) : undefined;
    const split = side && [0, 1, 2].map((s) => vertices.filter((_, k) => side[k] === s));
    if (split === undefined || split[0].length === 0 || split[1].length === 0) {
      numberByDegree(sub, vertices, end);
      continue;
    }
    const [left, right, separator] = split;
    perm.set(separator, end - separator.length);
    parts.push({ vertices: left, end: end - separator.length - right.length });
    parts.push({ vertices: right, end: end - separator.length });
  }
  return perm;

  function numberByDegree(sub: Graph, vertices: Int32Array, end: number): void {
    const order = amdOrdering(lowerPattern(sub));
    for (let k = 0; k < order.length; k++) perm[end - order.length + k] = vertices[order[k]];
  }
}
