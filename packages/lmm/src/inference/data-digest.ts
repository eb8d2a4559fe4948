import type { FittedModel } from '../fitted-model.js';

/** Short digests by which two saved models tell whether they were fitted to the same data. */
export interface DataDigest {
  /** Of the response and the weights, in the order of the rows. */
  readonly rows: string;
  /** Of the fixed-effects columns that were kept. */
  readonly fixed: string;
}

/** Digests of 64 bits (no defence against forgers). One pass over the response, the weights and the columns of X. */
export function dataDigest({ optimum }: FittedModel): DataDigest {
  const { matrices, cp } = optimum;
  return {
    rows: digestOf(matrices.weights ? [matrices.y, matrices.weights] : [matrices.y]),
    fixed: digestOf(Array.from(cp.fixed.kept, (k) => matrices.X.columns[k])),
  };
}

/** Two runs of MurmurHash3's 32-bit mixing (Appleby 2011) from different seeds, over the bits of the numbers. */
function digestOf(arrays: readonly Float64Array[]): string {
  let a = 0x9747b28c;
  let b = 0x3c6ef372;
  const number = new Float64Array(1);
  const words = new Uint32Array(number.buffer);
  const mix = (h: number, word: number): number => {
    let k = Math.imul(word, 0xcc9e2d51);
    k = Math.imul((k << 15) | (k >>> 17), 0x1b873593);
    const g = h ^ k;
    return (Math.imul((g << 13) | (g >>> 19), 5) + 0xe6546b64) | 0;
  };
  const finish = (h: number): string => {
    let g = h;
    g = Math.imul(g ^ (g >>> 16), 0x85ebca6b);
    g = Math.imul(g ^ (g >>> 13), 0xc2b2ae35);
    return ((g ^ (g >>> 16)) >>> 0).toString(16).padStart(8, '0');
  };
  for (const array of arrays) {
    a = mix(a, array.length);
    b = mix(b, array.length + 1);
    for (let i = 0; i < array.length; i++) {
      number[0] = array[i] + 0; // -0 and 0 are the same number
      a = mix(mix(a, words[0]), words[1]);
      b = mix(mix(b, words[1]), words[0]);
    }
  }
  return finish(a) + finish(b);
}
