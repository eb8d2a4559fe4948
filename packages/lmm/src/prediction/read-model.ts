import { readDesign, type Design } from '@blup/formula';
import { ModelError } from '../errors.js';
import type { VarianceUncertainty } from './variance-uncertainty.js';
import type { ExportedModel, ExportedResidual } from './exported-model.js';
import type { PredictionResidual } from './new-residuals.js';
import type { PredictionModel, PredictionTerm } from './prediction-model.js';

/**
 * Reads an exported model back: text, or the object that JSON.parse made of it.
 * @throws ModelError `bad-model-json` when it is not an exported model, of a version not known here, or damaged
 */
export function readModel(json: unknown): PredictionModel {
  const value = (typeof json === 'string' ? parsed(json) : json) as ExportedModel | null;
  if (typeof value !== 'object' || value === null || value.format !== 'blup-model') {
    throw bad('it has no format "blup-model"; exportModel writes such files');
  }
  if (value.schemaVersion !== 1) {
    throw bad(`its schemaVersion is ${JSON.stringify(value.schemaVersion)}; this version reads 1`);
  }
  if (!isObject(value.fixed) || !Array.isArray(value.groups) || !Array.isArray(value.terms)) {
    throw bad('its "fixed", "groups" or "terms" is missing');
  }
  const { fixed } = value;
  const p = lengthOf(fixed.kept, 'fixed.kept');
  const width = lengthOf(fixed.names, 'fixed.names');
  if (!Number.isFinite(value.sigma) || value.sigma <= 0) throw bad(`its "sigma" is ${JSON.stringify(value.sigma)}`);
  if (!fixed.kept.every((k) => isIndex(k, width))) throw bad('"fixed.kept" names no column');
  texts(fixed.names, 'fixed.names');
  if (!Array.isArray(fixed.aliased) || !fixed.aliased.every((a) => isObject(a) && isIndex(a.column, width)))
    throw bad('"fixed.aliased" is no list of columns');
  value.groups.forEach((group, g) => {
    if (!isObject(group) || typeof group.name !== 'string') throw bad(`groups[${g}] has no name`);
    texts(group.levels, `groups[${g}].levels`);
  });
  if (value.design === undefined || typeof value.responseName !== 'string')
    throw bad('its "design" or "responseName" is missing');
  let q = 0;
  const terms = value.terms.map((term, t): PredictionTerm => {
    if (!isObject(term) || typeof term.label !== 'string' || !isIndex(term.group, value.groups.length))
      throw bad(`terms[${t}] has no label or no grouping factor`);
    const group = value.groups[term.group];
    texts(term.names, `terms[${t}].names`);
    const nc = lengthOf(term.names, `terms[${t}].names`);
    const start = q;
    q += nc * group.levels.length;
    const effects = Int32Array.from(group.levels, (_, l) => start + l * nc);
    return {
      label: term.label,
      group: group.name,
      names: term.names,
      levels: group.levels,
      lambda: numbers(term.lambda, nc * nc, `terms[${t}].lambda`),
      modes: numbers(term.modes, nc * group.levels.length, `terms[${t}].modes`),
      levelVariances: term.levelVariances
        ? numbers(term.levelVariances, group.levels.length, `terms[${t}].levelVariances`)
        : null,
      fromDesign: term.fromDesign !== false,
      effects,
    };
  });
  return {
    responseName: value.responseName,
    design: value.design && withGroupLevels(readDesignChecked(value.design, width), terms),
    sigma: value.sigma,
    residual: value.residual ? residualOf(value.residual) : null,
    fixed: {
      names: fixed.names,
      kept: fixed.kept,
      beta: numbers(fixed.beta, p, 'fixed.beta'),
      RX: numbers(fixed.RX, p * p, 'fixed.RX'),
      aliased: fixed.aliased.map(({ column, weights }) => ({ column, weights: numbers(weights, p, 'fixed.aliased') })),
    },
    terms,
    system: value.system ? systemOf(value.system, q, p) : null,
    uncertainty: value.uncertainty ? uncertaintyOf(value.uncertainty, p, terms) : null,
    scored: null,
  };
}

function residualOf(given: ExportedResidual): PredictionResidual {
  if (!Array.isArray(given.variances)) throw bad('its "residual" has no list of variances');
  const none = <T extends object>(factor: T | null) => factor && { ...factor, codes: new Int32Array(0) };
  const { correlation } = given;
  return {
    spec: {
      n: 0,
      correlation: correlation && {
        ...correlation,
        group: none(correlation.group),
        visit: none(correlation.visit),
        coordinates: correlation.columns.map(() => new Float64Array(0)),
      },
      variances: given.variances.map((v) => ({
        kind: v.kind,
        covariate: v.covariate && { ...v.covariate, values: new Float64Array(0) },
        by: none(v.by),
      })),
    },
    par: numbers(given.par, given.par.length, 'residual.par'),
  };
}

