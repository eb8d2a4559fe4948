import { catalogEntry } from '../data/catalog.js';
import type { TableSummary } from '../data/summarize-table.js';
import { Engine } from '../engine/client.js';
import type { FitReport, Problem, Progress } from '../engine/fit-report.js';
import type { DeclaredLevels } from '../engine/session.js';
import type { SharedModel } from '../export/link.js';
import { checkFormula, type FormulaCheck } from '../model/check-formula.js';
import { structureTexts } from '../model/structures.js';
import { isDefault, type ColumnSetting, type ModelSettings } from '../model/settings.js';

/** A fit that is kept. */
export interface Fit {
  readonly id: number;
  readonly settings: ModelSettings;
  readonly report: FitReport;
}

/** Where the table came from: an entry of the catalog, or a file of the user's. */
export interface TableSource {
  readonly builtIn: string | null;
  readonly name: string;
}

const NO_SETTINGS: ReadonlyMap<string, ColumnSetting> = new Map();

/** Everything that the page shows, and what may be done to it. */
export class Workbench {
  readonly engine = new Engine();

  source = $state.raw<TableSource | null>(null);
  table = $state.raw<TableSummary | null>(null);
  dataProblem = $state.raw<string | null>(null);
  reading = $state(false);

  formula = $state('');
  reml = $state(true);
  weights = $state<string | null>(null);
  offset = $state<string | null>(null);
  subset = $state('');
  columns = $state.raw(NO_SETTINGS);

  /** Tags of the covariance structures that the library has. */
  structures = $state.raw<readonly string[]>(['us']);

  fits = $state.raw<readonly Fit[]>([]);
  currentId = $state<number | null>(null);
  /** The search that is under way. */
  progress = $state.raw<Progress | null>(null);
  fitting = $state(false);
  fitProblem = $state.raw<Problem | null>(null);
  /** Said aloud by screen readers. */
  announcement = $state('');

  readonly settings = $derived<ModelSettings>({
    formula: this.formula,
    reml: this.reml,
    weights: this.weights,
    offset: this.offset,
    subset: this.subset.trim() === '' ? null : this.subset,
    columns: [...this.columns].filter(([, setting]) => !isDefault(setting)),
  });
  readonly check = $derived<FormulaCheck | null>(this.table ? checkFormula(this.settings, this.table) : null);
  readonly current = $derived(this.fits.find(({ id }) => id === this.currentId) ?? null);
  /** Settings of a link that came without data. */
  waiting = $state.raw<ModelSettings | null>(null);
  private nextId = 1;

  constructor() {
    void this.engine.structures(structureTexts.map(({ tag }) => tag)).then((found) => (this.structures = found));
  }

  /** Opens a data set of the catalog with its formula, or with `settings`, and fits it. */
  async openBuiltIn(id: string, settings: Partial<ModelSettings> = {}): Promise<void> {
    const entry = catalogEntry(id);
    if (!entry) {
      this.dataProblem = `There is no built-in data set ${id}.`;
      return;
    }
    const [csv, levels] = await Promise.all([fetch(`./data/${id}.csv`), fetch(`./data/${id}.json`)]);
    const declared = (await levels.json()) as DeclaredLevels[];
    if (!(await this.open({ builtIn: id, name: id }, `${id}.csv`, await csv.blob(), declared))) return;
    this.apply({ formula: entry.formula, ...settings });
    await this.fit();
  }

  /** Opens a file of the user's; settings of a link that waited for it are taken over. */
  async openFile(file: File): Promise<void> {
    if (!(await this.open({ builtIn: null, name: file.name }, file.name, file, []))) return;
    this.apply(this.waiting ?? {});
    this.waiting = null;
  }

  /** Opens what a link carries; without a built-in data set its settings wait for a file. */
  async openShared({ data, settings }: SharedModel): Promise<void> {
    if (data !== null) await this.openBuiltIn(data, settings);
    else this.waiting = settings;
  }

  setColumn(name: string, setting: ColumnSetting): void {
    this.columns = new Map(this.columns).set(name, setting);
  }

  /** Takes over settings; what is not given goes back to its default. */
  apply(settings: Partial<ModelSettings>): void {
    this.formula = settings.formula ?? '';
    this.reml = settings.reml ?? true;
    this.weights = settings.weights ?? null;
    this.offset = settings.offset ?? null;
    this.subset = settings.subset ?? '';
    this.columns = new Map(settings.columns);
    this.fitProblem = null;
  }

  async fit(): Promise<void> {
    if (this.fitting || !this.check) return;
    if (!this.check.ok) {
      this.fitProblem = this.check.problem;
      this.announcement = `The formula cannot be fitted. ${this.check.problem.message}`;
      return;
    }
    const settings = $state.snapshot(this.settings) as ModelSettings;
    const id = this.nextId++;
    this.fitting = true;
    this.fitProblem = null;
    this.progress = null;
    this.announcement = 'Fitting the model.';
    try {
      const outcome = await this.engine.fit(id, settings, (progress) => (this.progress = progress));
      if (!outcome.ok) {
        this.fitProblem = outcome.problem;
        this.announcement = `No fit. ${outcome.problem.message}`;
        return;
      }
      this.fits = [...this.fits, { id, settings, report: outcome.value }];
      this.currentId = id;
      this.announcement = `Fitted after ${outcome.value.data.certificate.evaluations} evaluations.`;
    } finally {
      this.fitting = false;
      this.progress = null;
    }
  }

  cancel(): void {
    this.engine.cancel();
  }

  remove(id: number): void {
    void this.engine.forget(id);
    this.fits = this.fits.filter((fit) => fit.id !== id);
    if (this.currentId === id) this.currentId = this.fits.at(-1)?.id ?? null;
  }

  private async open(
    source: TableSource,
    name: string,
    blob: Blob,
    declared: readonly DeclaredLevels[],
  ): Promise<boolean> {
    if (this.fitting) this.cancel();
    this.reading = true;
    this.dataProblem = null;
    try {
      const outcome = await this.engine.open(name, blob, declared);
      if (!outcome.ok) {
        this.dataProblem = outcome.problem.message;
        this.announcement = `${name} cannot be read. ${outcome.problem.message}`;
        return false;
      }
      this.source = source;
      this.table = outcome.value;
      this.fits = [];
      this.currentId = null;
      this.announcement = `${name}: ${outcome.value.nrow} rows, ${outcome.value.columns.length} columns.`;
      return true;
    } finally {
      this.reading = false;
    }
  }
}
