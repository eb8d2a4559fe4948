import type { CompositeStructure } from '@blup/covariance';
import { countPairs } from '../pair-products.js';
import type { ModelMatrices, RandomEffectsTerm } from '../model-matrices.js';
import { ModelSizeError, totalBytes, type SizePart } from './model-size-error.js';
import { shortLabel } from './short-label.js';

const DOUBLE = 8;

/** Matrices of parLength squared while searching: Hessians, their factors and eigenvectors, the Jacobian. */
const HESSIANS = 6;
/** Matrices of p by p: X'X, its factors and inverses, the workspace of the products. */
const GRAMS = 8;
/** Bytes of one entry of S: value, row, its place in L, the same in the permuted pattern, its inverse. */
const ENTRY = 48;
/** Bytes of one entry of the precision between rows: its rows, values, derivatives, and the blocks that it adds to. */
const RESIDUAL_ENTRY = 120;

/**
 * What a fit needs before the pattern of its factor is known: from the numbers of rows, columns and levels alone, and from counts of the
 * pairs of levels that share rows.
 *
 * @returns the parts, to which the factor adds
 * @throws ModelSizeError where they are more than `maxBytes`
 */
export function checkProductsSize(m: ModelMatrices, structure: CompositeStructure, maxBytes: number): SizePart[] {
  const parts = [
    ...fixedParts(m),
    ...m.terms.flatMap((term) => termParts(term, m.X.columns.length)),
    searchPart(m, structure),
  ];
  const residual = m.terms.find((term) => term.structure.residual);
  if (residual) parts.push(residualPart(m, residual));
  const before = totalBytes(parts);
  if (before > maxBytes) throw new ModelSizeError(parts, maxBytes);
  parts.push(...pairParts(m, maxBytes - before));
  if (totalBytes(parts) > maxBytes) throw new ModelSizeError(parts, maxBytes);
  return parts;
}

/** X'X with its factors. */
function fixedParts({ X }: ModelMatrices): SizePart[] {
  const p = X.columns.length;
  return [
    {
      bytes: DOUBLE * GRAMS * p * p,
      what: `the products of the ${p} fixed-effects columns with each other`,
      cure: 'use fewer fixed-effects columns (a factor with many levels is better taken as a random effect)',
    },
  ];
}

/** Blocks and sums by level, and the dense q by p block with what the gradient makes of it. */
function termParts(term: RandomEffectsTerm, p: number): SizePart[] {
  const nc = term.columns.length;
  const nl = term.levels.length;
  const wide = nc * (nc + 1) > 2 * p;
  const strips = 4 * Math.ceil((p + 1) / 4);
  const label = shortLabel(term);
  return [
    {
      bytes: DOUBLE * nl * nc * (nc + 2 * nc),
      what: `the ${nc} by ${nc} blocks of ${label} for ${nl} levels`,
      cure: `use fewer columns in ${label}`,
    },
    {
      bytes: DOUBLE * nl * nc * (strips + 5 * p),
      what: `the products of the ${nl * nc} random effects of ${label} with the ${p} fixed-effects columns, a dense block`,
      cure: wide ? `use fewer columns in ${label}` : 'use fewer fixed-effects columns, or fewer levels',
    },
  ];
}

/** Hessians by the variance parameters, and directions of random effects for each of them. */
function searchPart(m: ModelMatrices, structure: CompositeStructure): SizePart {
  const { parLength, parts } = structure;
  const q = m.terms.reduce((s, t) => s + t.columns.length * t.levels.length, 0);
  let widest = 0;
  parts.forEach((part, t) => part.parLength > parts[widest].parLength && (widest = t));
  const label = m.terms.length > 0 ? shortLabel(m.terms[widest]) : '';
  const free = m.terms.length > 0 ? parts[widest].parLength : 0;
  return {
    bytes: DOUBLE * parLength * (HESSIANS * parLength + 3 * q),
    what: `the curvature by ${parLength} variance parameters, ${free} of them those of ${label}`,
    cure: `give ${label} a structure with fewer parameters: diag, cs, ar1 or rr`,
  };
}

/** The rows stay at hand with a residual structure, and its precision has entries of its own. */
function residualPart(m: ModelMatrices, { structure }: RandomEffectsTerm): SizePart {
  const { precision } = structure.residual!;
  const columns = 3 * (m.X.columns.length + 1) + m.terms.reduce((s, t) => s + t.columns.length, 0);
  const entries = precision.pattern.rowIdx.length;
  return {
    bytes: DOUBLE * m.y.length * columns + RESIDUAL_ENTRY * entries,
    what: `the rows, which the residual structure ${precision.kind} needs at every step, and ${entries} pairs of rows that it joins`,
    cure: 'use a residual structure that is sparse (ar1, car1, cs), or smaller groups',
  };
}

/** Blocks of the pairs of levels that share rows. They are counted only where their bound is too much. */
function pairParts({ terms }: ModelMatrices, left: number): SizePart[] {
  const pairs = terms.flatMap((a, i) => terms.slice(0, i).map((b) => ({ a, b })));
  const bytesOf = (a: RandomEffectsTerm, b: RandomEffectsTerm, blocks: number) =>
    blocks * (4 + (DOUBLE + ENTRY) * a.columns.length * b.columns.length);
  const bounds = pairs.map(({ a, b }) => Math.min(a.levelIdx.length, a.levels.length * b.levels.length));
  const modest = pairs.reduce((s, { a, b }, k) => s + bytesOf(a, b, bounds[k]), 0) <= left;
  return pairs.map(({ a, b }, k) => {
    const blocks = modest ? bounds[k] : countPairs(a, b);
    return {
      bytes: bytesOf(a, b, blocks),
      what: `${blocks} pairs of levels of ${a.group} and ${b.group} that share rows`,
      cure: `use fewer columns in ${shortLabel(a)} or ${shortLabel(b)}, or leave one of the terms out`,
    };
  });
}