function systemOf(system: NonNullable<ExportedModel['system']>, q: number, p: number): PredictionModel['system'] {
  const colPtr = Int32Array.from(numbers(system.colPtr, q + 1, 'system.colPtr'));
  const nnz = colPtr[q];
  const rowIdx = Int32Array.from(numbers(system.rowIdx, nnz, 'system.rowIdx'));
  for (let j = 0; j < q; j++) {
    const inOrder = (k: number) => rowIdx[k] < q && (k === colPtr[j] ? rowIdx[k] === j : rowIdx[k] > rowIdx[k - 1]);
    if (colPtr[j] >= colPtr[j + 1] || colPtr[0] !== 0) throw bad('its "system.colPtr" does not ascend');
    for (let k = colPtr[j]; k < colPtr[j + 1]; k++) if (!inOrder(k)) throw bad('its "system.rowIdx" is out of order');
  }
  return {
    colPtr,
    rowIdx,
    values: numbers(system.values, nnz, 'system.values'),
    effectsOnFixed: numbers(system.effectsOnFixed, q * p, 'system.effectsOnFixed'),
  };
}

function uncertaintyOf(
  plain: NonNullable<ExportedModel['uncertainty']>,
  p: number,
  terms: readonly PredictionTerm[],
): VarianceUncertainty {
  const free = lengthOf(plain.fixed, 'uncertainty.fixed');
  const sigma = plain.sigma === true;
  const size = free + (sigma ? 1 : 0);
  if (lengthOf(plain.terms, 'uncertainty.terms') !== free) throw bad('"uncertainty.terms" has another length');
  return {
    covariance: numbers(plain.covariance, size * size, 'uncertainty.covariance'),
    size,
    sigma,
    fixed: plain.fixed.map((triangle) => symmetric(triangle, p, 'uncertainty.fixed')),
    terms: plain.terms.map((byTerm) => {
      if (lengthOf(byTerm, 'uncertainty.terms') !== terms.length) throw bad('"uncertainty.terms" has another length');
      return byTerm.map((triangle, t) => symmetric(triangle, terms[t].names.length, 'uncertainty.terms'));
    }),
  };
}

/** From the upper triangle by columns. */
function symmetric(triangle: unknown, n: number, what: string): Float64Array {
  const packed = numbers(triangle, (n * (n + 1)) / 2, what);
  const out = new Float64Array(n * n);
  for (let j = 0, at = 0; j < n; j++) for (let i = 0; i <= j; i++) out[j * n + i] = out[i * n + j] = packed[at++];
  return out;
}

function readDesignChecked(plain: unknown, width: number): Design {
  const design = readPlainDesign(plain);
  const { fixed, random } = design;
  if (fixed.columns?.length !== width || random.some((r) => !r.matrix.columns || r.group.variables.length === 0))
    throw bad('its "design" does not have the columns of the model');
  return design;
}

function readPlainDesign(plain: unknown): Design {
  try {
    return readDesign(plain);
  } catch (error) {
    throw bad(error instanceof Error ? error.message : String(error));
  }
}

function withGroupLevels(design: Design, terms: readonly PredictionTerm[]): Design {
  const levels = new Map(terms.map((t) => [t.group, [...t.levels]]));
  return {
    ...design,
    random: design.random.map((r) => ({ ...r, group: { ...r.group, levels: levels.get(r.group.name) ?? [] } })),
  };
}

function numbers(values: unknown, length: number, what: string): Float64Array {
  if (!Array.isArray(values) || values.length !== length || !values.every(Number.isFinite)) {
    throw bad(`its "${what}" is not a list of ${length} numbers`);
  }
  return Float64Array.from(values as number[]);
}

function lengthOf(values: unknown, what: string): number {
  if (!Array.isArray(values)) throw bad(`its "${what}" is not a list`);
  return values.length;
}

function texts(values: unknown, what: string): void {
  if (!Array.isArray(values) || !values.every((v) => typeof v === 'string'))
    throw bad(`its "${what}" is no list of texts`);
}

const isIndex = (v: unknown, end: number): boolean => Number.isInteger(v) && (v as number) >= 0 && (v as number) < end;

const isObject = (v: unknown): boolean => typeof v === 'object' && v !== null;

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw bad(error instanceof Error ? error.message : String(error));
  }
}

const bad = (why: string): ModelError => new ModelError('bad-model-json', `this is not an exported model: ${why}`);
