import type { Graph } from './graph.js';

/** A part may hold this share of the weight outside the separator. */
const BALANCE = 0.58;
/** Passes over the separator, and moves without a new best before a pass ends. */
const PASSES = 6;
const PATIENCE = 60;

/** Weight of the separator, dearer when the parts are unequal. */
export function separatorCost({ n, vertexWeight }: Graph, side: Uint8Array): number {
  const weight = [0, 0, 0];
  for (let v = 0; v < n; v++) weight[side[v]] += vertexWeight[v];
  return costOf(weight[0], weight[1], weight[2]);
}

function costOf(w0: number, w1: number, separator: number): number {
  const larger = Math.max(w0, w1);
  const excess = Math.max(0, larger - BALANCE * (w0 + w1));
  return (
    separator + (separator + 1) * (excess / (w0 + w1 + 1)) * 8 + (0.1 * Math.abs(w0 - w1) * separator) / (w0 + w1 + 1)
  );
}

/**
 * Improves a vertex separator in place. A move takes a separator vertex to one part; its neighbours in the other part join
 * the separator. The best move is made even if it loses, each vertex moves once per pass, and the pass ends at the
 * best separator it has seen.
 * Source: Ashcraft and Liu (1994), A partition improvement algorithm for generalized nested dissection.
 */
export function refineSeparator(graph: Graph, side: Uint8Array): void {
  const { n, start, adjacency, vertexWeight } = graph;
  const weight = [0, 0, 0];
  for (let v = 0; v < n; v++) weight[side[v]] += vertexWeight[v];
  const locked = new Int32Array(n).fill(-1);
  // Separator vertices, found anew in each pass; a small set, scanned for the best move.
  const members: number[] = [];
  const gains: [Int32Array, Int32Array] = [new Int32Array(n), new Int32Array(n)];

  const computeGains = (v: number): void => {
    let in0 = 0;
    let in1 = 0;
    for (let p = start[v]; p < start[v + 1]; p++) {
      const u = adjacency[p];
      if (side[u] === 0) in0 += vertexWeight[u];
      else if (side[u] === 1) in1 += vertexWeight[u];
    }
    // Moving v to part s pulls its neighbours of part 1 - s into the separator.
    gains[0][v] = vertexWeight[v] - in1;
    gains[1][v] = vertexWeight[v] - in0;
  };

  for (let pass = 0; pass < PASSES; pass++) {
    members.length = 0;
    for (let v = 0; v < n; v++) {
      if (side[v] === 2) {
        members.push(v);
        computeGains(v);
      }
    }
    const before = costOf(weight[0], weight[1], weight[2]);
    let best = before;
    // Changes since the best separator of this pass: vertex and the side it had.
    const undo: number[] = [];
    for (let idle = 0; idle < PATIENCE; idle++) {
      const move = bestMove(members, side, locked, pass, gains, weight, vertexWeight);
      if (move === -1) break;
      const v = members[move >> 1];
      const to = move & 1;
      const other = 1 - to;
      locked[v] = pass;
      undo.push(v, 2);
      side[v] = to;
      weight[2] -= vertexWeight[v];
      weight[to] += vertexWeight[v];
      for (let p = start[v]; p < start[v + 1]; p++) {
        const u = adjacency[p];
        if (side[u] === other) {
          undo.push(u, other);
          side[u] = 2;
          weight[other] -= vertexWeight[u];
          weight[2] += vertexWeight[u];
          members.push(u);
          for (let q = start[u]; q < start[u + 1]; q++) {
            const x = adjacency[q];
            if (side[x] === 2) gains[to][x] += vertexWeight[u];
          }
          computeGains(u);
        } else if (side[u] === 2) {
          gains[other][u] -= vertexWeight[v];
        }
      }
      const cost = costOf(weight[0], weight[1], weight[2]);
      if (cost < best) {
        best = cost;
        undo.length = 0;
        idle = -1;
      }
    }
    for (let k = undo.length - 2; k >= 0; k -= 2) {
      const v = undo[k];
      weight[side[v]] -= vertexWeight[v];
      side[v] = undo[k + 1];
      weight[side[v]] += vertexWeight[v];
    }
    if (best >= before) return;
  }
}

/** Index of the best move, 2 * (place in members) + part, or -1; members that left the separator are dropped. */
function bestMove(
  members: number[],
  side: Uint8Array,
  locked: Int32Array,
  pass: number,
  gains: readonly [Int32Array, Int32Array],
  weight: readonly number[],
  vertexWeight: Int32Array,
): number {
  const limit = BALANCE * (weight[0] + weight[1] + weight[2]);
  const lighter = weight[0] <= weight[1] ? 0 : 1;
  let best = -1;
  let bestGain = -Infinity;
  let kept = 0;
  for (let k = 0; k < members.length; k++) {
    const v = members[k];
    if (side[v] !== 2 || locked[v] === pass) continue;
    members[kept] = v;
    for (let s = 0; s < 2; s++) {
      if (weight[s] + vertexWeight[v] > limit && s !== lighter) continue;
      const gain = 2 * gains[s][v] + (s === lighter ? 1 : 0);
      if (gain > bestGain) {
        bestGain = gain;
        best = 2 * kept + s;
      }
    }
    kept++;
  }
  members.length = kept;
  return best;
}
