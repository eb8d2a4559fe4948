import type { FittedModel } from '../fitted-model.js';
import { aliasedColumns } from '../prediction/aliased-columns.js';
import { singularDirections } from './singular-directions.js';

/** One thing that is worth knowing about a fit. */
export interface Finding {
  /** `problem`: the numbers should not be used as they stand; `note`: they may, but read this. */
  readonly severity: 'problem' | 'note';
  readonly topic: 'convergence' | 'singular' | 'identifiability' | 'rank' | 'scale' | 'levels' | 'data';
  /** What is the case. */
  readonly message: string;
  /** What can be done. */
  readonly advice: string;
}

/** A ratio of column sizes beyond which coefficients are awkward to read. */
const SCALE_RATIO = 1e4;

/** Fewer levels than this say little about a variance. */
const FEW_LEVELS = 5;

/** A smaller ratio of eigenvalues of the scaled Hessian means that some combination of the parameters is hardly determined. */
const POOR_CONDITIONING = 1e-8;

/**
 * The certificate in plain words: what is wrong with a fit, which term and which direction, and what to try. An empty list means that the
 * optimum was found, no variance is zero, and nothing about the data stands out.
 */
export function explainFit(model: FittedModel): Finding[] {
  return [
    ...convergence(model),
    ...singularity(model),
    ...identifiability(model),
    ...rank(model),
    ...scales(model),
    ...levels(model),
    ...model.data.warnings.map((message): Finding => ({
      severity: 'note',
      topic: 'data',
      message,
      advice: 'see whether it was meant',
    })),
  ];
}

function convergence({ data }: FittedModel): Finding[] {
  const { certificate: c, parNames } = data;
  if (c.converged) return [];
  const worst = c.scaledGradient.reduce((m, g, k) => (Math.abs(g) > Math.abs(c.scaledGradient[m]) ? k : m), 0);
  const where =
    parNames.length > 0
      ? `; the parameter furthest from its optimum is ${parNames[worst]}, ${short(Math.abs(c.scaledGradient[worst]))} standard errors away`
      : '';
  const advice =
    c.reason === 'evaluation-limit'
      ? 'allow more evaluations (maxEvaluations)'
      : c.reason === 'cancelled'
        ? 'let the search run to its end'
        : 'try other start values, centre and scale the variables of the random effects, or a simpler random-effects structure';
  return [
    { severity: 'problem', topic: 'convergence', message: `the search stopped early (${c.reason})${where}`, advice },
  ];
}

function singularity(model: FittedModel): Finding[] {
  return singularDirections(model).map(({ group, names, direction }): Finding => {
    if (names.length === 1 || direction.filter((v) => v !== 0).length === 1) {
      const name = names[direction.findIndex((v) => v !== 0)];
      return {
        severity: 'note',
        topic: 'singular',
        message: `the standard deviation of ${name} by ${group} is estimated as zero: the data show no more variation between the groups than the residuals explain`,
        advice: `the fit without this effect is the same; leave it out, or keep it if the design demands it (its estimate is still valid)`,
      };
    }
    return {
      severity: 'note',
      topic: 'singular',
      message: `the random effects by ${group} have no variance along ${combination(names, direction)}: some correlation is estimated as 1 or -1, or one effect is a combination of the others`,
      advice:
        'the data do not support all correlations: try uncorrelated effects (||), or leave out the effect that matters least; fixed effects and predictions are still valid',
    };
  });
}

function identifiability({ data }: FittedModel): Finding[] {
  const { conditioning, converged } = data.certificate;
  if (!converged || data.par.length < 2 || !(conditioning < POOR_CONDITIONING)) return [];
  return [
    {
      severity: 'problem',
      topic: 'identifiability',
      message: `some combination of the variance parameters is hardly determined by the data (conditioning ${short(conditioning)})`,
      advice: 'look for two terms that describe the same groups, or an effect that varies within almost no group',
    },
  ];
}

function rank({ optimum, data }: FittedModel): Finding[] {
  if (data.droppedColumns.length === 0) return [];
  const { matrices, cp } = optimum;
  return aliasedColumns(matrices, cp).map(({ column, weights }): Finding => {
    const names = data.beta.names.filter((_, k) => Math.abs(weights[k]) > 1e-9);
    const why =
      names.length > 0
        ? `is ${combination(
            data.beta.names,
            Array.from(weights, (w) => (Math.abs(w) > 1e-9 ? w : 0)),
          )}`
        : 'is zero in every row';
    return {
      severity: 'note',
      topic: 'rank',
      message: `the fixed-effects column ${matrices.X.names[column]} has no coefficient of its own: it ${why}`,
      advice:
        'predictions are unharmed where this relation holds; leave the column out, or collect data that break the relation',
    };
  });
}

function scales({ optimum }: FittedModel): Finding[] {
  const { matrices, cp } = optimum;
  const sizes = Array.from(cp.fixed.kept, (column) => ({
    name: matrices.X.names[column],
    size: rootMeanSquare(matrices.X.columns[column]),
  })).filter(({ size }) => size > 0);
  const small = sizes.reduce((a, b) => (b.size < a.size ? b : a), sizes[0]);
  const large = sizes.reduce((a, b) => (b.size > a.size ? b : a), sizes[0]);
  if (!small || large.size / small.size < SCALE_RATIO) return [];
  const decades = Math.round(Math.log10(large.size));
  const other = decades === 0;
  const factor = other ? Math.round(Math.log10(small.size)) : decades;
  return [
    {
      severity: 'note',
      topic: 'scale',
      message: `the columns ${small.name} and ${large.name} differ in size by a factor of ${short(large.size / small.size)}`,
      advice: `the estimates are exact all the same; for coefficients that are easy to read divide ${other ? small.name : large.name} by 1e${factor}`,
    },
  ];
}

function levels({ data }: FittedModel): Finding[] {
  return Object.entries(data.ngroups)
    .filter(([, count]) => count < FEW_LEVELS)
    .map(([group, count]) => ({
      severity: 'note',
      topic: 'levels',
      message: `${group} has ${count} levels: a variance estimated from so few is very uncertain`,
      advice: `look at its profile interval, or make ${group} a fixed effect`,
    }));
}

function rootMeanSquare(x: Float64Array): number {
  let s = 0;
  for (let i = 0; i < x.length; i++) s += x[i] * x[i];
  return Math.sqrt(s / x.length);
}

/** `a - 2 b + 0.5 c`, leaving out zeros. */
function combination(names: readonly string[], weights: readonly number[]): string {
  let out = '';
  names.forEach((name, k) => {
    const w = weights[k];
    if (w === 0) return;
    const size = Math.abs(Math.abs(w) - 1) < 1e-9 ? name : `${short(Math.abs(w))} ${name}`;
    out += out === '' ? `${w < 0 ? '-' : ''}${size}` : ` ${w < 0 ? '-' : '+'} ${size}`;
  });
  return out;
}

const short = (v: number): string => String(Number(v.toPrecision(3)));
