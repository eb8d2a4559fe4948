import type { CscPattern } from '../csc.js';
import { SparseError } from '../errors.js';

/** Options of {@link amdOrdering}. */
export interface AmdOptions {
  /** Rows with more than max(16, dense * sqrt(n)) off-diagonal entries are ordered last. Default 10; Infinity: none. */
  readonly dense?: number;
  /** Absorb elements whose boundary lies inside the new element. Default true. */
  readonly aggressive?: boolean;
}

/**
 * Approximate minimum degree ordering of a symmetric pattern, given by its lower triangle.
 *
 * The factor's growing structure is kept as a quotient graph: eliminated nodes become *elements* (cliques, stored by their
 * boundary), the others are *variables* with a list of elements and a list of original neighbours. Each step eliminates a
 * variable of least approximate degree; indistinguishable variables are merged into supervariables (`weight` counts
 * their members), a variable whose every neighbour is in the new element is eliminated along with it.
 * Time is near O(nnz(A) * a small factor) in practice, memory 2.4 nnz(lower) + O(n). Deterministic.
 *
 * Source: Amestoy, Davis and Duff (1996), An approximate minimum degree ordering algorithm, SIAM J. Matrix Anal. Appl. 17.
 *
 * @returns perm with `perm[new] = old`
 */
