import type { LevelStructure } from '../levels/level-structure.js';
import type { NaturalParameter } from '../structure.js';
import { denseBlocks } from './dense-blocks.js';

/** An unstructured covariance between visits, and the relative standard deviation at each. */
export interface UnstructuredBlocks {
  readonly levels: LevelStructure;
  /** Standard deviation at a visit, relative to that of the first one. */
  sdOfVisit(par: Float64Array, visit: number): number;
}

/**
 * Any covariance between visits within blocks of consecutive points, some visits missing in some: C = G G' restricted to the visits of the
 * block, with G lower triangular and G[0, 0] = 1 (sigma is the standard deviation at the first visit). `par` is the rest of G, column by
 * column.
 *
 * @param visit of each point, 0 to names.length - 1, each at most once in a block
 */
export function unstructuredBlocks(
  starts: ArrayLike<number>,
  visit: Int32Array,
  names: readonly string[],
): UnstructuredBlocks {
  const v = names.length;
  const place: { row: number; column: number }[] = [];
  for (let column = 0; column < v; column++)
    for (let row = column; row < v; row++) if (row > 0) place.push({ row, column });
  const factorInto = (par: Float64Array, G: Float64Array): Float64Array => {
    G[0] = 1;
    place.forEach(({ row, column }, k) => (G[column * v + row] = par[k]));
    return G;
  };
  const between = (G: Float64Array, a: number, b: number) => {
    let s = 0;
    for (let k = 0; k <= Math.min(a, b); k++) s += G[k * v + a] * G[k * v + b];
    return s;
  };
  const G = new Float64Array(v * v);
  const diagonal = ({ row, column }: { row: number; column: number }) => row === column;
  const levels = denseBlocks(starts, (point) => visit[point], {
    kind: 'us',
    parNames: place.map(({ row, column }) => (row === column ? names[row] : `${names[row]}.${names[column]}`)),
    searchScale: place.map((at) => (diagonal(at) ? 'log' : 'linear')),
    lower: place.map((at) => (diagonal(at) ? Number.MIN_VALUE : -Infinity)),
    upper: place.map(() => Infinity),
    start: place.map((at) => (diagonal(at) ? 1 : 0)),
    stepScale: place.map(() => 0.5),
    prepare: (par) => void factorInto(par, G),
    covariance: (_par, _e, i, j) => between(G, visit[i], visit[j]),
    covarianceDerivative(_par, k, _e, i, j) {
      const { row, column } = place[k];
      return (visit[i] === row ? G[column * v + visit[j]] : 0) + (visit[j] === row ? G[column * v + visit[i]] : 0);
    },
    natural(par) {
      const F = factorInto(par, new Float64Array(v * v));
      const sd = names.map((_, i) => Math.sqrt(between(F, i, i)));
      const out: NaturalParameter[] = names.map((name, i) => ({ name: `sd ${name}`, value: sd[i], sigmaPower: 1 }));
      for (let j = 0; j < v; j++)
        for (let i = j + 1; i < v; i++)
          out.push({ name: `cor ${names[i]}.${names[j]}`, value: between(F, i, j) / (sd[i] * sd[j]), sigmaPower: 0 });
      return out;
    },
    isSingular: () => false,
  });
  return {
    levels,
    sdOfVisit: (par, at) => Math.sqrt(between(factorInto(par, new Float64Array(v * v)), at, at)),
  };
}
