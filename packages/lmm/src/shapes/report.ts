import { explainFit } from '../diagnostics/explain-fit.js';
import { explainedVariance } from '../diagnostics/explained-variance.js';
import type { FittedModel } from '../fitted-model.js';
import { coefficientTable } from '../inference/coefficient-table.js';
import type { DdfMethod } from '../inference/contrast-test.js';
import { hasResidualStructure } from '../prediction/residual-structure.js';
import { formatColumn } from '../text-table.js';
import { escapeHtml, escapeMarkdown } from './escape.js';

export interface ReportOptions {
  /** Default `Linear mixed model`. */
  readonly title?: string;
  /** Degrees of freedom of the fixed effects; default none (z tests). */
  readonly ddf?: DdfMethod;
  /** Coverage of intervals; default 0.95. */
  readonly level?: number;
}

interface ReportTable {
  readonly titles: readonly string[];
  /** How many columns, from the left, are text. */
  readonly text: number;
  readonly rows: readonly (readonly string[])[];
}

interface Section {
  readonly heading: string;
  readonly paragraphs: readonly string[];
  readonly table: ReportTable | null;
}

interface Report {
  readonly title: string;
  readonly sections: readonly Section[];
}

/** The fit as a Markdown document with tables. Everything that comes from the data is escaped. */
export function reportMarkdown(model: FittedModel, options: ReportOptions = {}): string {
  const { title, sections } = reportOf(model, options);
  const blocks = [`# ${escapeMarkdown(title)}`];
  for (const { heading, paragraphs, table } of sections) {
    blocks.push(`## ${escapeMarkdown(heading)}`, ...paragraphs.map(escapeMarkdown));
    if (!table) continue;
    const line = (cells: readonly string[]) => `| ${cells.map(escapeMarkdown).join(' | ')} |`;
    const rule = `| ${table.titles.map((_, k) => (k < table.text ? ':--' : '--:')).join(' | ')} |`;
    blocks.push([line(table.titles), rule, ...table.rows.map(line)].join('\n'));
  }
  return `${blocks.join('\n\n')}\n`;
}

