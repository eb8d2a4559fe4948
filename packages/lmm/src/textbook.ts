import { openTable, printExpr, type Table, type TableLike } from '@blup/formula';
import { ModelError } from './errors.js';
import { fitModel } from './fit.js';

/** Maximum-likelihood estimates in the notation of textbooks. */
export interface TextbookEstimates {
  /** Fixed effects. */
  readonly beta: number[];
  /** (log sigma, log sd_1, ..., log sd_k): residual standard deviation, then that of each block; -Infinity for a zero. */
  readonly theta: number[];
}

/**
 * y = X beta + Z b + e with Z made of blocks, every block with one variance: the linear mixed model as courses teach it. A block is a list
 * of variable names; its columns of Z are the indicators of all combinations of its factors, times the product of its numeric variables (the
 * model matrix of their interaction, without intercept). An empty list of blocks is ordinary regression.
 *
 *     lmm('score ~ Machine', machines, [['Worker'], ['Worker', 'Machine']])
 *
 * Fitted by maximum likelihood. Rows with a missing value in any variable are left out.
 *
 * @throws ModelError for an empty block or an unknown variable; FormulaError for mistakes in the formula
 */
export function lmm(formula: string, table: TableLike, blocks: readonly (readonly string[])[] = []): TextbookEstimates {
  const data = openTable(table);
  const everyone = quoted(unusedName(data));
  const terms = blocks.map((block, k) => blockTerm(block, k, data, everyone));
  const rows = terms.some((term) => term.endsWith(`| ${everyone})`)) ? withConstant(data) : data;
  const model = fitModel([formula, ...terms].join(' + '), rows, { reml: false, identifiability: 'warn' });
  const { beta, sigma, varcorr } = model.data;
  return { beta: [...beta.values], theta: [Math.log(sigma), ...varcorr.map((v) => Math.log(v.sd[0]))] };
}

/** The block as a random-effects term: `(1 | a:b)`, `(0 + x:z | a:b)`. */
function blockTerm(block: readonly string[], k: number, data: Table, everyone: string): string {
  if (block.length === 0) throw new ModelError('bad-option', `block ${k + 1} names no variables`);
  const factors: string[] = [];
  const numbers: string[] = [];
  for (const name of block) {
    const column = data.column(name);
    if (!column) {
      throw new ModelError(
        'bad-option',
        `block ${k + 1} names ${name}, but the table has only ${data.names.join(', ')}`,
      );
    }
    const isNumber = column.categories === null && ['number', 'bigint', 'date'].includes(column.type);
    (isNumber ? numbers : factors).push(quoted(name));
  }
  const left = numbers.length ? `0 + ${numbers.join(':')}` : '1';
  return `(${left} | ${factors.length ? factors.join(':') : everyone})`;
}

const quoted = (name: string): string => printExpr({ kind: 'name', name, start: 0, end: 0 });

function unusedName(data: Table): string {
  let name = 'all rows';
  while (data.column(name)) name += '.';
  return name;
}

/** The table with one more column, the same level in every row, for blocks without factors. */
function withConstant(data: Table): Table {
  const name = unusedName(data);
  const column = openTable(new Map([[name, Array.from({ length: data.nrow }, () => 'all')]])).column(name);
  return {
    nrow: data.nrow,
    names: [...data.names, name],
    column: (other) => (other === name ? column : data.column(other)),
  };
}
