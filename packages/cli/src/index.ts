export { run, type ExitStatus, type Streams } from './run.js';
export { InputError, UsageError, type InputErrorCode } from './errors.js';
export { readTable, type DataTable, type ReadOptions } from './input/read-table.js';
export type { BooleanColumn, CategoryColumn, Column, NumberColumn } from './input/column.js';
export type { Source } from './input/byte-chunks.js';
export { parseTableSchema, type FieldSchema, type TableSchema } from './input/table-schema.js';
export { modelTable, orderedFactors } from './model-table.js';
