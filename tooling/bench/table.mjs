/** Three digits, none after the point from 100 on; empty for what is not known. */
export const digits = (x, d = 3) =>
  x === null || x === undefined || Number.isNaN(x) ? '' : Math.abs(x) >= 100 ? x.toFixed(0) : x.toPrecision(d);

/** A table in Markdown. */
export function printTable(titles, rows) {
  console.log(`| ${titles.join(' | ')} |\n|${titles.map(() => '---').join('|')}|`);
  for (const row of rows) console.log(`| ${row.join(' | ')} |`);
}

export const median = (values) => values.slice().sort((a, b) => a - b)[values.length >> 1];
