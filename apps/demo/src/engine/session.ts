import { structureTags } from '@blup/covariance';
import {
  anova,
  coefficientTable,
  compareModels,
  explainedVariance,
  explainFit,
  fitModel,
  profile,
  ranova,
  type AnovaTable,
  type AnovaType,
  type CoefficientTable,
  type DdfMethod,
  type FittedModel,
  type FittedModelData,
  type ModelComparison,
  type Profile,
  type RandomEffectsTable,
} from '@blup/lmm';
import { modelTable, orderedByData } from '../data/model-table.js';
import { DataError, type RawTable } from '../data/raw-table.js';
import { readFile } from '../data/read-file.js';
import { summarizeTable, type TableSummary } from '../data/summarize-table.js';
import { contrastsOf, factorsOf, type ModelSettings } from '../model/settings.js';
import type { FitReport, Outcome, Progress } from './fit-report.js';
import { outcomeOf } from './problem.js';
import { landscape, type Landscape } from './questions/contours.js';
import { atPar, type AtPar } from './questions/explore.js';
import { groupEffects, type GroupEffects } from './questions/group-effects.js';
import { groupLines, type GroupLines } from './questions/group-lines.js';
import { noPooling, type NoPooling } from './questions/no-pooling.js';
import { rowPoints, type RowPoints } from './questions/row-points.js';
import { spyPlots, type SpyPlots } from './questions/spy.js';

/** Level orders that come with a built-in data set. */
export interface DeclaredLevels {
  readonly name: string;
  readonly levels: readonly string[];
  readonly ordered: boolean;
}

/**
 * The table and the models fitted to it; lives in the worker. Models are known by the numbers that the page gives them, and hold their rows,
 * so that plots can be asked for later.
 */
export class Session {
  private table: RawTable | null = null;
  private readonly models = new Map<number, FittedModel>();

  /** Reads a file; models of the previous table are forgotten. */
  open(name: string, bytes: ArrayBuffer, declared: readonly DeclaredLevels[]): Promise<Outcome<TableSummary>> {
    return outcomeOf('', async () => {
      this.table = null;
      this.models.clear();
      const table = await readFile(name, bytes);
      this.table = declare(table, declared);
      return summarizeTable(this.table);
    });
  }

  /** Fits a model and keeps it under `id`. */
  fit(id: number, settings: ModelSettings, onProgress?: (progress: Progress) => void): Promise<Outcome<FitReport>> {
    return outcomeOf(settings.formula, () => {
      const began = performance.now();
      const model = this.fitNow(settings, onProgress);
      this.models.set(id, model);
      const { frame, data } = model;
      return {
        data: { ...withoutEffects(data), parLower: [...model.optimum.composite.parBounds().lower] },
        findings: explainFit(model),
        explained: explainedVariance(model),
        coefficients: firstCoefficients(model),
        nrow: frame?.nrow ?? data.nobs,
        missing: { rows: frame?.omitted.missing.length ?? 0, by: frame?.omitted.byVariable ?? [] },
        outside: frame?.omitted.subset ?? 0,
        predictors: frame?.design.columns.map(({ name }) => name).filter((name) => name !== data.responseName) ?? [],
        elapsed: performance.now() - began,
      };
    });
  }

  /** Those of the tags that are covariance structures. */
  structures(tags: readonly string[]): string[] {
    const known = new Set(structureTags());
    return tags.filter((tag) => known.has(tag));
  }

  coefficients(id: number, ddf: DdfMethod): Promise<Outcome<CoefficientTable>> {
    return this.ask(id, (model) => coefficientTable(model, { ddf }));
  }

  anova(id: number, type: AnovaType, ddf: DdfMethod): Promise<Outcome<AnovaTable>> {
    return this.ask(id, (model) => anova(model, { type, ddf }));
  }

  profile(id: number): Promise<Outcome<Profile>> {
    return this.ask(id, (model) => profile(model));
  }

  /** Likelihood-ratio tests of the random effects. */
  ranova(id: number): Promise<Outcome<RandomEffectsTable>> {
    return this.ask(id, ranova);
  }

  /** Likelihood-ratio tests between fits of the same rows. */
  compare(ids: readonly number[]): Promise<Outcome<ModelComparison>> {
    return outcomeOf('', () => compareModels(ids.map((id) => this.modelOf(id))));
  }

