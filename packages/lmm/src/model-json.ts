import { ModelError } from './errors.js';
import type { FittedModelData } from './fitted-model-data.js';

/** Kinds of the entries that every exported model has. */
const REQUIRED: ReadonlyMap<string, 'number' | 'string' | 'array' | 'object'> = new Map([
  ['criterion', 'string'],
  ['responseName', 'string'],
  ['nobs', 'number'],
  ['df', 'number'],
  ['objective', 'number'],
  ['sigma', 'number'],
  ['theta', 'array'],
  ['thetaNames', 'array'],
  ['beta', 'object'],
  ['se', 'array'],
  ['vcov', 'array'],
  ['terms', 'array'],
  ['varcorr', 'array'],
  ['ngroups', 'object'],
  ['ranef', 'object'],
  ['certificate', 'object'],
]);

/**
 * Reads back what `JSON.stringify(model)` wrote, or the summary in what {@link exportModel} wrote: text, or the object that JSON.parse made
 * of it. (`readModel` reads the part that predicts.)
 *
 * @throws ModelError `bad-model-json` when it is not an exported model, or one of a version that is not known here
 */
export function modelFromJSON(json: unknown): FittedModelData {
  const value = typeof json === 'string' ? parse(json) : json;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw bad('it is not an object');
  const exported = (value as { format?: unknown }).format === 'blup-model';
  const summary = exported ? (value as { summary?: unknown }).summary : value;
  if (typeof summary !== 'object' || summary === null) throw bad('it was exported without its summary');
  const entries = new Map(Object.entries(summary));
  const version = entries.get('schemaVersion');
  if (version !== 1) throw bad(`its schemaVersion is ${JSON.stringify(version)}; this version reads 1`);
  for (const [key, kind] of REQUIRED) {
    const entry = entries.get(key);
    const found = Array.isArray(entry) ? 'array' : entry === null ? 'null' : typeof entry;
    if (found !== kind)
      throw bad(`its "${key}" is ${found === 'undefined' ? 'missing' : `of kind ${found}, not ${kind}`}`);
  }
  checkShapes(summary as FittedModelData);
  return summary as FittedModelData;
}

/** What printing and comparing take for granted: the lengths agree. */
function checkShapes({ beta, se, vcov, theta, thetaNames, terms, varcorr, certificate }: FittedModelData): void {
  const list = (v: unknown, n?: number): boolean => Array.isArray(v) && (n === undefined || v.length === n);
  const p = list(beta.names) ? beta.names.length : -1;
  const ok =
    list(beta.values, p) &&
    list(se, p) &&
    list(vcov, p) &&
    vcov.every((row) => list(row, p)) &&
    thetaNames.length === theta.length &&
    terms.every((term) => typeof term?.group === 'string' && list(term.names)) &&
    varcorr.every((v) => typeof v?.group === 'string' && list(v.names) && list(v.sd, v.names.length)) &&
    typeof certificate.message === 'string';
  if (!ok) throw bad('the lengths or kinds of its entries do not agree');
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw bad(error instanceof Error ? error.message : String(error));
  }
}

const bad = (why: string): ModelError => new ModelError('bad-model-json', `this is not an exported model: ${why}`);
