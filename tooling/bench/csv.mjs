import { closeSync, openSync, writeSync } from 'node:fs';

/** Writes a table of columns as CSV, a megabyte at a time. */
export function writeCsv(path, table) {
  const names = Object.keys(table);
  const columns = Object.values(table);
  const file = openSync(path, 'w');
  let text = `${names.join()}\n`;
  for (let i = 0; i < columns[0].length; i++) {
    text += `${columns.map((c) => c[i]).join()}\n`;
    if (text.length > 1 << 20) {
      writeSync(file, text);
      text = '';
    }
  }
  writeSync(file, text);
  closeSync(file);
}