/** The fit as a self-contained HTML document without scripts. Everything that comes from the data is escaped. */
export function reportHtml(model: FittedModel, options: ReportOptions = {}): string {
  const { title, sections } = reportOf(model, options);
  const body = sections.map(({ heading, paragraphs, table }) => {
    const parts = [`<h2>${escapeHtml(heading)}</h2>`, ...paragraphs.map((p) => `<p>${escapeHtml(p)}</p>`)];
    if (table) parts.push(htmlTable(table));
    return `<section>\n${parts.join('\n')}\n</section>`;
  });
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<style>
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #1a1a1a; background: #fff }
table { border-collapse: collapse }
th, td { padding: 0.2rem 0.7rem; border-bottom: 1px solid #ccc; text-align: right; font-variant-numeric: tabular-nums }
th.text, td.text { text-align: left }
</style>
</head>
<body>
<h1>${escapeHtml(title)}</h1>
${body.join('\n')}
</body>
</html>
`;
}

function htmlTable({ titles, rows, text }: ReportTable): string {
  const cells = (tag: string, values: readonly string[]) =>
    values.map((v, k) => `<${tag}${k < text ? ' class="text"' : ''}>${escapeHtml(v)}</${tag}>`).join('');
  const body = rows.map((row) => `<tr>${cells('td', row)}</tr>`).join('\n');
  return `<table>\n<thead><tr>${cells('th', titles)}</tr></thead>\n<tbody>\n${body}\n</tbody>\n</table>`;
}

function reportOf(model: FittedModel, options: ReportOptions): Report {
  const sections = [modelSection(model), fixedSection(model, options), randomSection(model), findingsSection(model)];
  return { title: options.title ?? 'Linear mixed model', sections };
}

function modelSection(model: FittedModel): Section {
  const { data } = model;
  const how = data.criterion === 'REML' ? 'restricted maximum likelihood (REML)' : 'maximum likelihood';
  const groups = Object.entries(data.ngroups).map(([group, count]) => `${count} levels of ${group}`);
  const r2 = hasResidualStructure(model.optimum.matrices) ? null : explainedVariance(model);
  const entries: [string, number][] = [
    [data.criterion === 'REML' ? 'REML criterion' : '-2 log-likelihood', data.objective],
    ['AIC', data.AIC],
    ['BIC', data.BIC],
    ['Residual standard deviation', data.sigma],
    ...(r2
      ? ([
          ['Marginal R²', r2.marginal],
          ['Conditional R²', r2.conditional],
        ] as [string, number][])
      : []),
  ];
  return {
    heading: 'Model',
    paragraphs: [
      ...(data.formula === null ? [] : [data.formula]),
      `Fitted by ${how} to ${data.nobs} rows${groups.length > 0 ? `, ${groups.join(', ')}` : ''}.`,
    ],
    table: { titles: ['', 'Value'], text: 1, rows: entries.map(([name, v]) => [name, short(v)]) },
  };
}

function fixedSection(model: FittedModel, options: ReportOptions): Section {
  const table = coefficientTable(model, {
    ddf: options.ddf ?? 'none',
    ...(options.level === undefined ? {} : { level: options.level }),
  });
  const finite = table.df.some(Number.isFinite);
  const percent = short(100 * table.level);
  const numbers = (values: readonly number[], digits: number) => formatColumn(values, digits);
  const guide = [...table.estimate, ...table.se];
  const columns: [string, readonly string[]][] = [
    ['Term', table.names],
    ['Estimate', formatColumn(table.estimate, 4, guide)],
    ['Std. error', formatColumn(table.se, 4, guide)],
    ...(finite ? [['df', numbers(table.df, 3)] as [string, string[]]] : []),
    [finite ? 't' : 'z', numbers(table.statistic, 3)],
    ['p', table.p.map(probability)],
    [`${percent} % from`, formatColumn(table.lower, 4, guide)],
    ['to', formatColumn(table.upper, 4, guide)],
  ];
  const rows = table.names.map((_, k) => columns.map(([, cells]) => cells[k]));
  return {
    heading: 'Fixed effects',
    paragraphs: table.names.length > 0 ? [] : ['The model has none.'],
    table: table.names.length > 0 ? { titles: columns.map(([title]) => title), text: 1, rows } : null,
  };
}

function randomSection({ data }: FittedModel): Section {
  const rows = data.varcorr.flatMap(({ group, names, sd, corr }) =>
    names.map((name, i) => [
      group,
      name,
      short(sd[i] ** 2),
      short(sd[i]),
      corr
        ? corr[i]
            .slice(0, i)
            .map((r) => (r === null || Number.isNaN(r) ? '-' : r.toFixed(2)))
            .join(', ')
        : '',
    ]),
  );
  rows.push(['Residual', '', short(data.sigma ** 2), short(data.sigma), '']);
  return {
    heading: 'Random effects',
    paragraphs: [],
    table: { titles: ['Group', 'Effect', 'Variance', 'Std. deviation', 'Correlations'], text: 2, rows },
  };
}

function findingsSection(model: FittedModel): Section {
  const findings = explainFit(model).map(
    ({ severity, message, advice }) =>
      `${severity === 'problem' ? 'Problem' : 'Note'}: ${message}. What to do: ${advice}.`,
  );
  const { certificate } = model.data;
  const fine = certificate.converged ? ['The optimum was found; its certificate shows nothing to worry about.'] : [];
  return { heading: 'Quality of the fit', paragraphs: findings.length > 0 ? findings : fine, table: null };
}

const short = (v: number): string => (Number.isFinite(v) ? String(Number(v.toPrecision(6))) : '-');

function probability(p: number): string {
  if (Number.isNaN(p)) return '-';
  return p < 1e-4 ? p.toExponential(1) : p.toFixed(4);
}
