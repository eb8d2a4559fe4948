import { FormulaDataError } from '../errors.js';
import type { Design } from './design.js';

const LISTS = [
  'columns',
  'variables',
  'offsets',
  'random',
  'contrasts',
  'randomContrasts',
  'functions',
  'states',
] as const;

/**
 * A design from the object that `JSON.parse` gives back.
 *
 * @throws FormulaDataError when it is not a design of this version.
 */
export function readDesign(plain: unknown): Design {
  const design = plain as Partial<Design> | null;
  if (typeof design !== 'object' || design === null || design.format !== 'blup-design-1') {
    throw new FormulaDataError('This is not a design that this version can read.');
  }
  const lacking = LISTS.find((key) => !Array.isArray(design[key]));
  if (lacking !== undefined || typeof design.fixed !== 'object' || !Array.isArray(design.fixed.terms)) {
    throw new FormulaDataError(`The design is damaged: "${lacking ?? 'fixed'}" is not there.`);
  }
  return design as Design;
}
