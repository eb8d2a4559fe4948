import type { ColumnRole, ColumnSetting, ModelSettings } from '../model/settings.js';

/** A model in a link: settings, and the name of a built-in data set; never data. */
export interface SharedModel {
  readonly data: string | null;
  readonly settings: ModelSettings;
}

/** The part of an address after the #. */
export function toFragment({ data, settings }: SharedModel): string {
  const { formula, reml, weights, offset, subset, columns } = settings;
  const query = new URLSearchParams();
  if (data !== null) query.set('data', data);
  query.set('formula', formula);
  if (!reml) query.set('criterion', 'ML');
  if (weights !== null) query.set('weights', weights);
  if (offset !== null) query.set('offset', offset);
  if (subset !== null) query.set('subset', subset);
  for (const [name, { role, reference, contrast }] of columns) {
    query.append('column', JSON.stringify([name, role, reference, contrast]));
  }
  return query.toString();
}

/** Reads a link back; null when the fragment carries no model. What is not understood is left out. */
export function fromFragment(fragment: string): SharedModel | null {
  const query = new URLSearchParams(fragment.replace(/^#/, ''));
  const formula = query.get('formula');
  if (formula === null) return null;
  return {
    data: query.get('data'),
    settings: {
      formula,
      reml: query.get('criterion') !== 'ML',
      weights: query.get('weights'),
      offset: query.get('offset'),
      subset: query.get('subset'),
      columns: query.getAll('column').flatMap((text) => readColumn(text) ?? []),
    },
  };
}

const roles = new Set<unknown>(['auto', 'number', 'factor', 'ordered']);
const contrasts = new Set<unknown>(['treatment', 'sum', 'helmert', 'poly', 'sdif', 'SAS']);

function readColumn(text: string): [[string, ColumnSetting]] | null {
  let parts: unknown;
  try {
    parts = JSON.parse(text);
  } catch {
    return null;
  }
  if (!Array.isArray(parts)) return null;
  const [name, role, reference, contrast] = parts as unknown[];
  if (typeof name !== 'string' || !roles.has(role)) return null;
  const setting = {
    role: role as ColumnRole,
    reference: typeof reference === 'string' ? reference : null,
    contrast: contrasts.has(contrast) ? (contrast as ColumnSetting['contrast']) : null,
  };
  return [[name, setting]];
}
