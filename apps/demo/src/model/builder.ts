import { printExpr, type ModelTerms } from '@blup/formula';
import { groupText, labelsOf } from './names.js';

/** One random term as the builder shows it. */
export interface BuilderTerm {
  readonly intercept: boolean;
  /** Text of the columns besides the intercept. */
  readonly columns: readonly string[];
  /** Text of the grouping factor. */
  readonly group: string;
  /** `||` */
  readonly independent: boolean;
  /** Tag of the covariance structure; `us` for none. */
  readonly structure: string;
  /** Further arguments of the structure as the formula writes them: `, hom = TRUE`. */
  readonly rest: string;
}

/** A formula by its terms, in the words of the formula language. Every formula has such a form, whatever stands in its terms. */
export interface BuilderModel {
  /** Empty: not chosen yet. */
  readonly response: string;
  readonly intercept: boolean;
  readonly fixed: readonly string[];
  readonly offsets: readonly string[];
  readonly random: readonly BuilderTerm[];
}

export const emptyModel: BuilderModel = { response: '', intercept: true, fixed: [], offsets: [], random: [] };

export function builderModel({ response, fixed, random }: ModelTerms): BuilderModel {
  return {
    response: response === null ? '' : printExpr(response),
    intercept: fixed.intercept,
    fixed: labelsOf(fixed),
    offsets: fixed.offsets.map(printExpr),
    random: random.map(({ columns, group, independent, structure }) => ({
      intercept: columns.intercept,
      columns: labelsOf(columns),
      group: groupText(group),
      independent,
      structure: structure.name,
      rest: Object.entries(structure.args)
        .map(([name, value]) => `, ${name} = ${argumentText(value)}`)
        .join(''),
    })),
  };
}

function argumentText(value: number | string | boolean): string {
  if (typeof value === 'boolean') return value ? 'TRUE' : 'FALSE';
  return typeof value === 'number' ? String(value) : JSON.stringify(value);
}

/** The formula of a model; empty while there is no response. */
export function formulaOf(model: BuilderModel): string {
  if (model.response === '') return '';
  const terms = [...model.fixed, ...model.offsets.map((text) => `offset(${text})`)];
  const right = [...(model.intercept && terms.length > 0 ? [] : [model.intercept ? '1' : '0']), ...terms];
  return `${model.response} ~ ${[...right, ...model.random.map(randomText)].join(' + ')}`;
}

function randomText({ intercept, columns, group, independent, structure, rest }: BuilderTerm): string {
  const left = [...(intercept ? (columns.length > 0 ? [] : ['1']) : ['0']), ...columns].join(' + ');
  const tag = structure === 'us' && rest === '' ? '' : structure;
  return `${tag}(${left} ${independent ? '||' : '|'} ${group}${tag === '' ? '' : rest})`;
}

/** `list` with `item` in it or not. */
export function withItem(list: readonly string[], item: string, present: boolean): string[] {
  const others = list.filter((other) => other !== item);
  return present ? [...others, item] : others;
}
