import { CovarianceStructureError } from '../structure.js';
import { knownPrecision, type SparseLower } from './series.js';
import type { LevelStructure } from './level-structure.js';

/** A pedigree by columns; null, undefined, '' and '0' stand for an unknown parent. */
export interface PedigreeTable {
  readonly animal: ArrayLike<string | number>;
  readonly sire: ArrayLike<string | number | null | undefined>;
  readonly dam: ArrayLike<string | number | null | undefined>;
}

/** A pedigree with parents before their offspring. */
export interface Pedigree {
  readonly names: readonly string[];
  /** Position of the sire, -1 for unknown. */
  readonly sire: Int32Array;
  readonly dam: Int32Array;
  /** Coefficient of inbreeding of each animal. */
  readonly inbreeding: Float64Array;
  /** Variance of the Mendelian sampling of each animal, in units of the additive variance. */
  readonly mendelian: Float64Array;
}

const unknown = (v: string | number | null | undefined): boolean =>
  v === null || v === undefined || v === '' || String(v) === '0';

/**
 * Sorts a pedigree, adds parents that are not listed as founders, and computes inbreeding by Meuwissen and Luo (1992), Genet. Sel. Evol. 24,
 * 305-313, in O(sum of numbers of ancestors).
 * @throws CovarianceStructureError for an animal listed twice, columns of different lengths, and a pedigree in which an animal is its own
 * ancestor
 */
export function readPedigree(table: PedigreeTable): Pedigree {
  const rows = table.animal.length;
  if (table.sire.length !== rows || table.dam.length !== rows)
    throw new CovarianceStructureError(
      `the pedigree has ${rows} animals, ${table.sire.length} sires and ${table.dam.length} dams: the columns must be of one length`,
    );
  const rowOf = new Map<string, number>();
  for (let i = 0; i < rows; i++) {
    const name = String(table.animal[i]);
    if (unknown(table.animal[i])) throw new CovarianceStructureError(`row ${i + 1} of the pedigree has no animal`);
    if (rowOf.has(name))
      throw new CovarianceStructureError(
        `the animal "${name}" is listed twice in the pedigree, in rows ${rowOf.get(name)! + 1} and ${i + 1}`,
      );
    rowOf.set(name, i);
  }
  const names: string[] = [];
  const place = new Map<string, number>();
  const sires: number[] = [];
  const dams: number[] = [];
  const open = new Set<string>();
  // Depth first without recursion: an animal is placed once its parents are.
  const visit = (first: string) => {
    const stack = [first];
    while (stack.length > 0) {
      const name = stack[stack.length - 1];
      if (place.has(name)) {
        stack.pop();
        continue;
      }
      const row = rowOf.get(name);
      const parents = row === undefined ? [] : [table.sire[row], table.dam[row]];
      const waiting = parents.flatMap((v) => (unknown(v) || place.has(String(v)) ? [] : [String(v)]));
      if (waiting.length > 0) {
        open.add(name);
        const circle = waiting.find((parent) => open.has(parent));
        if (circle !== undefined)
          throw new CovarianceStructureError(
            `the pedigree has a cycle: "${circle}" is an ancestor of itself (through "${name}")`,
          );
        stack.push(...waiting);
        continue;
      }
      open.delete(name);
      const at = parents.map((v) => (unknown(v) ? -1 : place.get(String(v))!));
      place.set(name, names.length);
      names.push(name);
      sires.push(at[0] ?? -1);
      dams.push(at[1] ?? -1);
      stack.pop();
    }
  };
  for (const name of rowOf.keys()) visit(name);
  const sire = Int32Array.from(sires);
  const dam = Int32Array.from(dams);
  return { names, sire, dam, ...inbreedingOf(sire, dam) };
}