export function amdOrdering(lower: CscPattern, options: AmdOptions = {}): Int32Array {
  const n = lower.ncol;
  const aggressive = options.aggressive ?? true;
  const denseLimit = Math.min(Math.max(16, (options.dense ?? 10) * Math.sqrt(n)), n);

  // Quotient graph. Node i owns list[start[i] .. start[i] + length[i] - 1]. A variable's list holds its elements first
  // (elementCount[i] of them), then its variables; an element's list holds the variables of its boundary.
  const start = new Int32Array(n);
  const length = new Int32Array(n);
  const elementCount = new Int32Array(n);
  const list = neighbourLists(lower, start, length);
  let free = n === 0 ? 0 : start[n - 1] + length[n - 1];

  // weight > 0: a principal variable (number of its members) or an element; 0: merged, absorbed or eliminated with another.
  // Negative marks the boundary of the element under construction.
  const weight = new Int32Array(n).fill(1);
  const degree = length.slice();
  // stamp[e] - stampBase = size of (boundary of e) minus (boundary of the pivot); 0 marks a dead element.
  const stamp = new Int32Array(n).fill(1);
  let stampBase = 2;
  let maxBoundary = 0;

  // Degree lists, doubly linked; `next` also links the variables of one hash bucket.
  const degreeHead = new Int32Array(n + 1).fill(-1);
  const next = new Int32Array(n).fill(-1);
  const previous = new Int32Array(n).fill(-1);
  const hashHead = new Int32Array(n).fill(-1);
  const hashOf = new Int32Array(n);

  // Members: nodes ordered right after their representative.
  const lastMember = Int32Array.from({ length: n }, (_, i) => i);
  const nextMember = new Int32Array(n).fill(-1);
  const order = new Int32Array(n);
  let ordered = 0;

  let eliminated = 0;
  let minDegree = 0;
  const denseRows: number[] = [];
  for (let i = 0; i < n; i++) {
    if (degree[i] === 0) {
      stamp[i] = 0;
      order[ordered++] = i;
      eliminated++;
    } else if (degree[i] > denseLimit) {
      weight[i] = 0;
      denseRows.push(i);
      eliminated++;
    } else {
      enlist(i, degree[i]);
    }
  }

  while (eliminated < n) {
    while (degreeHead[minDegree] === -1) minDegree++;
    const pivot = degreeHead[minDegree];
    delist(pivot);
    eliminated += weight[pivot];
    formElement(pivot);
    const first = start[pivot];
    const end = first + length[pivot];
    stampElements(first, end);
    updateDegrees(pivot, first, end);
    stampBase += maxBoundary + 1;
    mergeIndistinguishable(first, end);
    closeElement(pivot, first, end);
  }

  const perm = new Int32Array(n);
  let count = 0;
  for (let k = 0; k < ordered; k++) for (let i = order[k]; i !== -1; i = nextMember[i]) perm[count++] = i;
  for (const i of denseRows) perm[count++] = i;
  return perm;

  function enlist(i: number, d: number): void {
    const head = degreeHead[d];
    if (head !== -1) previous[head] = i;
    next[i] = head;
    previous[i] = -1;
    degreeHead[d] = i;
  }

  function delist(i: number): void {
    const after = next[i];
    const before = previous[i];
    if (after !== -1) previous[after] = before;
    if (before === -1) degreeHead[degree[i]] = after;
    else next[before] = after;
  }

  /** The pivot becomes an element, whose boundary is the union of its neighbours and its elements' boundaries. */
  function formElement(pivot: number): void {
    const elements = elementCount[pivot];
    if (elements > 0 && free + minDegree > list.length) free = collectGarbage(list, start, length, free);
    const pivotStart = start[pivot];
    const pivotEnd = pivotStart + length[pivot];
    // Without elements the boundary is a part of the pivot's own list and stays there.
    const first = elements === 0 ? pivotStart : free;
    let end = first;
    let size = 0;
    weight[pivot] = -weight[pivot];
    for (let k = pivotStart; k <= pivotStart + elements; k++) {
      const own = k === pivotStart + elements;
      const e = own ? pivot : list[k];
      const from = own ? k : start[e];
      const to = own ? pivotEnd : from + length[e];
      for (let t = from; t < to; t++) {
        const i = list[t];
        const w = weight[i];
        if (w <= 0) continue;
        size += w;
        weight[i] = -w;
        list[end++] = i;
        delist(i);
      }
      if (!own) {
        stamp[e] = 0;
        length[e] = 0;
      }
    }
    if (elements > 0) free = end;
    degree[pivot] = size;
    start[pivot] = first;
    length[pivot] = end - first;
    elementCount[pivot] = 0;
    if (size > maxBoundary) maxBoundary = size;
  }

  /** stamp[e] - stampBase = |boundary(e) \ boundary(pivot)| for every element e next to the pivot's boundary. */
  function stampElements(first: number, end: number): void {
    if (stampBase > 0x7fffffff - 2 * n - 2) {
      for (let e = 0; e < n; e++) if (stamp[e] !== 0) stamp[e] = 1;
      stampBase = 2;
    }
    const base = stampBase;
    for (let t = first; t < end; t++) {
      const i = list[t];
      const w = -weight[i];
      const from = start[i];
      const to = from + elementCount[i];
      for (let k = from; k < to; k++) {
        const e = list[k];
        const s = stamp[e];
        if (s >= base) stamp[e] = s - w;
        else if (s !== 0) stamp[e] = degree[e] + base - w;
      }
    }
  }

  /** Degrees of the boundary's variables, whose lists lose what the new element covers. */
  function updateDegrees(pivot: number, first: number, end: number): void {
    const base = stampBase;
    for (let t = first; t < end; t++) {
      const i = list[t];
      const from = start[i];
      const elementsEnd = from + elementCount[i];
      const listEnd = from + length[i];
      let to = from;
      let hash = 0;
      let d = 0;
      for (let k = from; k < elementsEnd; k++) {
        const e = list[k];
        const s = stamp[e];
        if (s === 0) continue;
        if (s > base || !aggressive) {
          d += s - base;
          list[to++] = e;
          hash = (hash + e) | 0;
        } else {
          stamp[e] = 0;
          length[e] = 0;
        }
      }
      const variables = to;
      for (let k = elementsEnd; k < listEnd; k++) {
        const j = list[k];
        const w = weight[j];
        if (w <= 0) continue;
        d += w;
        list[to++] = j;
        hash = (hash + j) | 0;
      }
      if (d === 0) {
        // Mass elimination: i has no neighbour outside the new element. It goes before the pivot: its column is then a
        // part of the element, whereas after the pivot it would be all of it.
        const w = -weight[i];
        degree[pivot] -= w;
        weight[pivot] -= w;
        eliminated += w;
        weight[i] = 0;
        elementCount[i] = 0;
        length[i] = 0;
        order[ordered++] = i;
        continue;
      }
      if (d < degree[i]) degree[i] = d;
      // The new element goes first; the first variable moves to the end, the first element to the variables' place.
      list[to] = list[variables];
      list[variables] = list[from];
      list[from] = pivot;
      elementCount[i] = variables - from + 1;
      length[i] = to - from + 1;
      hash = (hash >>> 0) % n;
      hashOf[i] = hash;
      next[i] = hashHead[hash];
      hashHead[hash] = i;
    }
  }

  /** Variables with the same elements and neighbours share a hash bucket: they become one. */
  function mergeIndistinguishable(first: number, end: number): void {
    for (let t = first; t < end; t++) {
      if (weight[list[t]] >= 0) continue;
      const hash = hashOf[list[t]];
      let i = hashHead[hash];
      hashHead[hash] = -1;
      for (; i !== -1 && next[i] !== -1; i = next[i]) {
        const base = stampBase++;
        const count = length[i];
        const elements = elementCount[i];
        const from = start[i];
        for (let k = from + 1; k < from + count; k++) stamp[list[k]] = base;
        let before = i;
        let j = next[i];
        while (j !== -1) {
          let same = length[j] === count && elementCount[j] === elements;
          for (let k = start[j] + 1; same && k < start[j] + count; k++) same = stamp[list[k]] === base;
          if (same) {
            weight[i] += weight[j];
            weight[j] = 0;
            elementCount[j] = 0;
            length[j] = 0;
            nextMember[lastMember[i]] = j;
            lastMember[i] = lastMember[j];
            j = next[j];
            next[before] = j;
          } else {
            before = j;
            j = next[j];
          }
        }
      }
    }
  }

  /** Restores weights, enters the new degrees, drops from the boundary what was merged or eliminated. */
  function closeElement(pivot: number, first: number, end: number): void {
    const remaining = n - eliminated;
    const boundary = degree[pivot];
    let least = minDegree;
    let to = first;
    for (let t = first; t < end; t++) {
      const i = list[t];
      const w = -weight[i];
      if (w <= 0) continue;
      weight[i] = w;
      const d = Math.min(degree[i] + boundary - w, remaining - w);
      degree[i] = d;
      enlist(i, d);
      if (d < least) least = d;
      list[to++] = i;
    }
    minDegree = least;
    weight[pivot] = -weight[pivot];
    length[pivot] = to - first;
    if (to === first) stamp[pivot] = 0;
    // Whatever the boundary lost at the end of the used space is free again.
    if (free === end) free = to;
    order[ordered++] = pivot;
  }
}

