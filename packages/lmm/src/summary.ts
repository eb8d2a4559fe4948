import type { FittedModelData } from './fitted-model-data.js';
import type { CoefficientTable } from './inference/coefficient-table.js';
import { coefficientsText } from './printing/coefficients-text.js';
import { formatColumn, textTable, type TextColumn } from './text-table.js';

/** Correlations of fixed effects are left out when there are more columns than this. */
const CORRELATION_LIMIT = 12;

/**
 * The fit as text: criterion, residuals, random effects, fixed effects and their correlations, remarks.
 *
 * @param coefficients the fixed effects with tests, where they are wanted
 */
export function summarize(model: FittedModelData, coefficients?: CoefficientTable): string {
  const sections = [
    heading(model),
    criterionLine(model),
    scaledResiduals(model),
    randomEffects(model),
    structureParameters(model),
    coefficients && coefficients.names.length > 0 ? coefficientsText(coefficients) : fixedEffects(model),
    correlations(model),
    remarks(model),
  ];
  return `${sections.filter((s) => s !== '').join('\n\n')}\n`;
}

function heading(model: FittedModelData): string {
  const how = model.criterion === 'REML' ? 'REML' : 'maximum likelihood';
  const what = model.terms.length ? 'Linear mixed model' : 'Linear model';
  return `${what} fit by ${how}${model.formula === null ? '' : `\nFormula: ${model.formula}`}`;
}

function criterionLine(model: FittedModelData): string {
  if (model.criterion === 'REML') return `REML criterion at convergence: ${model.objective.toFixed(4)}`;
  const entries: [string, number][] = [
    ['AIC', model.AIC],
    ['BIC', model.BIC],
    ['logLik', model.logLik],
    ['-2*logLik', model.objective],
    ['df.resid', model.nobs - model.df],
  ];
  return textTable(
    entries.map(([title, v]) => ({ title, align: 'right', cells: [title === 'df.resid' ? String(v) : v.toFixed(4)] })),
  );
}

function scaledResiduals(model: FittedModelData): string {
  if (!model.scaledResiduals) return '';
  const titles = ['Min', '1Q', 'Median', '3Q', 'Max'];
  const columns = model.scaledResiduals.map((v, i): TextColumn => ({
    title: titles[i],
    align: 'right',
    cells: [v.toFixed(4)],
  }));
  return `Scaled residuals:\n${textTable(columns)}`;
}

/** Columns of a structured term that are still shown one by one, with their correlations. */
const SHOWN_COLUMNS = 3;

/** Whether a term is told by its structure's own parameters rather than by those of its columns. */
const isToldByStructure = (model: FittedModelData, k: number): boolean => {
  const own = model.natural[k];
  return model.varcorr[k].names.length > SHOWN_COLUMNS && own?.names.some((name) => !/^(sd|cor) /.test(name)) === true;
};

function randomEffects(model: FittedModelData): string {
  const groups: string[] = [];
  const names: string[] = [];
  const sds: number[] = [];
  const correlation: string[][] = [];
  const shown = model.varcorr.map((_, k) => !isToldByStructure(model, k));
  const width = Math.max(0, ...model.varcorr.map((v, k) => (shown[k] ? v.names.length - 1 : 0)));
  model.varcorr.forEach((v, k) => {
    if (!shown[k]) {
      const equal = v.sd.every((s) => Math.abs(s - v.sd[0]) <= 1e-12 * v.sd[0]);
      groups.push(v.group);
      names.push(`${v.names.length} columns, ${model.terms[k].structure}`);
      sds.push(equal ? v.sd[0] : Number.NaN);
      correlation.push([]);
      return;
    }
    v.names.forEach((name, i) => {
      groups.push(i === 0 ? v.group : '');
      names.push(name);
      sds.push(v.sd[i]);
      correlation.push(
        Array.from({ length: width }, (_, j) => (j < i && v.corr ? formatCorrelation(v.corr[i][j]) : '')),
      );
    });
  });
  groups.push('Residual');
  names.push(model.residual ?? '');
  sds.push(model.sigma);
  correlation.push([]);
  const columns: TextColumn[] = [
    { title: 'Groups', align: 'left', cells: groups },
    { title: 'Name', align: 'left', cells: names },
    {
      title: 'Variance',
      align: 'right',
      cells: blankNaN(
        formatColumn(
          sds.map((s) => s * s),
          4,
        ),
      ),
    },
    { title: 'Std.Dev.', align: 'right', cells: blankNaN(formatColumn(sds, 4)) },
  ];
  for (let j = 0; j < width; j++) {
    columns.push({ title: j === 0 ? 'Corr' : '', align: 'right', cells: correlation.map((row) => row[j] ?? '') });
  }
  const counts = Object.entries(model.ngroups).map(([g, n]) => `${g}, ${n}`);
  const groupText = counts.length ? `, groups: ${counts.join('; ')}` : '';
  const fixed = model.sigmaFixed ? ' (residual standard deviation held fixed)' : '';
  return `Random effects:\n${textTable(columns)}\nNumber of obs: ${model.nobs}${groupText}${fixed}`;
}

