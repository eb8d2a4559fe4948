import { writeFile } from 'node:fs/promises';
import {
  exportModel,
  ModelError,
  modelFromJSON,
  readModel,
  type ExportedModel,
  type ExportOptions,
  type FittedModel,
  type PredictionModel,
} from '@blup/lmm';
import { InputError } from '../errors.js';
import { readText } from './load-table.js';

/** @throws {InputError} `cannot-write` */
export async function saveModel(model: FittedModel, path: string, options: ExportOptions): Promise<void> {
  try {
    await writeFile(path, `${JSON.stringify(exportModel(model, options))}\n`);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    throw new InputError('cannot-write', `The model cannot be written to ${path}: ${message}.`);
  }
}

/** @throws {InputError} `cannot-read`, `not-a-model` */
export async function loadModel(path: string): Promise<PredictionModel> {
  const text = await readText(path);
  return asModel(path, () => readModel(text));
}

/** The file as it is, for comparisons; checked as far as they need it. */
export async function loadSavedSummary(path: string): Promise<ExportedModel> {
  const text = await readText(path);
  return asModel(path, () => {
    readModel(text);
    const saved = JSON.parse(text) as ExportedModel;
    if (saved.summary === undefined) {
      throw new InputError(
        'not-a-model',
        `${path} was written by --export, without the summary of the fit: use --save.`,
      );
    }
    return { ...saved, summary: modelFromJSON(saved) };
  });
}

function asModel<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof ModelError) || error.code !== 'bad-model-json') throw error;
    throw new InputError(
      'not-a-model',
      `${path} is no saved model; blup fit ... --save FILE writes one. (${error.message})`,
    );
  }
}
