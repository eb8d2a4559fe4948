import { contrastFor, levelsOf } from '../design/design-columns.js';
import type { Contrast } from '../design/contrasts.js';
import type { Design, DesignMatrix } from '../design/design.js';
import { FormulaDataError } from '../errors.js';

/** Bytes that the columns of a model frame may take unless `maxBytes` says otherwise: 4 GiB. */
export const DEFAULT_MAX_BYTES = 4 * 2 ** 30;

/** What the description of a column takes: its name and what it is the product of. */
const DESCRIPTION = 200;

/** Columns that the formula asks for and that would take more memory than they may, refused before they are made. */
export class FormulaSizeError extends FormulaDataError {
  override readonly name = 'FormulaSizeError';
  /** Bytes that the columns would take. */
  readonly bytes: number;
  readonly maxBytes: number;
  /** The message but for how to allow more. */
  readonly reason: string;

  constructor(what: string, bytes: number, maxBytes: number, hint: string) {
    const reason = `${what} would take ${inWords(bytes)} of memory (${bytes} bytes), and ${inWords(maxBytes)} are allowed. ${hint}`;
    super(reason, { hint: 'Or allow more by the option maxBytes.' });
    this.bytes = bytes;
    this.maxBytes = maxBytes;
    this.reason = reason;
  }
}

const inWords = (bytes: number): string =>
  bytes < 1e9 ? `${Math.ceil(bytes / 1e6)} MB` : `${Number((bytes / 1e9).toPrecision(3))} GB`;

/**
 * Counts the columns of X and of every Z from the numbers of levels, before any is described or made. Indicators of a single factor in a
 * random term are made only when they are read ({@link requireRoomForColumns}); here their description counts.
 *
 * @throws FormulaSizeError
 */
export function requireRoom(design: Design, nobs: number, maxBytes: number): void {
  const { fixed, random, contrasts, randomContrasts } = design;
  requireRoomFor(fixed, 'The fixed effects', '', design, new Map(contrasts), nobs, maxBytes);
  for (const { matrix, label, group } of random)
    requireRoomFor(
      matrix,
      `The random term ${label}`,
      group.name,
      design,
      new Map(randomContrasts),
      isLazy(matrix) ? 0 : nobs,
      maxBytes,
    );
}

/** @throws FormulaSizeError when a term's columns, read for the first time, would take more than they may */
export function requireRoomForColumns(label: string, count: number, nobs: number, maxBytes: number): void {
  const bytes = 8 * count * nobs;
  if (bytes <= maxBytes) return;
  throw new FormulaSizeError(
    `The random term ${label} has ${count} columns of ${nobs} rows, which`,
    bytes,
    maxBytes,
    'Use fewer columns.',
  );
}

const isLazy = ({ intercept, terms }: DesignMatrix): boolean =>
  !intercept && terms.length === 1 && terms[0]!.variables.length === 1 && terms[0]!.coding[0] === 'indicator';

function requireRoomFor(
  matrix: DesignMatrix,
  what: string,
  within: string,
  { variables }: Design,
  contrasts: ReadonlyMap<string, Contrast>,
  nobs: number,
  maxBytes: number,
): void {
  let columns = matrix.intercept ? 1 : 0;
  let weights = 0;
  let widest = { label: '', count: 0, factors: [] as { name: string; levels: number }[] };
  for (const { label, variables: used, coding } of matrix.terms) {
    const levels = used.map((v) => levelsOf(variables[v]!)?.length ?? 0);
    const count = used.reduce((product, v, k) => {
      if (coding[k] === 'value') return product * Math.max(1, variables[v]!.suffixes.length);
      if (coding[k] === 'indicator') return product * levels[k]!;
      const kind = contrastFor(variables[v]!, contrasts);
      // Contrasts but these are a full table of weights.
      if (kind !== 'treatment' && kind !== 'SAS') weights += 8 * levels[k]! ** 2;
      return product * Math.max(1, levels[k]! - 1);
    }, 1);
    columns += count;
    const factors = used
      .map((v, k) => ({ name: variables[v]!.name, levels: levels[k]! }))
      .filter((factor) => factor.levels > 0);
    if (count > widest.count) widest = { label, count, factors };
  }
  const bytes = columns * (8 * nobs + DESCRIPTION) + weights;
  if (bytes <= maxBytes) return;
  const { label, count, factors } = widest;
  const told = factors.map(({ name, levels }) => `${name} has ${levels} levels`).join(', ');
  const outer = within === '' ? '' : `${within}:`;
  const group = factors.map(({ name }) => name).join(':');
  throw new FormulaSizeError(
    `${what} would have ${columns} columns of ${nobs} rows, ${count} of them for ${label}${told && ` (${told})`}, which`,
    bytes,
    maxBytes,
    told === '' ? 'Use fewer columns.' : `Use fewer levels, or make it a grouping factor: (1 | ${outer}${group}).`,
  );
}
