import { readGolden } from '@blup/golden';

/** What R says of a golden case after the fit; see after-fit.R. */
export interface AfterFit {
  predict: {
    newdata: Record<string, (string | number)[]>;
    conditional: number[];
    population: number[];
    only: Record<string, number[]>;
  };
  residuals: Record<'response' | 'pearson' | 'scaled' | 'marginal', number[]>;
  cooks: number[];
  coef: Record<string, { levels: string[]; names: string[]; values: number[][] }>;
  r2: Record<'fixed' | 'random' | 'residual' | 'marginal' | 'conditional' | 'iccAdjusted' | 'iccUnadjusted', [number]>;
  pca: Record<string, { sdev: number[]; rotation: number[][] }>;
  predictionVariance: number[];
  influence: { group: [string]; levels: { level: [string]; beta: number[]; theta: number[]; sigma: [number] }[] };
}

const all = readGolden<Record<string, AfterFit>>('after-fit/after-fit.json');

export const afterFitIds = Object.keys(all).filter((id) => id !== 'software');
export const afterFit = (id: string): AfterFit => all[id];
