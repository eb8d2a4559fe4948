import { coarsen, type Coarsening } from './coarsen.js';
import { breadthFirst, type Graph, peripheralVertex } from './graph.js';
import { refineSeparator, separatorCost } from './refine-separator.js';

/** Below this many vertices a graph is cut directly. */
const COARSEST = 150;
/** Growing starts tried on the coarsest graph. */
const TRIES = 8;

/**
 * Vertex separator by the multilevel scheme: contract to a small graph, cut that in several ways, carry the best cut back
 * level by level and improve it on each. `side[v]` is 0 or 1 for the parts, 2 for the separator.
 * Source: Hendrickson and Rothberg (1998), Improving the run time and quality of nested dissection ordering.
 */
export function vertexSeparator(graph: Graph): Uint8Array {
  const levels: Coarsening[] = [];
  let coarsest = graph;
  while (coarsest.n > COARSEST) {
    const next = coarsen(coarsest);
    if (next.graph.n > 0.95 * coarsest.n) break;
    levels.push(next);
    coarsest = next.graph;
  }
  let side = initialSeparator(coarsest);
  for (let k = levels.length - 1; k >= 0; k--) {
    const finer = k === 0 ? graph : levels[k - 1].graph;
    const { coarseOf } = levels[k];
    const projected = new Uint8Array(finer.n);
    for (let v = 0; v < finer.n; v++) projected[v] = side[coarseOf[v]];
    side = projected;
    refineSeparator(finer, side);
  }
  return side;
}

/** The best of several cuts, each grown breadth-first from a vertex to half the weight and refined. */
function initialSeparator(graph: Graph): Uint8Array {
  const { n, start, adjacency, vertexWeight } = graph;
  let total = 0;
  for (let v = 0; v < n; v++) total += vertexWeight[v];
  const level = new Int32Array(n).fill(-1);
  const queue = new Int32Array(n);
  let best = new Uint8Array(n);
  let bestCost = Infinity;
  for (let t = 0; t < TRIES; t++) {
    const seed = Math.floor((t * n) / TRIES);
    const root = t % 2 === 0 ? peripheralVertex(graph, seed, level, queue) : seed;
    let end = breadthFirst(graph, root, level, queue, 0);
    for (let v = 0; v < n; v++) if (level[v] === -1) end = breadthFirst(graph, v, level, queue, end);
    const side = new Uint8Array(n).fill(1);
    let grown = 0;
    for (let k = 0; k < end && 2 * grown < total; k++) {
      side[queue[k]] = 0;
      grown += vertexWeight[queue[k]];
    }
    level.fill(-1);
    for (let v = 0; v < n; v++) {
      if (side[v] !== 1) continue;
      for (let p = start[v]; p < start[v + 1]; p++) {
        if (side[adjacency[p]] === 0) {
          side[v] = 2;
          break;
        }
      }
    }
    refineSeparator(graph, side);
    const cost = separatorCost(graph, side);
    if (cost < bestCost) {
      bestCost = cost;
      best = side;
    }
  }
  return best;
}