  /** Residuals and fitted values. */
  rows(id: number): Promise<Outcome<RowPoints>> {
    return this.ask(id, rowPoints);
  }

  effects(id: number, group: string): Promise<Outcome<GroupEffects>> {
    return this.ask(id, (model) => groupEffects(model, group));
  }

  lines(id: number, group: string, column: string): Promise<Outcome<GroupLines>> {
    return this.ask(id, (model) => groupLines(model, this.table!, group, column));
  }

  spy(id: number): Promise<Outcome<SpyPlots>> {
    return this.ask(id, spyPlots);
  }

  landscape(id: number, which: readonly number[]): Promise<Outcome<Landscape>> {
    return this.ask(id, (model) => landscape(model, which));
  }

  noPooling(id: number, term: number): Promise<Outcome<NoPooling>> {
    return this.ask(id, (model) => noPooling(model, term));
  }

  atPar(id: number, par: readonly number[], term: number): Promise<Outcome<AtPar>> {
    return this.ask(id, (model) => atPar(model, par, term));
  }

  /** The whole model as JSON text. */
  json(id: number): Promise<Outcome<string>> {
    return this.ask(id, (model) => JSON.stringify(model, null, 1));
  }

  has(id: number): boolean {
    return this.models.has(id);
  }

  forget(id: number): void {
    this.models.delete(id);
  }

  private ask<T>(id: number, question: (model: FittedModel) => T): Promise<Outcome<T>> {
    return outcomeOf('', () => question(this.modelOf(id)));
  }

  /** @throws DataError when there is no such model */
  private modelOf(id: number): FittedModel {
    const model = this.models.get(id);
    if (!model) throw new DataError('This fit is no longer at hand; fit the model again.');
    return model;
  }

  private fitNow(settings: ModelSettings, onProgress?: (progress: Progress) => void): FittedModel {
    if (!this.table) throw new DataError('There is no table yet.');
    const { formula, reml, weights, offset, subset, columns } = settings;
    const byName = new Map(columns);
    const { factors, ordered } = factorsOf(columns);
    return fitModel(formula, modelTable(this.table, byName), {
      reml,
      weights: weights ?? undefined,
      offset: offset ?? undefined,
      subset: subset ?? undefined,
      contrasts: contrastsOf(columns),
      factors,
      ordered: [...ordered, ...orderedByData(this.table, byName)],
      onEvaluation: ({ value }, count) => onProgress?.({ count, value }),
    });
  }
}

/** A search that took longer than this (milliseconds) is not followed by degrees of freedom unless they are asked for. */
const QUICK = 150;

function firstCoefficients(model: FittedModel): CoefficientTable {
  const ddf = model.data.timings.optimize < QUICK && model.data.certificate.converged ? 'satterthwaite' : 'none';
  return coefficientTable(model, { ddf });
}

/** The effects of all levels stay here until a plot asks for them: there can be very many. */
function withoutEffects(data: FittedModelData): Omit<FittedModelData, 'ranef'> {
  const out: Record<string, unknown> = {};
  for (const key of Object.keys(data)) if (key !== 'ranef') out[key] = data[key as keyof FittedModelData];
  return out as unknown as FittedModelData;
}

/** Gives text columns (and numbers used as labels) the levels that are declared for them. */
function declare(table: RawTable, declared: readonly DeclaredLevels[]): RawTable {
  const byName = new Map(declared.map((d) => [d.name, d]));
  const columns = table.columns.map((column) => {
    const found = byName.get(column.name);
    if (!found) return column;
    const code = new Map(found.levels.map((level, k) => [level, k]));
    const label = (i: number): string | null => {
      if (column.kind !== 'text') return Number.isNaN(column.values[i]) ? null : String(column.values[i]);
      return column.codes[i] < 0 ? null : column.levels[column.codes[i]];
    };
    const codes = Int32Array.from({ length: table.nrow }, (_, i) => code.get(label(i) ?? '') ?? -1);
    return {
      kind: 'text' as const,
      name: column.name,
      codes,
      levels: found.levels,
      declared: true,
      ordered: found.ordered,
    };
  });
  return { ...table, columns };
}
