import { FormulaDataError } from '../errors.js';
import type { Design, DesignVariable } from './design.js';
import { anyObject, finite, flag, index, list, oneOf, orNull, record, text, type Shape } from './shape.js';

/**
 * A design from the object that `JSON.parse` gives back. Every entry is looked at, so that a damaged file is refused here and not later.
 *
 * @throws FormulaDataError when it is not a design of this version, or damaged; the message says where
 */
export function readDesign(plain: unknown): Design {
  const design = plain as Partial<Design> | null;
  if (typeof design !== 'object' || design === null || design.format !== 'blup-design-1') {
    throw new FormulaDataError('This is not a design that this version can read.');
  }
  record({ variables: list(variable) })(design, '');
  wholeDesign(design.variables!)(design, '');
  return design as Design;
}

const variable = record({
  name: text,
  expression: text,
  kind: oneOf('number', 'logical', 'factor', 'matrix'),
  suffixes: list(text),
  ordered: flag,
  levels: orNull(list(text)),
  unusedLevels: list(text),
});

function wholeDesign(variables: readonly DesignVariable[]): Shape {
  const place = index(variables.length);
  const matrix = designMatrix(variables);
  const contrast = list((value, path) => (typeof value === 'string' ? undefined : anyObject(value, path)));
  return record({
    formula: text,
    source: text,
    columns: list(
      record({
        name: text,
        type: oneOf('number', 'string', 'factor', 'boolean', 'date', 'other'),
        levels: orNull(list(text)),
        ordered: flag,
      }),
    ),
    response: orNull(place),
    weights: orNull(place),
    offsets: list(place),
    subset: orNull(text),
    fixed: matrix,
    random: list(
      record({
        label: text,
        structure: record({ name: text, args: anyObject }),
        independent: flag,
        matrix,
        group: record({ name: text, variables: list(place), levels: orNull(list(text)) }),
      }),
    ),
    contrasts: list(contrast),
    randomContrasts: list(contrast),
    functions: list(text),
    states: list(record({ call: text, state: anyObject })),
    unusedLevels: oneOf('drop', 'keep'),
    complete: flag,
  });
}

function designMatrix(variables: readonly DesignVariable[]): Shape {
  const place = index(variables.length);
  /** What a column multiplies: one component, one level, or a weight for each level. */
  const factor: Shape = (value, path) => {
    record({ variable: place })(value, path);
    const { variable: v, component, level, weights } = value as Record<string, unknown>;
    const { levels, suffixes } = variables[v as number]!;
    if (weights !== undefined) list(finite)(weights, `${path}.weights`);
    else if (level !== undefined) index(levels?.length ?? Infinity)(level, `${path}.level`);
    else index(Math.max(1, suffixes.length))(component, `${path}.component`);
  };
  return (value, path) => {
    const terms = (value as { terms?: unknown } | null)?.terms;
    record({
      intercept: flag,
      terms: list(record({ label: text, variables: list(place), coding: list(text) })),
      columns: orNull(
        list(record({ name: text, term: index(Array.isArray(terms) ? terms.length + 1 : 1), product: list(factor) })),
      ),
    })(value, path);
  };
}
