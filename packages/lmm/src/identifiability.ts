import type { CovarianceStructure } from '@blup/covariance';
import { takesUpIdentity } from './confounded-structure.js';
import { ModelError, type ModelErrorCode } from './errors.js';
import type { ModelMatrices, RandomEffectsTerm } from './model-matrices.js';

/** What to do with a model whose variances cannot be told apart: refuse it, or fit it and say so. */
export type IdentifiabilityCheck = 'refuse' | 'warn';

/**
 * Finds variances that cannot be told apart whatever the data say, and those that rarely can.
 *
 * @returns warnings
 * @throws ModelError `one-level`, `not-identified`, unless `check` is `warn`
 */
export function checkIdentifiability(m: ModelMatrices, sigmaFixed: boolean, check: IdentifiabilityCheck): string[] {
  const n = m.y.length;
  const warnings: string[] = [];
  const structuredResiduals = m.terms.some((term) => term.structure.residual !== undefined);
  const refuse = (code: ModelErrorCode, message: string) => {
    if (check === 'refuse') throw new ModelError(code, message);
    warnings.push(message);
  };
  for (const term of m.terms) {
    if (term.columns.length === 0) continue;
    const label = labelOf(term);
    const nl = term.levels.length;
    const effects = nl * term.columns.length;
    if (effects <= term.structure.parLength && nl < 2) {
      refuse(
        'one-level',
        `the grouping factor ${term.group} of ${label} has one level (${term.levels[0] ?? 'none'}); ` +
          'a variance between groups cannot be estimated from one group: leave the term out, or use a factor with more levels',
      );
    } else if (term.structure.levels || term.memberships) {
      continue;
    } else if (nl >= n && !sigmaFixed && isConfoundedWithResidual(term, m.weights)) {
      refuse(
        'not-identified',
        `the grouping factor ${term.group} of ${label} has as many levels as there are rows (${n}), so its variance cannot be told ` +
          'from the residual variance: leave the term out, or fix sigma',
      );
    } else if (!sigmaFixed && !structuredResiduals && isDiagonalResidual(term, m.weights)) {
      refuse(
        'not-identified',
        `no effect of ${label} has two rows, and its structure "${term.structure.kind}" has a part that differs from effect to effect like the ` +
          'residual: the two variances cannot be told apart; use a structure that is correlated along the columns, fewer columns, or fix sigma',
      );
    } else if (effects >= n && !sigmaFixed && hasOwnVariances(term)) {
      warnings.push(
        `the term ${label} has ${effects} random effects for ${n} rows: its variances and the residual variance are probably not identified`,
      );
    }
  }
  for (const message of [...repeatedColumns(m.terms), ...withinResiduals(m)]) refuse('not-identified', message);
  return warnings;
}

/** A term by its columns, as a formula has it: `(1 + x | g)`, `(0 + x | g)`. */
export function labelOf({ names, group }: Pick<RandomEffectsTerm, 'names' | 'group'>): string {
  const columns = names.map((name) => (name === '(Intercept)' ? '1' : name));
  return `(${(columns[0] === '1' ? columns : ['0', ...columns]).join(' + ')} | ${group})`;
}

/** One row in each level, and a first column whose square is proportional to the residual variance. */
function isConfoundedWithResidual(term: RandomEffectsTerm, weights: Float64Array | null): boolean {
  const n = term.levelIdx.length;
  return term.columns.some((z) => {
    const first = z[0] ** 2 * (weights ? weights[0] : 1);
    for (let i = 1; i < n; i++) {
      const v = z[i] ** 2 * (weights ? weights[i] : 1);
      if (Math.abs(v - first) > 1e-12 * first) return false;
    }
    return true;
  });
}

/** Structures in which every column has a variance or a covariance of its own. */
function hasOwnVariances({ structure }: RandomEffectsTerm): boolean {
  return structure.parLength >= structure.nc;
}

/**
 * Indicator columns with at most one row for each effect, and a structure that can take up a multiple of the identity: that part of the
 * covariance is the residual's.
 */
function isDiagonalResidual(
  { structure, columns, levels, levelIdx }: RandomEffectsTerm,
  weights: Float64Array | null,
): boolean {
  const { nc } = structure;
  if (weights || nc === 1) return false;
  const rows = new Int32Array(levels.length * nc);
  for (let i = 0; i < levelIdx.length; i++) {
    let at = -1;
    for (let c = 0; c < nc; c++) {
      const z = columns[c][i];
      if (z === 0) continue;
      if (z !== 1 || at >= 0) return false;
      at = c;
    }
    if (at >= 0 && rows[levelIdx[i] * nc + at]++ > 0) return false;
  }
  return takesUpIdentity(structure);
}

/** A random intercept by the groups in which residuals are equally correlated, or have any covariance: it is part of that. */
function withinResiduals({ terms, weights }: ModelMatrices): string[] {
  const spec = terms.at(-1)?.structure.residual?.spec;
  const kind = spec?.correlation?.kind;
  if (weights || !spec || spec.variances.length > 0 || (kind !== 'cs' && kind !== 'us')) return [];
  const group = spec.correlation!.group;
  if (!group) return [];
  const where = group.columns.join(':');
  return terms
    .filter(
      ({ columns, structure, memberships, levelIdx }) =>
        columns.some((z) => z.every((v) => v === 1)) &&
        !structure.levels &&
        !memberships &&
        samePartition(levelIdx, group.codes),
    )
    .map(
      (term) =>
        `the random intercept of ${labelOf(term)} adds the same covariance to all rows of a level as the residual structure ${kind}(... | ${where}) can: ` +
        'only their sum is determined; leave the term out, or take a residual structure that fades with time or distance',
    );
}

function samePartition(a: ArrayLike<number>, b: ArrayLike<number>): boolean {
  const there = new Map<number, number>();
  const back = new Map<number, number>();
  for (let i = 0; i < a.length; i++) {
    if ((there.get(a[i]) ?? b[i]) !== b[i] || (back.get(b[i]) ?? a[i]) !== a[i]) return false;
    there.set(a[i], b[i]);
    back.set(b[i], a[i]);
  }
  return true;
}

/** The same column on the same levels in two terms adds up to one variance. */
function repeatedColumns(terms: readonly RandomEffectsTerm[]): string[] {
  const messages: string[] = [];
  for (let i = 1; i < terms.length; i++) {
    for (let j = 0; j < i; j++) {
      const a = terms[i];
      const b = terms[j];
      if (a.memberships || b.memberships || !addUp(a.structure, b.structure)) continue;
      if (a.levels.length !== b.levels.length || !sameNumbers(a.levelIdx, b.levelIdx)) continue;
      for (let c = 0; c < a.columns.length; c++) {
        if (!b.columns.some((z) => sameNumbers(z, a.columns[c]))) continue;
        messages.push(
          `${a.names[c]} varies by ${a.group} both in ${labelOf(b)} and in ${labelOf(a)}: only the sum of the two variances is ` +
            'determined; take it out of one of the terms',
        );
      }
    }
  }
  return messages;
}

/** Whether a covariance of one structure can stand in for one of the other on the columns that they share. */
function addUp(a: CovarianceStructure, b: CovarianceStructure): boolean {
  if (a.levels || b.levels) return a.kind === b.kind && a.parLength === b.parLength;
  const any = ({ anyColumns, nc }: CovarianceStructure) => anyColumns === true || nc === 1;
  return any(a) || any(b) || a.kind === b.kind;
}

function sameNumbers(a: ArrayLike<number>, b: ArrayLike<number>): boolean {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
