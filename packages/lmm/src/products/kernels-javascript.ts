import type { LevelKernels, ProductKernels } from './kernels.js';

/** Plain JavaScript kernels over a memory seen as doubles. */
export function createJavaScriptKernels(f: Float64Array): ProductKernels {
  /** Columns j and j + 1 of a tile: eight sums stay in registers. */
  const addHalfTile = (a: number, b: number, rows: number, c: number): void => {
    let s0 = 0;
    let s1 = 0;
    let s2 = 0;
    let s3 = 0;
    let t0 = 0;
    let t1 = 0;
    let t2 = 0;
    let t3 = 0;
    for (const end = a + 4 * rows; a < end; a += 4, b += 4) {
      const x = f[b];
      const y = f[b + 1];
      const v0 = f[a];
      const v1 = f[a + 1];
      const v2 = f[a + 2];
      const v3 = f[a + 3];
      s0 += v0 * x;
      s1 += v1 * x;
      s2 += v2 * x;
      s3 += v3 * x;
      t0 += v0 * y;
      t1 += v1 * y;
      t2 += v2 * y;
      t3 += v3 * y;
    }
    f[c] += s0;
    f[c + 1] += s1;
    f[c + 2] += s2;
    f[c + 3] += s3;
    f[c + 4] += t0;
    f[c + 5] += t1;
    f[c + 6] += t2;
    f[c + 7] += t3;
  };

  return {
    addProducts(a, stripsA, b, stripsB, stride, rows, c, triangle) {
      for (let I = 0; I < stripsA; I++) {
        const columns = triangle ? I + 1 : stripsB;
        for (let J = 0; J < columns; J++) {
          addHalfTile(a + I * stride, b + J * stride, rows, c);
          addHalfTile(a + I * stride, b + J * stride + 2, rows, c + 8);
          c += 16;
        }
      }
    },
  };
}

/** {@link LevelKernels} over a memory seen as doubles and as integers. */
export function createJavaScriptLevelKernels(f: Float64Array): LevelKernels {
  const ints = new Int32Array(f.buffer, f.byteOffset);
  return {
    addLevelRows(levels, z, nc, v, strips, stride, rows, sums, width, own) {
      for (let i = 0, row = 0; i < rows; i++, row += 4) {
        let at = sums + ints[levels + i] * width;
        for (let a = 0; a < nc; a++) {
          const s = f[ints[z + a] + row];
          for (let k = 0, from = v + row; k < strips; k++, from += stride, at += 4) {
            f[at] += s * f[from];
            f[at + 1] += s * f[from + 1];
            f[at + 2] += s * f[from + 2];
            f[at + 3] += s * f[from + 3];
          }
        }
        if (!own) continue;
        for (let a = 0; a < nc; a++, at += nc) {
          const s = f[ints[z + a] + row];
          for (let b = 0; b <= a; b++) f[at + b] += s * f[ints[z + b] + row];
        }
      }
    },
  };
}
