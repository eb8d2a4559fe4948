import { structureFor, structureTags, type StructureFactory } from '@blup/covariance';
import type { ModelFrame, Table } from '@blup/formula';
import { ModelError } from '../errors.js';
import type { RandomEffectsTerm } from '../model-matrices.js';
import { byGroupTerm } from './by-group-term.js';
import { field, type FieldProcess } from './field-term.js';
import { multipleMembership } from './membership-term.js';
import { scaledBy } from './scaled-term.js';
import { series, seriesTerm, type SeriesOptions } from './series-term.js';
import { contextOf } from './term-context.js';
import type { TermContext, TermCovariance } from './term-covariance.js';

/**
 * Series with more columns than this are kept as points with a sparse precision, shorter ones as a small dense factor for each level, whose effects
 * and covariances are then told by columns, as lme4 tells them. Points are far faster (50 series of 40 points: 0.6 ms an evaluation, 19 ms by
 * factors), which is what `ar1(1 | g, time = t)` is for.
 */
const LONG_SERIES = 128;

type Args = Readonly<Record<string, number | string | boolean>>;
type OwnTags = ReadonlyMap<string, StructureFactory> | undefined;

/**
 * The term of a formula with its structure: from `covariance` by the term's label or grouping factor, or by its tag where that is none of the
 * known ones, else by its tag.
 * @param table where other columns (times) are read; null when the frame is all there is
 */
export function formulaTerm(
  frame: ModelFrame,
  index: number,
  table: Table | null,
  structures: OwnTags,
  covariance: Readonly<Record<string, TermCovariance>> | undefined,
): RandomEffectsTerm {
  const { label, group, structure } = frame.random[index];
  const context = contextOf(frame, index, table);
  const { name, args } = structure;
  const chosen = own(covariance, label) ?? own(covariance, group);
  if (chosen && name !== 'us')
    throw new ModelError(
      'bad-option',
      `${label} has a structure in the formula and another in the options: leave one out`,
    );
  const byTag = isOwnTag(name, structures) ? own(covariance, name) : undefined;
  // Structures of the user's own get their arguments as they are.
  if (structures?.has(name)) return tagged(name, args, structures)(context);
  const { also, weights, scale, ...rest } = args;
  if (chosen !== undefined && typeof chosen !== 'function')
    throw new ModelError(
      'bad-option',
      `the structure of ${label} in the options is none: write covariance: { ${group}: series({ kind: 'ar1', time: 't' }) }, or pedigree, relationship, columnCovariance, ...`,
    );
  let made = chosen ?? byTag ?? tagged(name, rest, structures);
  if (chosen || byTag) refuseArguments(name, rest);
  if (also !== undefined) made = multipleMembership({ also: namesIn('also', also), ...weightsIn(weights) }, made);
  else if (weights !== undefined)
    throw new ModelError('bad-option', `${label}: weights are those of several levels in a row, which also = names`);
  if (scale !== undefined) made = scaledBy(namesIn('scale', scale)[0], made);
  return made(context);
}

/** Whether a tag is none of the built-in ones nor of the user's column structures. */
export const isOwnTag = (name: string, structures: OwnTags): boolean => !structureTags(structures).includes(name);

function own(record: Readonly<Record<string, TermCovariance>> | undefined, key: string): TermCovariance | undefined {
  return record && Object.hasOwn(record, key) ? record[key] : undefined;
}

function tagged(name: string, args: Args, structures: OwnTags): TermCovariance {
  const { time, row, column, by, ...rest } = args;
  const ownTag = structures?.has(name) === true;
  if (!ownTag && row !== undefined && column !== undefined) {
    refuseArguments(name, { ...rest, ...(time !== undefined && { time }), ...(by !== undefined && { by }) });
    return field({
      row: String(row),
      column: String(column),
      kinds: [processOf(name), processOf(name)],
    });
  }
  if (!ownTag && typeof time === 'string') {
    refuseArguments(name, by === undefined ? {} : { by });
    return series(seriesOptions(name, time, rest));
  }
  if (!ownTag && by !== undefined) {
    const { by: _, ...others } = args;
    return (term) =>
      byGroupTerm(term, String(by), () =>
        structureFor({ name, args: others, nc: term.names.length, indicator: term.indicator }, structures),
      );
  }
  return (term) => structuredColumns(term, name, args, structures);
}

function processOf(name: string): FieldProcess {
  if (name === 'ar1' || name === 'car1') return name;
  throw new ModelError('bad-option', `the structure "${name}" takes no row and column; ar1 and car1 do`);
}

function structuredColumns(term: TermContext, name: string, args: Args, structures: OwnTags): RandomEffectsTerm {
  const { indicator, group, names, levels, levelIdx } = term;
  const nc = names.length;
  if (
    indicator &&
    nc > LONG_SERIES &&
    (name === 'ar1' || name === 'car1') &&
    args.hom !== false &&
    (name === 'ar1' || args.stationary === undefined) &&
    !structures?.has(name)
  ) {
    const times = name === 'ar1' ? indicator.codes : indicator.codes.map((code) => Number(indicator.levels[code]));
    const points = { ...term, names: ['(Intercept)'], columns: [new Float64Array(levelIdx.length).fill(1)] };
    const stationary = args.stationary !== false;
    return {
      ...seriesTerm(points, { kind: name, stationary }, Float64Array.from(times), indicator.variable, (t) =>
        name === 'ar1' ? indicator.levels[t] : String(t),
      ),
      ...(!term.sharesGroup && { group }),
    };
  }
  return {
    group,
    names,
    columns: term.columns,
    levels,
    levelIdx,
    structure: structureFor({ name, args, nc, indicator }, structures),
  };
}

function seriesOptions(name: string, time: string, rest: Args): SeriesOptions {
  const kind = name === 'ou' ? 'car1' : name === 'rw1' || name === 'rw2' ? 'rw' : name;
  if (kind !== 'ar1' && kind !== 'car1' && kind !== 'rw')
    throw new ModelError('bad-option', `the structure "${name}" takes no time; ar1, car1 and rw do`);
  const order = rest.order ?? (name === 'rw2' ? 2 : 1);
  const stationary = rest.stationary ?? true;
  const odd = Object.keys(rest).filter(
    (arg) => !(arg === 'order' && kind === 'rw') && !(arg === 'stationary' && kind === 'ar1'),
  );
  if (odd.length > 0)
    throw new ModelError('bad-option', `${name}(..., time = ${time}) has no argument ${odd.join(', ')}`);
  if (order !== 1 && order !== 2)
    throw new ModelError('bad-option', `the order of a random walk is 1 or 2, not ${String(order)}`);
  if (typeof stationary !== 'boolean')
    throw new ModelError('bad-option', `stationary must be TRUE or FALSE, not ${String(stationary)}`);
  return { kind, time, order, stationary };
}

function refuseArguments(name: string, args: Args): void {
  const odd = Object.keys(args);
  if (odd.length > 0) throw new ModelError('bad-option', `${name}(...) has no argument ${odd.join(', ')} here`);
}

/** `also = g2`, or several in quotes: `also = "g2, g3"`. */
function namesIn(arg: string, value: number | string | boolean): string[] {
  if (typeof value === 'string') return value.split(',').map((name) => name.trim());
  throw new ModelError('bad-option', `${arg} names columns of the table, not ${String(value)}`);
}

function weightsIn(weights: number | string | boolean | undefined): {
  weights?: 'share' | 'sum' | readonly string[];
} {
  if (weights === undefined) return {};
  return { weights: weights === 'share' || weights === 'sum' ? weights : namesIn('weights', weights) };
}
