import type { ContrastName, TreatmentContrast } from '@blup/formula';

/** How a column takes part in models. `auto` is the type it was read with. */
export type ColumnRole = 'auto' | 'number' | 'factor' | 'ordered';

export interface ColumnSetting {
  readonly role: ColumnRole;
  /** Level that the others are compared with (treatment contrasts); null for the first. */
  readonly reference: string | null;
  readonly contrast: ContrastName | null;
}

export const defaultSetting: ColumnSetting = { role: 'auto', reference: null, contrast: null };

/** What a fit is asked to do: plain data, the same in links, exports and the worker. */
export interface ModelSettings {
  readonly formula: string;
  readonly reml: boolean;
  readonly weights: string | null;
  readonly offset: string | null;
  readonly subset: string | null;
  /** Settings by column, only those that differ from the default. */
  readonly columns: readonly (readonly [string, ColumnSetting])[];
}

export const isDefault = ({ role, reference, contrast }: ColumnSetting): boolean =>
  role === 'auto' && reference === null && contrast === null;

/** Contrasts as the formula package takes them. */
export function contrastsOf(
  columns: readonly (readonly [string, ColumnSetting])[],
): Map<string, ContrastName | TreatmentContrast> {
  const out = new Map<string, ContrastName | TreatmentContrast>();
  for (const [name, { contrast, reference }] of columns) {
    if (contrast !== null && contrast !== 'treatment') out.set(name, contrast);
    else if (reference !== null) out.set(name, { type: 'treatment', base: reference });
    else if (contrast === 'treatment') out.set(name, 'treatment');
  }
  return out;
}

/** Columns made factors, and those whose levels have an order. */
export function factorsOf(columns: readonly (readonly [string, ColumnSetting])[]): {
  factors: string[];
  ordered: string[];
} {
  const named = (role: ColumnRole) => columns.filter(([, s]) => s.role === role).map(([name]) => name);
  return { factors: named('factor'), ordered: named('ordered') };
}
