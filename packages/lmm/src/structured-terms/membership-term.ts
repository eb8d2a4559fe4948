import { ModelError } from '../errors.js';
import type { Membership, RandomEffectsTerm } from '../model-matrices.js';
import { plainColumns } from './column-structure.js';
import { columnCovariance, type TermContext, type TermCovariance } from './term-covariance.js';

/** Which further levels a row has. */
export interface MultipleMembershipOptions {
  /** Columns of the table with further levels of the rows, beside the grouping factor of the term. A missing one is no level. */
  readonly also: readonly string[];
  /**
   * How the levels of a row count: `share` (the default), each one over their number; `sum`, each 1; or columns of the table, the first for
   * the grouping factor, then one for each of `also`, taken as they are.
   */
  readonly weights?: 'share' | 'sum' | readonly string[];
}

/**
 * Multiple membership: a row takes the weighted sum of the effects of several levels of one set (pupils who changed schools, papers with
 * several referees, genotypes with two parents). The levels of all columns are one set: `(1 | school1)` with `also: ['school2']` has one
 * effect for each school, whichever column it stands in. A level that a row has twice counts with the sum of its weights.
 *
 * Source: Browne, Goldstein and Rasbash (2001), Statistical Modelling 1, 103-124.
 *
 * @param inner structure over the levels of all columns together: independent levels with an unstructured covariance of the columns when
 * left out, or `pedigree(...)`, `relationship(...)`
 * @throws ModelError `bad-option` for columns that are not there, weights that are missing, and an inner structure that does not keep the
 * names of the levels
 */
export function multipleMembership(
  options: MultipleMembershipOptions,
  inner: TermCovariance = columnCovariance(plainColumns),
): TermCovariance {
  return (term) => {
    const { levels, codes } = allLevels(term, options.also);
    const weights = weightsOf(term, codes, options);
    addRepeated(codes, weights);
    const made = inner({
      ...term,
      names: term.names,
      columns: term.columns,
      levels,
      levelIdx: codes[0],
      column: term.column,
      factor: term.factor,
    });
    const places = placesIn(made, levels);
    const [first, ...more] = codes.map((code, k): Membership => ({
      // A row without a level there stays on its first one, with columns of zeros.
      levelIdx: code.map((l, i) => places[l < 0 ? codes[0][i] : l]),
      columns: made.columns.map((z) => z.map((v, i) => v * weights[k][i])),
    }));
    return {
      ...made,
      ...first,
      group: [made.group, ...options.also].join('+'),
      memberships: [...(made.memberships ?? []), ...more],
    };
  };
}

/** Levels of the grouping factor, then those that occur only elsewhere; codes by column, -1 for none. */
function allLevels(term: TermContext, also: readonly string[]): { levels: string[]; codes: Int32Array[] } {
  if (also.length === 0)
    throw new ModelError('bad-option', `multiple membership on ${term.group} needs further columns of levels: also`);
  const place = new Map(term.levels.map((level, l) => [level, l]));
  const codes = also.map((name) => {
    const { codes: own, levels } = term.factor(name);
    const used = new Uint8Array(levels.length);
    for (const l of own) if (l >= 0) used[l] = 1;
    levels.forEach((level, l) => {
      if (used[l] && !place.has(level)) place.set(level, place.size);
    });
    return own.map((l) => (l < 0 ? -1 : place.get(levels[l])!));
  });
  return { levels: [...place.keys()], codes: [term.levelIdx.slice(), ...codes] };
}

function weightsOf(
  term: TermContext,
  codes: readonly Int32Array[],
  { weights = 'share', also }: MultipleMembershipOptions,
): Float64Array[] {
  const present = (k: number, i: number) => (codes[k][i] >= 0 ? 1 : 0);
  if (weights === 'share' || weights === 'sum') {
    const total = Float64Array.from(codes[0], (_, i) =>
      weights === 'sum' ? 1 : codes.reduce((s, _code, k) => s + present(k, i), 0),
    );
    return codes.map((_, k) => total.map((t, i) => present(k, i) / t));
  }
  if (weights.length !== also.length + 1)
    throw new ModelError(
      'bad-option',
      `multiple membership on ${term.group} has ${also.length + 1} columns of levels and ${weights.length} of weights`,
    );
  return weights.map((name, k) => term.column(name, (i) => codes[k][i] >= 0).map((w, i) => w * present(k, i)));
}

/** Weights of a level that a row has several times are added up at its first place. */
function addRepeated(codes: readonly Int32Array[], weights: readonly Float64Array[]): void {
  for (let k = 1; k < codes.length; k++) {
    for (let i = 0; i < codes[k].length; i++) {
      if (codes[k][i] < 0) continue;
      const before = codes.findIndex((code) => code[i] === codes[k][i]);
      if (before === k) continue;
      weights[before][i] += weights[k][i];
      weights[k][i] = 0;
      codes[k][i] = -1;
    }
  }
}

/** Where each level stands among those of the inner structure. */
function placesIn(made: RandomEffectsTerm, levels: readonly string[]): Int32Array {
  const position = new Map(made.levels.map((level, l) => [level, l]));
  return Int32Array.from(levels, (level) => {
    const at = position.get(level);
    if (at !== undefined && !made.memberships) return at;
    throw new ModelError(
      'bad-option',
      `a row has several levels of ${made.group}: that goes with structures of named levels of full rank (us, diag, pedigree, relationship), ` +
        'not with series',
    );
  });
}
