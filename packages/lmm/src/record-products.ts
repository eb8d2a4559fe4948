import type { CrossProducts, LevelReader, TermProducts } from './cross-products.js';
import type { LevelPlan, RowProducts } from './products/row-products.js';
import type { TermBasis } from './term-basis.js';

/** What turns products with changed columns D and y0 into those with Q1 = D T and y~ = y0 - Q1 c. */
export interface ProductChange {
  /** Upper triangular, p by p, column-major. */
  readonly T: Float64Array;
  readonly c: Float64Array;
}

/** Levels that are read at a time: their sums stay in the first-level cache. */
const LEVELS = 128;

/** Products of the levels of plan `k`, from the sums as they stand. */
function levelReader(
  { memory, records }: RowProducts,
  k: number,
  plan: LevelPlan,
  { T, c }: ProductChange,
): LevelReader {
  const { width, first: start, row, own, nc } = records[k];
  const p = c.length;
  // y~ = y0 - D (T c)
  const d = new Float64Array(p);
  // First entry of each column of T that is not zero.
  const top = new Int32Array(p);
  for (let j = 0; j < p; j++) {
    for (let i = 0; i <= j; i++) d[i] += T[j * p + i] * c[j];
    while (T[j * p + top[j]] === 0) top[j]++;
  }
  return {
    blockInto(a, b, first, count, out, at, step) {
      // Behind the others, or among the products with D.
      const place = own ? nc * row + Math.max(a, b) * nc + Math.min(a, b) : a * row + plan.columns[b];
      for (let i = 0, from = start + first * width + place; i < count; i++, from += width)
        out[at + i * step] = memory[from];
    },
    fixedInto(a, j, first, count, out, at, step) {
      const head = T[j * p + top[j]];
      for (let i = 0, from = start + first * width + a * row; i < count; i++, from += width) {
        let s = head * memory[from + top[j]];
        for (let l = top[j] + 1; l <= j; l++) s += T[j * p + l] * memory[from + l];
        out[at + i * step] = s;
      }
    },
    responseInto(a, first, count, out, at, step) {
      for (let i = 0, from = start + first * width + a * row; i < count; i++, from += width) {
        let s = memory[from + p];
        for (let l = 0; l < p; l++) s -= d[l] * memory[from + l];
        out[at + i * step] = s;
      }
    },
  };
}

/** What the sums by level do not tell. */
export type WholeProducts = Pick<
  CrossProducts,
  'n' | 'p' | 'sumLogWeights' | 'fixed' | 'pairs' | 'XtX' | 'Xty' | 'yty'
>;

/**
 * Cross-products from the sums by level. Z~'y~ is made at once, blocks and Z~'Q1 when they are first asked for: what works level by level reads
 * them from the sums, and never needs the arrays. Classes, since object literals with accessors keep what they refer to alive for long.
 */
export class RecordProducts implements CrossProducts {
  readonly n: number;
  readonly p: number;
  readonly q: number;
  readonly sumLogWeights: number;
  readonly fixed: CrossProducts['fixed'];
  readonly terms: readonly TermProducts[];
  readonly pairs: CrossProducts['pairs'];
  readonly XtX: Float64Array;
  readonly Zty: Float64Array;
  readonly Xty: Float64Array;
  yty: number;
  readonly b0 = null;
  readonly byLevel: readonly LevelReader[];
  #ZtX: Float64Array | null = null;

  constructor(
    whole: WholeProducts,
    products: RowProducts,
    plans: readonly LevelPlan[],
    bases: readonly TermBasis[],
    change: ProductChange,
  ) {
    this.n = whole.n;
    this.p = whole.p;
    this.sumLogWeights = whole.sumLogWeights;
    this.fixed = whole.fixed;
    this.pairs = whole.pairs;
    this.XtX = whole.XtX;
    this.Xty = whole.Xty;
    this.yty = whole.yty;
    this.byLevel = plans.map((plan, k) => levelReader(products, k, plan, change));
    let q = 0;
    this.terms = products.records.map(({ nc, nl }, k) => {
      const term = new RecordTerm(this.byLevel[k], nc, nl, q, bases[k]);
      q += nc * nl;
      return term;
    });
    this.q = q;
    this.Zty = new Float64Array(q);
    this.terms.forEach(({ nc, nl, start }, k) => {
      forEachStretch(nl, (first, count) => {
        for (let a = 0; a < nc; a++)
          this.byLevel[k].responseInto(a, first, count, this.Zty, start + first * nc + a, nc);
      });
    });
  }

  get ZtX(): Float64Array {
    return (this.#ZtX ??= this.#makeZtX());
  }

  #makeZtX(): Float64Array {
    const { p, q, terms, byLevel } = this;
    const out = new Float64Array(q * p);
    terms.forEach(({ nc, nl, start }, k) => {
      forEachStretch(nl, (first, count) => {
        for (let j = 0; j < p; j++) {
          for (let a = 0; a < nc; a++)
            byLevel[k].fixedInto(a, j, first, count, out, j * q + start + first * nc + a, nc);
        }
      });
    });
    return out;
  }
}

class RecordTerm implements TermProducts {
  readonly nc: number;
  readonly nl: number;
  readonly start: number;
  readonly basis: TermBasis;
  readonly #reader: LevelReader;
  #blocks: Float64Array | null = null;

  constructor(reader: LevelReader, nc: number, nl: number, start: number, basis: TermBasis) {
    this.nc = nc;
    this.nl = nl;
    this.start = start;
    this.basis = basis;
    this.#reader = reader;
  }

  get blocks(): Float64Array {
    return (this.#blocks ??= this.#makeBlocks());
  }

  #makeBlocks(): Float64Array {
    const { nc, nl } = this;
    const out = new Float64Array(nl * nc * nc);
    forEachStretch(nl, (first, count) => {
      for (let a = 0; a < nc; a++) {
        for (let b = 0; b < nc; b++) {
          this.#reader.blockInto(a, b, first, count, out, (first * nc + b) * nc + a, nc * nc);
        }
      }
    });
    return out;
  }
}

function forEachStretch(nl: number, visit: (first: number, count: number) => void): void {
  for (let first = 0; first < nl; first += LEVELS) visit(first, Math.min(LEVELS, nl - first));
}