/** F_i = sum over ancestors j of L[i, j]^2 D_j less 1, ancestor by ancestor from the youngest. */
function inbreedingOf(sire: Int32Array, dam: Int32Array): { inbreeding: Float64Array; mendelian: Float64Array } {
  const n = sire.length;
  const F = new Float64Array(n);
  const D = new Float64Array(n);
  const L = new Float64Array(n);
  const inbred = (parent: number) => (parent < 0 ? -1 : F[parent]);
  const heap: number[] = [];
  const queued = new Uint8Array(n);
  for (let i = 0; i < n; i++) {
    const s = sire[i];
    const d = dam[i];
    // 1/2 - (F_s + F_d) / 4 with both parents, 3/4 - F / 4 with one, 1 with none
    D[i] = 0.5 - 0.25 * (inbred(s) + inbred(d));
    if (s < 0 || d < 0) continue;
    let total = 0;
    L[i] = 1;
    push(heap, i, queued);
    while (heap.length > 0) {
      const j = pop(heap, queued);
      const l = L[j];
      L[j] = 0;
      total += l * l * D[j];
      for (const parent of [sire[j], dam[j]]) {
        if (parent < 0) continue;
        L[parent] += l / 2;
        push(heap, parent, queued);
      }
    }
    F[i] = total - 1;
  }
  return { inbreeding: F, mendelian: D };
}

/** A heap of positions, the largest first; each position at most once. */
function push(heap: number[], v: number, queued: Uint8Array): void {
  if (queued[v]) return;
  queued[v] = 1;
  let at = heap.length;
  heap.push(v);
  for (let up = (at - 1) >> 1; at > 0 && heap[up] < v; at = up, up = (at - 1) >> 1) {
    heap[at] = heap[up];
    heap[up] = v;
  }
}

function pop(heap: number[], queued: Uint8Array): number {
  const top = heap[0];
  queued[top] = 0;
  const v = heap.pop()!;
  if (heap.length === 0) return top;
  heap[0] = v;
  for (let at = 0; ;) {
    let child = 2 * at + 1;
    if (child >= heap.length) break;
    if (child + 1 < heap.length && heap[child + 1] > heap[child]) child++;
    if (heap[child] <= v) break;
    heap[at] = heap[child];
    heap[child] = v;
    at = child;
  }
  return top;
}

/**
 * The inverse of the additive relationship matrix, directly as a sparse matrix: animal i adds w w' / D_i with w = 1 at i and -1/2 at its known
 * parents (Henderson 1976, Biometrics 32, 69-83; with inbreeding, Quaas 1976, Biometrics 32, 949-953). O(animals).
 */
export function relationshipInverse({ names, sire, dam, mendelian }: Pedigree): SparseLower {
  const n = names.length;
  const columns: Map<number, number>[] = Array.from({ length: n }, () => new Map());
  for (let i = 0; i < n; i++) {
    const members: [number, number][] = [[i, 1]];
    for (const parent of [sire[i], dam[i]]) {
      if (parent < 0) continue;
      const known = members.find(([at]) => at === parent);
      if (known) known[1] -= 0.5;
      else members.push([parent, -0.5]);
    }
    for (const [a, x] of members)
      for (const [b, y] of members) {
        if (a < b) continue;
        columns[b].set(a, (columns[b].get(a) ?? 0) + (x * y) / mendelian[i]);
      }
  }
  const colPtr = new Int32Array(n + 1);
  for (let j = 0; j < n; j++) colPtr[j + 1] = colPtr[j] + columns[j].size;
  const rowIdx = new Int32Array(colPtr[n]);
  const values = new Float64Array(colPtr[n]);
  columns.forEach((column, j) => {
    [...column.entries()]
      .sort(([a], [b]) => a - b)
      .forEach(([row, v], e) => {
        rowIdx[colPtr[j] + e] = row;
        values[colPtr[j] + e] = v;
      });
  });
  return { n, colPtr, rowIdx, values };
}

/** The relationship matrix of a pedigree as a precision over its animals; log|A^-1| = -sum log D_i. */
export function relationshipLevels(pedigree: Pedigree): LevelStructure {
  const { mendelian, inbreeding } = pedigree;
  const logDet = mendelian.reduce((s, d) => s - Math.log(d), 0);
  const mean = inbreeding.reduce((s, f) => s + (1 + f) / inbreeding.length, 0);
  return knownPrecision('relationship', relationshipInverse(pedigree), logDet, mean);
}
