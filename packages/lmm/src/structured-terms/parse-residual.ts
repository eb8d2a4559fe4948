import { nearestTag, type CorrelationKind, type VarianceKind } from '@blup/covariance';
import { ModelError } from '../errors.js';

/** How residuals are correlated within groups, or differ in variance. */
export interface ResidualOptions {
  /**
   * Correlations: `ar1`, `car1`, `arma`, `cs`, `us` by visit, `exp`, `gau`, `mat` by distance. Variances: `strata` (one for each level of
   * `by`), `varpower` and `varexp` of a covariate.
   */
  readonly kind: CorrelationKind | VarianceKind;
  /** Column of times (ar1, arma: whole numbers; car1: any) or visits (us); rows in the order of the table when left out (ar1, arma). */
  readonly time?: string;
  /** Columns of coordinates (exp, gau, mat). */
  readonly coordinates?: readonly string[];
  /** Column that the standard deviation depends on (varpower, varexp). */
  readonly covariate?: string;
  /** In place of `covariate`: the values that the model fits, random effects included. */
  readonly fitted?: true;
  /**
   * Grouping factor within which residuals are correlated (all rows are one group when left out); the strata; the factor by whose levels
   * varpower and varexp have parameters of their own. Several columns: their combinations.
   */
  readonly by?: string | readonly string[];
  /** Orders of arma; 1 and 1 when left out. */
  readonly p?: number;
  readonly q?: number;
  /** exp, gau, mat: whether a share of the variance belongs to each row alone. */
  readonly nugget?: boolean;
}

const correlations: readonly string[] = ['ar1', 'car1', 'arma', 'cs', 'us', 'exp', 'gau', 'mat'];
const variances: readonly string[] = ['strata', 'varpower', 'varexp'];

export const isVarianceKind = (kind: ResidualOptions['kind']): kind is VarianceKind => variances.includes(kind);

const forms =
  'ar1(day | g), ar1(1 | g), car1(t | g), arma(t | g, p = 1, q = 1), cs(1 | g), us(visit | g), exp(x + y | g), gau(x + y | g), mat(x + y | g), ' +
  'strata(f), varpower(x), varexp(x | f), or variances times a correlation: strata(f) * ar1(1 | g)';

const kinds: readonly string[] = [...correlations, ...variances];

const nearestOf = (kind: string): string => {
  const near = nearestTag(kind, kinds);
  return near ? `, did you mean "${near}"?` : '';
};

/**
 * For structures that come as objects.
 * @throws ModelError `bad-option` for anything but an object with a known kind
 */
export function requireResidual(given: ResidualOptions): void {
  const kind: unknown = typeof given === 'object' && given !== null ? given.kind : undefined;
  if (typeof kind === 'string' && kinds.includes(kind)) return;
  const what =
    kind === undefined
      ? `${String(given)} is no residual structure`
      : `there is no residual structure "${String(kind)}"`;
  const near = typeof kind === 'string' ? nearestOf(kind) : '';
  throw new ModelError(
    'bad-option',
    `${what}${near}; write { kind: 'ar1', time: 't', by: 'g' }, where the kinds are ${kinds.join(', ')}, or the same as text, "ar1(t | g)"`,
  );
}

const unreadable = (text: string, why: string): ModelError =>
  new ModelError('bad-option', `the residual structure "${text}" cannot be read${why}: write ${forms}`);

/**
 * Reads a residual structure: one correlation, or variances, or their product. `ar1(day | Subject)`, `ar1(1 | Subject)` (consecutive rows),
 * `car1(t | g)`, `arma(t | g, p = 2, q = 1)`, `cs(1 | g)`, `us(visit | g)`, `exp(x + y | g, nugget = true)`, `gau`, `mat`, `strata(f)`, `varpower(x)`,
 * `varpower(fitted())`, `varexp(x | f)`, `strata(f) * ar1(1 | g)`. A group of several columns is `a:b`, all rows are `1`; names that are no
 * words stand in backticks.
 *
 * @throws ModelError `bad-option` for anything else
 */
export function parseResidual(text: string): ResidualOptions[] {
  const tokens = tokensOf(text);
  const out: ResidualOptions[] = [];
  do out.push(parseFactor(text, tokens));
  while (tokens.take('*'));
  if (tokens.peek() !== null) throw unreadable(text, tokens.where());
  return out;
}

interface Token {
  readonly at: number;
  /** A sign, or the text of a word. */
  readonly text: string;
  readonly word: boolean;
}

interface Tokens {
  peek(): Token | null;
  next(): Token | null;
  /** Takes the sign if it comes next. */
  take(sign: string): boolean;
  /** In words, where reading stopped. */
  where(): string;
}

