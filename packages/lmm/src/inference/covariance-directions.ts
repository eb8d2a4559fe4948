import { relativeCovariance, lambdaOf } from '@blup/covariance';
import { ModelError } from '../errors.js';
import type { Optimum } from '../optimum.js';
import { changeFactorInto, type TermBasis } from '../term-basis.js';

/**
 * One variance or covariance phi_r of the random effects, in which the covariance of the rows is linear:
 * V = sum_r phi_r G_r + sigma^2 W^-1 with G_r = Z_t (I_nl (x) E_r) Z_t'.
 */
export interface CovarianceDirection {
  readonly name: string;
  readonly term: number;
  /** E_r in the changed columns, A E_r A', nc by nc, column-major, symmetric. */
  readonly M: Float64Array;
  /** phi_r / sigma^2 at the optimum. */
  readonly ratio: number;
  /** Whether its par was held fixed. */
  readonly fixed: boolean;
  /** Position among all directions of the one that it equals, because their par are tied; its own where there is none. */
  readonly source: number;
}

/**
 * The variances and covariances of all terms, term by term: by rows of the lower triangle for an unstructured term (var a, cov b.a, var b),
 * one variance for each distinct diagonal entry of a diagonal one.
 *
 * @param columns whether unstructured terms speak of the columns as given, or of the changed ones, in which they are well conditioned
 * @throws ModelError `bad-option` for a structure that is not linear in its variances and covariances, or an unstructured term of which
 * only some par were held fixed or tied
 */
export function covarianceDirections(optimum: Optimum, columns: 'given' | 'changed' = 'given'): CovarianceDirection[] {
  const { composite, matrices, cp, par, fixedPar, source } = optimum;
  const shared = new Set(source.filter((s, k) => s !== k));
  return composite.parts.flatMap((part, t) => {
    const { nc } = part;
    const { group, names } = matrices.terms[t];
    if (part.levels || part.residual) throw notLinear(part.kind, group);
    const from = composite.parOffset[t];
    const lambda = lambdaOf(part, par.subarray(from, composite.parOffset[t + 1]));
    const own = source.subarray(from, composite.parOffset[t + 1]);
    const tied = own.some((s, i) => s !== from + i);
    // Numbers that two terms share speak of the columns as given in both.
    const conditioned =
      columns === 'changed' && part.anyColumns === true && !tied && !own.some((_, i) => shared.has(from + i));
    if (conditioned) changeFactorInto(cp.terms[t].basis, lambda.slice(), lambda);
    const S = relativeCovariance(lambda, nc);
    const basis = conditioned ? null : cp.terms[t].basis;
    const fixed = Array.from(own, (s) => fixedPar[s]);
    if (part.anyColumns) {
      const together = own.every((s, i) => s === own[0] + i);
      if ((fixed.some(Boolean) && !fixed.every(Boolean)) || !together) {
        throw new ModelError(
          'bad-option',
          `some parameters of the term on ${group} were held fixed or tied and others not: its variances and covariances are no free parameters`,
        );
      }
      const out: CovarianceDirection[] = [];
      for (let i = 0; i < nc; i++) {
        for (let j = 0; j <= i; j++) {
          const name = i === j ? `var ${group}.${names[i]}` : `cov ${group}.${names[i]},${names[j]}`;
          out.push({
            name,
            term: t,
            M: changed(basis, nc, [[i, j]]),
            ratio: S[j * nc + i],
            fixed: fixed[0],
            // As many variances and covariances as par, so the positions are those of par.
            source: own[0] + out.length,
          });
        }
      }
      return out;
    }
    return diagonalGroups(part.thetaIndex, nc, part.parLength === part.thetaLength, group, part.kind).map(
      (columns, k) => ({
        name: `var ${group}.${columns.map((c) => names[c]).join('=')}`,
        term: t,
        M: changed(
          basis,
          nc,
          columns.map((c) => [c, c] as const),
        ),
        ratio: S[columns[0] * nc + columns[0]],
        fixed: fixed[k],
        source: own[k],
      }),
    );
  });
}

function notLinear(kind: string, group: string): ModelError {
  return new ModelError(
    'bad-option',
    `the covariance "${kind}" of the term on ${group} is not linear in variances and covariances: use Satterthwaite's degrees of freedom`,
  );
}

/** Columns that share each theta of a diagonal factor, by theta. */
function diagonalGroups(
  thetaIndex: Int32Array,
  nc: number,
  plain: boolean,
  group: string,
  kind: string,
): readonly number[][] {
  const groups: number[][] = [];
  let diagonal = plain;
  for (let c = 0; c < nc; c++) {
    for (let r = 0; r < nc; r++) {
      const k = thetaIndex[c * nc + r];
      if (k < 0) continue;
      if (r !== c) diagonal = false;
      (groups[k] ??= []).push(c);
    }
  }
  if (diagonal) return groups;
  throw notLinear(kind, group);
}

/** A (sum of e_i e_j' + e_j e_i', or e_i e_i') A'; without a basis the sum itself. */
function changed(basis: TermBasis | null, nc: number, entries: readonly (readonly [number, number])[]): Float64Array {
  const M = new Float64Array(nc * nc);
  for (const [i, j] of entries) {
    if (!basis) {
      M[j * nc + i] = M[i * nc + j] = 1;
      continue;
    }
    const { A } = basis;
    for (let c = 0; c < nc; c++) {
      for (let r = 0; r < nc; r++) {
        M[c * nc + r] += A[i * nc + r] * A[j * nc + c];
        if (i !== j) M[c * nc + r] += A[j * nc + r] * A[i * nc + c];
      }
    }
  }
  return M;
}
