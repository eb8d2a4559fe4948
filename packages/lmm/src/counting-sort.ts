/** Positions 0..n-1 (or those of `order`) sorted stably by `key`, whose values are below `size`. */
export function countingSort(key: Int32Array, size: number, order: Int32Array | null): Int32Array {
  const n = key.length;
  const next = new Int32Array(size + 1);
  for (let i = 0; i < n; i++) next[key[i] + 1]++;
  for (let k = 0; k < size; k++) next[k + 1] += next[k];
  const out = new Int32Array(n);
  for (let k = 0; k < n; k++) {
    const i = order ? order[k] : k;
    out[next[key[i]]++] = i;
  }
  return out;
}
