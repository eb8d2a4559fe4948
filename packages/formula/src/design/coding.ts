/** `contrast`: k - 1 columns; `indicator`: one column for each level; `value`: a number or matrix. */
export type Coding = 'contrast' | 'indicator' | 'value';

/**
 * How each variable of each term is coded, by R's rule (Chambers and Hastie 1992, section 2.4.1): in a term, a factor is coded by
 * contrasts if leaving it out gives a term whose columns the earlier terms span already (it is a part of one of them, or
 * empty), otherwise by indicators of all its levels. Without an intercept, the first factor of the first term with a factor
 * gets indicators.
 *
 * @param terms - ascending variable indices, in model order (by number of variables).
 */
export function codeTerms(
  terms: readonly (readonly number[])[],
  intercept: boolean,
  isFactor: (variable: number) => boolean,
): Coding[][] {
  // A margin of a term is spanned by an earlier term that equals it or has one variable more: terms come by size.
  const spanned = new Set<string>(['']);
  let indicatorsDue = !intercept;
  return terms.map((term) => {
    const coding = term.map((v): Coding => {
      if (!isFactor(v)) return 'value';
      return spanned.has(without(term, v)) ? 'contrast' : 'indicator';
    });
    const first = term.findIndex(isFactor);
    if (indicatorsDue && first !== -1) {
      coding[first] = 'indicator';
      indicatorsDue = false;
    }
    spanned.add(term.join());
    for (const v of term) spanned.add(without(term, v));
    return coding;
  });
}

const without = (term: readonly number[], variable: number): string => term.filter((v) => v !== variable).join();
