import type { CompositeStructure } from '@blup/covariance';
import { ModelError } from './errors.js';

/** Which variance parameters the search moves, which are held, and which equal others. */
export interface ParConstraints {
  /** Positions of the par that move, ascending. */
  readonly free: Int32Array;
  /** Values of the par that are held, by position. */
  readonly held: ReadonlyMap<number, number>;
  /** For each par the one that it equals, itself where it is free or held. A tied par is not free. */
  readonly source: Int32Array;
}

/** Values by position (null: free), or by the name of the parameter: `{ 'Subject.rho': 0.5 }`. */
export type HeldPar = readonly (number | null | undefined)[] | Readonly<Record<string, number>>;

/**
 * For each position the position of the par that it equals (null: none), or by name: `{ 'plot.rho': 'site.rho' }`. The grouping factor
 * of a term stands for all its parameters: `{ dam: 'sire' }`.
 */
export type TiedPar = readonly (number | null | undefined)[] | Readonly<Record<string, string>>;

/**
 * @param names of par, in the manner of `Subject.(Intercept)`
 * @param groups grouping factor of each part of the composite
 * @throws ModelError `bad-option` for names and positions that are none, values that are not finite, and ties between parameters of
 * different range or in a circle
 */
export function parConstraints(
  composite: CompositeStructure,
  names: readonly string[],
  groups: readonly string[],
  fixedPar: HeldPar = [],
  tiedPar: TiedPar = [],
): ParConstraints {
  const m = composite.parLength;
  const held = heldValues(fixedPar, names);
  requireInRange(composite, names, held);
  const source = sourcesOf(composite, names, tieList(composite, names, groups, tiedPar), held);
  const free = Int32Array.from(source.keys()).filter((k) => source[k] === k && !held.has(k));
  for (let k = 0; k < m; k++) {
    const value = held.get(source[k]);
    if (value !== undefined) held.set(k, value);
  }
  return { free, held, source };
}

/** par[k] := par[source[k]], for tied par. */
export function tieInPlace(par: Float64Array, source: Int32Array): void {
  for (let k = 0; k < source.length; k++) if (source[k] !== k) par[k] = par[source[k]];
}

/** The positions that move with each free par, itself among them. */
export function membersOf(free: Int32Array, source: Int32Array): Int32Array[] {
  const out = Array.from(free, (): number[] => []);
  const place = new Map(Array.from(free, (k, i) => [k, i]));
  source.forEach((s, k) => {
    const i = place.get(s);
    if (i !== undefined) out[i].push(k);
  });
  return out.map((list) => Int32Array.from(list));
}

/** Every par stands for itself. */
export const untied = (length: number): Int32Array => Int32Array.from({ length }, (_, k) => k);

/** The options that constrain another fit of the same parameters in the same way. */
export function constraintOptions({
  par,
  fixedPar,
  source,
}: {
  readonly par: Float64Array;
  readonly fixedPar: readonly boolean[];
  readonly source: Int32Array;
}): { fixedPar: (number | null)[]; tiedPar: (number | null)[] } {
  return {
    fixedPar: Array.from(par, (v, k) => (fixedPar[k] && source[k] === k ? v : null)),
    tiedPar: Array.from(source, (s, k) => (s === k ? null : s)),
  };
}

/**
 * For what is defined for parameters that vary one by one.
 * @param what in words, `profiles` for example
 * @throws ModelError `bad-option` where some par is tied to another
 */
export function requireUntied({ source }: { readonly source: Int32Array }, what: string): void {
  if (source.every((s, k) => s === k)) return;
  throw new ModelError('bad-option', `${what}: not for models with parameters that are tied to each other (tiedPar)`);
}

/** The par of term t of a fit: values where they are held, null where they were estimated. */
export function heldPar(
  {
    composite,
    par,
    fixedPar,
  }: {
    readonly composite: CompositeStructure;
    readonly par: ArrayLike<number>;
    readonly fixedPar: readonly boolean[];
  },
  t: number,
): (number | null)[] {
  const from = composite.parOffset[t];
  return Array.from({ length: composite.parts[t].parLength }, (_, i) => (fixedPar[from + i] ? par[from + i] : null));
}

/** A correlation cannot be held at 1.3, nor a range at -1; signs of standard deviations are free. */
function requireInRange(
  composite: CompositeStructure,
  names: readonly string[],
  held: ReadonlyMap<number, number>,
): void {
  const { lower, upper } = composite.parBounds();
  for (const [k, v] of held) {
    if ((composite.searchScale?.[k] ?? 'linear') === 'linear' || (v >= lower[k] && v <= upper[k])) continue;
    throw new ModelError(
      'bad-option',
      `${names[k]} cannot be held at ${v}: it lies between ${shortBound(lower[k])} and ${shortBound(upper[k])}`,
    );
  }
}

