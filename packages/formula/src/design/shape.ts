import { FormulaDataError } from '../errors.js';

/** Checks a value from outside; `path` says where it stands. @throws FormulaDataError */
export type Shape = (value: unknown, path: string) => void;

const damaged = (path: string, wanted: string): FormulaDataError =>
  new FormulaDataError(`The design is damaged: "${path}" is not ${wanted}.`);

const when =
  (ok: (value: unknown) => boolean, wanted: string): Shape =>
  (value, path) => {
    if (!ok(value)) throw damaged(path, wanted);
  };

export const text = when((v) => typeof v === 'string', 'a text');
export const flag = when((v) => typeof v === 'boolean', 'true or false');
export const finite = when(Number.isFinite, 'a number');
export const anyObject = when((v) => typeof v === 'object' && v !== null, 'an object');

/** A whole number from 0 up to, but not including, `end`. */
export const index = (end: number): Shape =>
  when((v) => Number.isInteger(v) && (v as number) >= 0 && (v as number) < end, `a whole number below ${end}`);

export const oneOf = (...known: readonly string[]): Shape =>
  when((v) => typeof v === 'string' && known.includes(v), `one of ${known.join(', ')}`);

export const orNull =
  (shape: Shape): Shape =>
  (value, path) => {
    if (value !== null) shape(value, path);
  };

export const list =
  (shape: Shape): Shape =>
  (value, path) => {
    if (!Array.isArray(value)) throw damaged(path, 'a list');
    // Holes are looked at, too.
    for (let i = 0; i < value.length; i++) shape(value[i], `${path}[${i}]`);
  };

/** An object with these entries among others. */
export const record =
  (entries: Readonly<Record<string, Shape>>): Shape =>
  (value, path) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) throw damaged(path, 'an object');
    const found = new Map<string, unknown>(Object.entries(value));
    for (const [key, shape] of Object.entries(entries)) shape(found.get(key), path === '' ? key : `${path}.${key}`);
  };
