export type { PlainColumn, PlainColumns } from './columns.js';
export { tidy, type TidyEffects, type TidyOptions } from './tidy.js';
export { glance } from './glance.js';
export { augment } from './augment.js';
export { reportHtml, reportMarkdown, type ReportOptions } from './report.js';