const shortBound = (v: number): string => (Math.abs(v) < 1e-300 ? '0' : String(v));

function heldValues(fixedPar: HeldPar, names: readonly string[]): Map<number, number> {
  const held = new Map<number, number>();
  if (!isList(fixedPar)) {
    for (const [name, value] of Object.entries(fixedPar)) held.set(positionOf(name, names, 'fixedPar'), value);
  } else {
    if (fixedPar.length > names.length)
      throw new ModelError(
        'bad-option',
        `fixedPar has ${fixedPar.length} entries for ${names.length} variance parameters`,
      );
    fixedPar.forEach((v, k) => v !== null && v !== undefined && held.set(k, v));
  }
  for (const [k, v] of held) {
    if (Number.isFinite(v)) continue;
    throw new ModelError('bad-option', `fixedPar[${k}] is ${v}; it must be a finite number, or null for a free entry`);
  }
  return held;
}

/** Pairs (from, to). */
function tieList(
  composite: CompositeStructure,
  names: readonly string[],
  groups: readonly string[],
  tiedPar: TiedPar,
): [number, number][] {
  if (isList(tiedPar))
    return tiedPar.flatMap((to, from): [number, number][] => {
      if (to === null || to === undefined) return [];
      if (from < names.length && to in names) return [[from, to]];
      throw new ModelError(
        'bad-option',
        `tiedPar[${from}] is ${to}; there are ${names.length} variance parameters, numbered from 0`,
      );
    });
  return Object.entries(tiedPar).flatMap(([from, to]): [number, number][] => {
    const [a, b] = [termOf(from, names, groups), termOf(to, names, groups)];
    if (a < 0 || b < 0) return [[positionOf(from, names, 'tiedPar'), positionOf(to, names, 'tiedPar')]];
    const { parts, parOffset } = composite;
    if (parts[a].kind !== parts[b].kind || parts[a].parLength !== parts[b].parLength)
      throw new ModelError(
        'bad-option',
        `the terms on ${from} (${parts[a].kind}, ${parts[a].parLength} parameters) and ${to} (${parts[b].kind}, ` +
          `${parts[b].parLength}) have different structures: tie single parameters by their names`,
      );
    return Array.from({ length: parts[a].parLength }, (_, k) => [parOffset[a] + k, parOffset[b] + k]);
  });
}

/** The one term on a grouping factor, or -1 where the name is that of a parameter. */
function termOf(name: string, names: readonly string[], groups: readonly string[]): number {
  const t = groups.indexOf(name);
  if (t < 0 || names.includes(name)) return -1;
  if (groups.lastIndexOf(name) === t) return t;
  throw new ModelError('bad-option', `several terms have the grouping factor ${name}: tie parameters by their names`);
}

function positionOf(name: string, names: readonly string[], option: string): number {
  const k = names.indexOf(name);
  if (k < 0)
    throw new ModelError(
      'bad-option',
      `${option} names "${name}", which is no variance parameter; there are: ${names.join(', ') || 'none'}`,
    );
  if (names.lastIndexOf(name) === k) return k;
  throw new ModelError('bad-option', `${option} names "${name}", which several parameters are called: give positions`);
}

function sourcesOf(
  composite: CompositeStructure,
  names: readonly string[],
  ties: readonly (readonly [number, number])[],
  held: ReadonlyMap<number, number>,
): Int32Array {
  const source = untied(names.length);
  if (ties.length === 0) return source;
  const { lower, upper } = composite.parBounds();
  const scale = (k: number) => composite.searchScale?.[k] ?? 'linear';
  for (const [from, to] of ties) {
    if (held.has(from))
      throw new ModelError('bad-option', `${names[from]} is held (fixedPar) and tied (tiedPar): leave one out`);
    if (lower[from] !== lower[to] || upper[from] !== upper[to] || scale(from) !== scale(to))
      throw new ModelError(
        'bad-option',
        `${names[from]} cannot equal ${names[to]}: one lies between ${lower[from]} and ${upper[from]}, the other between ` +
          `${lower[to]} and ${upper[to]}`,
      );
    source[from] = to;
  }
  for (let k = 0; k < source.length; k++) {
    let root = source[k];
    for (let steps = 0; source[root] !== root; root = source[root], steps++)
      if (steps > source.length) throw new ModelError('bad-option', `tiedPar goes in a circle at ${names[k]}`);
    source[k] = root;
  }
  return source;
}

const isList = (v: HeldPar | TiedPar): v is readonly (number | null | undefined)[] => Array.isArray(v);