/** Neighbours of every node (both triangles, no diagonal) in one array with room to spare; fills `start` and `length`. */
function neighbourLists(lower: CscPattern, start: Int32Array, length: Int32Array): Int32Array {
  const { ncol: n, colPtr, rowIdx } = lower;
  for (let j = 0; j < n; j++) {
    for (let p = colPtr[j]; p < colPtr[j + 1]; p++) {
      const i = rowIdx[p];
      if (i !== j) {
        length[i]++;
        length[j]++;
      }
    }
  }
  let total = 0;
  for (let j = 0; j < n; j++) {
    start[j] = total;
    total += length[j];
  }
  // One new boundary never needs more than n places; the fifth on top keeps garbage collections rare.
  const size = total + Math.floor(total / 5) + n + 1;
  if (size > 0x7fffffff)
    throw new SparseError('too-large', `ordering needs ${4 * size} bytes for the graph, more than 2^31 entries`);
  const list = new Int32Array(size);
  const fill = start.slice();
  for (let j = 0; j < n; j++) {
    for (let p = colPtr[j]; p < colPtr[j + 1]; p++) {
      const i = rowIdx[p];
      if (i !== j) {
        list[fill[i]++] = j;
        list[fill[j]++] = i;
      }
    }
  }
  return list;
}

/** Slides all live lists to the front of `list`; returns the first free place. */
function collectGarbage(list: Int32Array, start: Int32Array, length: Int32Array, free: number): number {
  const n = start.length;
  // The first entry of a live list is kept in start[i] while its place in `list` says whose list begins there.
  for (let i = 0; i < n; i++) {
    if (length[i] > 0) {
      const first = start[i];
      start[i] = list[first];
      list[first] = -i - 1;
    }
  }
  let to = 0;
  for (let from = 0; from < free;) {
    const owner = -list[from++] - 1;
    if (owner < 0) continue;
    list[to] = start[owner];
    start[owner] = to++;
    for (let k = 1; k < length[owner]; k++) list[to++] = list[from++];
  }
  return to;
}