function tokensOf(text: string): Tokens {
  const list: Token[] = [];
  const pattern = /\s*(?:`([^`]+)`|([\p{L}\p{N}_.]+)|([()|*+:,=]))/uy;
  let bad = -1;
  while (pattern.lastIndex < text.trimEnd().length) {
    const at = pattern.lastIndex;
    const match = pattern.exec(text);
    if (!match) {
      bad = at;
      break;
    }
    list.push({ at, text: match[1] ?? match[2] ?? match[3], word: match[3] === undefined });
  }
  if (bad >= 0) throw unreadable(text, ` at "${text.slice(bad).trim().slice(0, 12)}"`);
  let k = 0;
  return {
    peek: () => list[k] ?? null,
    next: () => list[k++] ?? null,
    take(sign) {
      const found = list[k]?.word === false && list[k].text === sign;
      if (found) k++;
      return found;
    },
    where: () => (list[k] ? ` at "${text.slice(list[k].at).trim().slice(0, 12)}"` : ' to its end'),
  };
}

function parseFactor(text: string, tokens: Tokens): ResidualOptions {
  const fail = () => unreadable(text, tokens.where());
  const word = (): string => {
    if (!tokens.peek()?.word) throw fail();
    return tokens.next()!.text;
  };
  const name = word();
  const kind = kindOf(name);
  if (!kind) throw unreadable(text, `: there is no structure "${name}"${nearestOf(name)}`);
  if (!tokens.take('(')) throw unreadable(text, '');
  let fitted = false;
  const left: string[] = [];
  do {
    const name = word();
    if (name === 'fitted' && tokens.take('(')) {
      if (tokens.peek()?.text === '.') tokens.next();
      if (!tokens.take(')')) throw fail();
      fitted = true;
    } else left.push(name);
  } while (tokens.take('+') || (variances.includes(kind) && tokens.take(':')));
  let by: string[] | null = null;
  if (tokens.take('|')) {
    by = [];
    do by.push(word());
    while (tokens.take(':'));
  }
  const settings = new Map<string, string>();
  while (tokens.take(',')) {
    const key = word();
    if (!tokens.take('=')) throw fail();
    settings.set(key, word());
  }
  if (!tokens.take(')')) throw fail();
  return optionsFrom(text, kind, left, fitted, by, settings);
}

function kindOf(word: string): ResidualOptions['kind'] | undefined {
  const lower = word.toLowerCase();
  if (lower === 'varident') return 'strata';
  return [...correlations, ...variances].find((k) => k === lower) as ResidualOptions['kind'] | undefined;
}

function optionsFrom(
  text: string,
  kind: ResidualOptions['kind'],
  left: readonly string[],
  fitted: boolean,
  by: readonly string[] | null,
  settings: ReadonlyMap<string, string>,
): ResidualOptions {
  const refuse = (what: string) => new ModelError('bad-option', what);
  const group = by && (by.length === 1 ? by[0] : by);
  const more = settingsOf(text, kind, settings);
  if (kind === 'strata') {
    if (by || fitted) throw refuse(`strata takes one factor, as in strata(${left[0] ?? 'f'}), not "${text}"`);
    return { kind, by: left.length === 1 ? left[0] : left };
  }
  if (isVarianceKind(kind)) {
    if (left.length + Number(fitted) !== 1 || left[0] === '1')
      throw refuse(`${kind} takes one covariate, as in ${kind}(x) or ${kind}(fitted()), not "${text}"`);
    const own = group === null ? {} : { by: group };
    return fitted ? { kind, fitted, ...own } : { kind, covariate: left[0], ...own };
  }
  if (fitted) throw refuse(`fitted() is a covariate of varpower and varexp, not of ${kind}, in "${text}"`);
  if (group === null)
    throw refuse(
      `"${text}" names no grouping factor: write ${kind}(${left.join(' + ')} | g), or | 1 for all rows as one group`,
    );
  const within = group === '1' ? {} : { by: group };
  const spatial = kind === 'exp' || kind === 'gau' || kind === 'mat';
  if (spatial) {
    if (left.includes('1')) throw refuse(`${kind} needs coordinates: write ${kind}(x + y | g), not "${text}"`);
    return { kind, coordinates: left, ...within, ...more };
  }
  if (left.length !== 1) throw refuse(`${kind} takes one column of times, as in ${kind}(t | g), not "${text}"`);
  return left[0] === '1' ? { kind, ...within, ...more } : { kind, time: left[0], ...within, ...more };
}

function settingsOf(
  text: string,
  kind: string,
  settings: ReadonlyMap<string, string>,
): Pick<ResidualOptions, 'p' | 'q' | 'nugget'> {
  const out: { p?: number; q?: number; nugget?: boolean } = {};
  const spatial = kind === 'exp' || kind === 'gau' || kind === 'mat';
  for (const [key, value] of settings) {
    if (kind === 'arma' && (key === 'p' || key === 'q') && /^\d+$/.test(value)) out[key] = Number(value);
    else if (spatial && key === 'nugget' && /^(true|false)$/i.test(value)) out.nugget = value.toLowerCase() === 'true';
    else
      throw new ModelError(
        'bad-option',
        `"${key} = ${value}" in "${text}" is no setting of ${kind}: arma takes p and q (whole numbers), exp, gau and mat take nugget (true or false)`,
      );
  }
  return out;
}
