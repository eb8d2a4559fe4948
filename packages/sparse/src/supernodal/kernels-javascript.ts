import { GATHER_ROWS, type Kernels } from './kernels.js';

/** Plain JavaScript kernels over a memory seen as doubles and as 32-bit integers. */
export function createJavaScriptKernels(f: Float64Array, m: Int32Array): Kernels {
  /**
   * Column (four rows, at c unless told) += sign * A v over k0 <= k < k1: A a strip; entry k of v is at b + (k >> 2) * stride + (k & 3) * step.
   * A row of a strip has stride 16 and step 4, a column of strips step 1.
   */
  const addProduct = (
    a: number,
    b: number,
    stride: number,
    step: number,
    k0: number,
    k1: number,
    c: number,
    sign: number,
    c1 = c + 1,
    c2 = c + 2,
    c3 = c + 3,
  ): void => {
    let s0 = 0;
    let s1 = 0;
    let s2 = 0;
    let s3 = 0;
    for (let k = k0; k < k1; k++) {
      const v = f[b + (k >> 2) * stride + (k & 3) * step];
      const at = a + 4 * k;
      s0 += f[at] * v;
      s1 += f[at + 1] * v;
      s2 += f[at + 2] * v;
      s3 += f[at + 3] * v;
    }
    f[c] += sign * s0;
    f[c1] += sign * s1;
    f[c2] += sign * s2;
    f[c3] += sign * s3;
  };

  /** Dot product of two columns over `strips` strips. */
  const dot = (a: number, sa: number, b: number, sb: number, strips: number): number => {
    let sum = 0;
    for (let s = 0; s < strips; s++, a += sa, b += sb) {
      sum += f[a] * f[b] + f[a + 1] * f[b + 1] + f[a + 2] * f[b + 2] + f[a + 3] * f[b + 3];
    }
    return sum;
  };

  const rowOffsets = (
    first: number,
    from: number,
    count: number,
    rows: number,
    map: number,
    target: number,
    width: number,
    nowhere: number,
    offsets: number,
  ): void => {
    for (let i = first; i < count; i++) {
      const row = m[rows + i];
      let offset = nowhere;
      if (i >= from && row >= 0) {
        const place = m[map + row];
        offset = target + (place >> 2) * 4 * width + (place & 3);
      }
      m[offsets + i - first] = offset;
    }
  };

  /** One panel of L y = x, row by row, for `wide` interleaved right-hand sides. */
  const forward = (
    wide: number,
    panel: number,
    w: number,
    count: number,
    rows: number,
    x: number,
    first: number,
  ): void => {
    for (let r = 0; r < count; r++) {
      const row = m[rows + r];
      if (row < 0) continue;
      const columns = Math.min(r, w);
      const a = panel + (r >> 2) * 4 * w + (r & 3);
      const pivot = r < w ? f[a + 4 * r] : 1;
      for (let s = 0; s < wide; s++) {
        const at = x + wide * row + s;
        let sum = f[at];
        for (let c = 0, b = x + wide * first + s; c < columns; c++, b += wide) sum -= f[a + 4 * c] * f[b];
        f[at] = sum / pivot;
      }
    }
  };

  /** One panel of L' y = x: the rows below first, strip by strip, then the diagonal block from its last column. */
  const backward = (
    wide: number,
    panel: number,
    w: number,
    count: number,
    rows: number,
    x: number,
    first: number,
  ): void => {
    const start = x + wide * first;
    for (let R = (w + 3) >> 2; R < count >> 2; R++) {
      const i = rows + 4 * R;
      for (let s = 0; s < wide; s++) {
        // Padding rows of L are zero: any entry of x may stand for them.
        const x0 = f[x + wide * Math.max(m[i], 0) + s];
        const x1 = f[x + wide * Math.max(m[i + 1], 0) + s];
        const x2 = f[x + wide * Math.max(m[i + 2], 0) + s];
        const x3 = f[x + wide * Math.max(m[i + 3], 0) + s];
        for (let c = 0, a = panel + R * 4 * w; c < w; c++, a += 4) {
          f[start + wide * c + s] -= f[a] * x0 + f[a + 1] * x1 + f[a + 2] * x2 + f[a + 3] * x3;
        }
      }
    }
    for (let c = w - 1; c >= 0; c--) {
      for (let s = 0; s < wide; s++) {
        let sum = f[start + wide * c + s];
        for (let r = c + 1; r < w; r++) {
          sum -= f[panel + (r >> 2) * 4 * w + 4 * c + (r & 3)] * f[start + wide * r + s];
        }
        f[start + wide * c + s] = sum / f[panel + (c >> 2) * 4 * w + 4 * c + (c & 3)];
      }
    }
  };

  return {
    factorPanel(panel, w, count, scratch) {
      const strip = 4 * w;
      for (let R = 0; R < count >> 2; R++) {
        const row = panel + R * strip;
        for (let c = 0; c < Math.min(4 * R + 4, w); c++) {
          const at = row + 4 * c;
          addProduct(row, panel + (c >> 2) * strip + (c & 3), 16, 4, 0, c, at, -1);
          if (c >= 4 * R) {
            const pivot = f[at + (c & 3)];
            if (!(pivot > 0 && pivot < Infinity)) {
              f[scratch] = pivot;
              return c;
            }
            f[scratch + c] = 1 / Math.sqrt(pivot);
          }
          const r = f[scratch + c];
          f[at] *= r;
          f[at + 1] *= r;
          f[at + 2] *= r;
          f[at + 3] *= r;
        }
      }
      return -1;
    },

    setMap(rows, count, map) {
      for (let i = 0; i < count; i++) if (m[rows + i] >= 0) m[map + m[rows + i]] = i;
    },

    updateTarget(source, K, from, to, count, rows, map, target, width, trash, offsets) {
      const first = from & ~3;
      const strip = 4 * K;
      rowOffsets(first, from, count, rows, map, target, width, trash, offsets);
      const base = source + (first >> 2) * strip;
      for (let R = first; R < count; R += 4) {
        const row = base + (R - first) * K;
        const o = offsets + R - first;
        for (let c = from; c < Math.min(R + 4, to); c++) {
          const column = 4 * m[map + m[rows + c]];
          const at = base + ((c - first) >> 2) * strip + (c & 3);
          addProduct(row, at, 16, 4, 0, K, m[o] + column, -1, m[o + 1] + column, m[o + 2] + column, m[o + 3] + column);
        }
      }
    },

    updateFromLeaves(leaves, count, strips, rows, origin, width, stop) {
      for (let g = leaves; g < leaves + 4 * count; g += 4) {
        const K = m[g + 1];
        for (; m[g + 2] < m[g + 3] && m[strips + m[g + 2]] < stop; m[g + 2]++) {
          const s = m[g + 2];
          for (let e = 0; e < 4; e++) {
            if (m[rows + 4 * s + e] < 0) continue;
            const row = m[g] + 4 * K * s + e;
            const column = origin + 16 * m[strips + s] + 4 * e;
            for (let R = s; R < m[g + 3]; R++)
              addProduct(m[g] + 4 * K * R, row, 16, 4, 0, K, column + 4 * width * m[strips + R], -1);
          }
        }
      }
    },

    forward1: (panel, w, count, rows, x, first) => forward(1, panel, w, count, rows, x, first),
    forward4: (panel, w, count, rows, x, first) => forward(4, panel, w, count, rows, x, first),
    backward1: (panel, w, count, rows, x, first) => backward(1, panel, w, count, rows, x, first),
    backward4: (panel, w, count, rows, x, first) => backward(4, panel, w, count, rows, x, first),

    invertPanel(panel, out, w, count) {
      const strip = 4 * w;
      const own = (w + 3) >> 2;
      for (let r = 0; r < w; r++) {
        const e = r & 3;
        const row = panel + (r >> 2) * strip + e;
        const target = out + (r >> 2) * strip + e;
        const pivot = f[row + 4 * r];
        for (let d = 0; d < r; d++) {
          let sum = 0;
          for (let k = d; k < r; k++) sum -= f[row + 4 * k] * f[out + (k >> 2) * strip + 4 * d + (k & 3)];
          f[target + 4 * d] = sum / pivot;
        }
        f[target + 4 * r] = 1 / pivot;
      }
      for (let R = own; R < count >> 2; R++) {
        for (let d = 0; d < w; d++)
          addProduct(panel + R * strip, out + 4 * d, strip, 1, d, w, out + R * strip + 4 * d, -1);
      }
    },

    addInverseUpdate(block, width, from, to, count, rows, map, n, z, w, zeros, gather, offsets) {
      const first = from & ~3;
      const cols = ((to + 3) & ~3) - first;
      const gStrip = 4 * cols;
      rowOffsets(first, from, count, rows, map, block, width, zeros, offsets);
      const strip = 4 * w;
      const shift = (first >> 2) * strip;
      for (let start = first; start < count; start += GATHER_ROWS) {
        const stop = Math.min(start + GATHER_ROWS, count);
        for (let i = start; i < stop; i++) {
          const o = m[offsets + i - first];
          let t = gather + ((i - start) >> 2) * gStrip + (i & 3);
          for (let k = first; k < first + cols; k++, t += 4) {
            if (k < from || k >= to || k > i) f[t] = 0;
            else f[t] = f[o + 4 * m[map + m[rows + k]]] * (k === i ? 0.5 : 1);
          }
        }
        for (let R = start; R < stop; R += 4) {
          const row = gather + ((R - start) >> 2) * gStrip;
          const out = z + (R >> 2) * strip;
          const k1 = Math.min(cols, R - first + 4);
          for (let d = 0; d < w; d++) addProduct(row, n + shift + 4 * d, strip, 1, 0, k1, out + 4 * d, 1);
        }
        const chunk = (start - first) >> 2;
        const strips = (stop - start) >> 2;
        const last = Math.min(cols, stop - first);
        for (let k = 0; k < last; k++) {
          const skip = Math.max(0, (k >> 2) - chunk);
          const out = z + shift + (k >> 2) * strip + (k & 3);
          const a = gather + skip * gStrip + 4 * k;
          const b = n + shift + (chunk + skip) * strip;
          for (let d = 0; d < w; d++) f[out + 4 * d] += dot(a, gStrip, b + 4 * d, strip, strips - skip);
        }
      }
    },

    finishInverse(v, z, w, count) {
      const strip = 4 * w;
      const own = (w + 3) >> 2;
      const below = (count >> 2) - own;
      const N = v + own * strip;
      const Z21 = z + own * strip;
      for (let k = 0; k < w; k++) {
        const skip = k >> 2;
        for (let d = 0; d <= k; d++) {
          f[z + skip * strip + 4 * d + (k & 3)] =
            dot(v + skip * strip + 4 * k, strip, v + skip * strip + 4 * d, strip, own - skip) +
            dot(N + 4 * k, strip, Z21 + 4 * d, strip, below);
        }
      }
    },
  };
}