const blankNaN = (cells: readonly string[]): string[] => cells.map((cell) => (cell === 'NaN' ? '' : cell));

/** Correlations, ranges, ratios and the like of structures, and standard deviations where they are not those of columns. */
function structureParameters(model: FittedModelData): string {
  const groups: string[] = [];
  const structures: string[] = [];
  const names: string[] = [];
  const estimates: string[] = [];
  const errors: string[] = [];
  model.natural.forEach(({ group, structure, names: own, values }, t) => {
    const residual = t >= model.terms.length;
    if (!residual && isTold(structure, own)) return;
    own.forEach((name, i) => {
      const se = model.naturalSe?.[t]?.[i] ?? Number.NaN;
      const [value, error] = formatColumn([values[i], se], 4, Number.isFinite(se) && se > 0 ? [se] : [values[i]]);
      groups.push(i === 0 ? group : '');
      structures.push(i === 0 ? structure : '');
      names.push(name);
      estimates.push(value);
      errors.push(Number.isFinite(se) ? error : '');
    });
  });
  if (names.length === 0) return '';
  return `Covariance structures:\n${textTable([
    { title: 'Groups', align: 'left', cells: groups },
    { title: 'Structure', align: 'left', cells: structures },
    { title: 'Parameter', align: 'left', cells: names },
    { title: 'Estimate', align: 'right', cells: estimates },
    { title: 'Std. Error', align: 'right', cells: errors },
  ])}`;
}

/** Whether the table of random effects tells a structure: by standard deviations and correlations of its columns, independent between levels. */
const isTold = (structure: string, names: readonly string[]): boolean =>
  names.every((name) => /^(sd|cor) /.test(name)) && !/pedigree|relationship|precision/.test(structure);

const formatCorrelation = (r: number): string => (Number.isFinite(r) ? r.toFixed(2) : 'NaN');

function fixedEffects(model: FittedModelData): string {
  if (model.beta.names.length === 0) return 'No fixed effects';
  const t = model.beta.values.map((b, i) => b / model.se[i]);
  const columns: TextColumn[] = [
    { title: '', align: 'left', cells: model.beta.names },
    // Estimates to the decimals that their standard errors support.
    { title: 'Estimate', align: 'right', cells: formatColumn(model.beta.values, 4, model.se) },
    { title: 'Std. Error', align: 'right', cells: formatColumn(model.se, 4) },
    { title: 't value', align: 'right', cells: t.map((v) => v.toFixed(3)) },
  ];
  return `Fixed effects:\n${textTable(columns)}`;
}

function correlations(model: FittedModelData): string {
  const p = model.beta.names.length;
  if (p < 2 || p > CORRELATION_LIMIT) return '';
  const short = model.beta.names.map((name) => (name === '(Intercept)' ? '(Intr)' : name.slice(0, 8)));
  const columns: TextColumn[] = [{ title: '', align: 'left', cells: model.beta.names.slice(1) }];
  for (let j = 0; j < p - 1; j++) {
    const cells = Array.from({ length: p - 1 }, (_, i) =>
      i < j ? '' : (model.vcov[i + 1][j] / (model.se[i + 1] * model.se[j])).toFixed(3),
    );
    columns.push({ title: short[j], align: 'right', cells });
  }
  return `Correlation of fixed effects:\n${textTable(columns)}`;
}

function remarks(model: FittedModelData): string {
  const lines: string[] = [];
  if (model.droppedColumns.length) {
    const n = model.droppedColumns.length;
    lines.push(
      `${n} column${n > 1 ? 's' : ''} left out, since earlier ones determine ${n > 1 ? 'them' : 'it'}: ${model.droppedColumns.join(', ')}`,
    );
  }
  if (model.certificate.message !== 'converged') lines.push(model.certificate.message);
  return lines.join('\n');
}
