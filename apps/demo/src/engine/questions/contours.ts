import type { FittedModel } from '@blup/lmm';

/** The criterion over one or two variance parameters, the others at their estimates, and the way of the search. */
export interface Landscape {
  readonly names: readonly string[];
  /** Grid of each axis. */
  readonly axes: readonly Float64Array[];
  /** Criterion less its minimum; the first axis varies fastest. Infinity where it does not exist. */
  readonly rise: Float64Array;
  /** Whether other parameters were held at their estimates, so that this is a slice. */
  readonly slice: boolean;
  readonly optimum: readonly number[];
  /** Points that the search evaluated, in order: coordinates, then the rise of the criterion there. */
  readonly path: readonly { readonly at: readonly number[]; readonly rise: number }[];
}

/** Milliseconds that a grid may take. */
const BUDGET = 2500;

/** @param which one or two positions in par */
export function landscape(model: FittedModel, which: readonly number[]): Landscape {
  const { optimum, data } = model;
  const { composite, objective } = optimum;
  const par = Float64Array.from(data.par);
  const theta = new Float64Array(composite.thetaLength);
  const valueAt = (): number => {
    composite.thetaInto(par, theta);
    return objective.evaluate(theta);
  };
  const cost = timeOf(() => {
    // Another point each time: the library remembers the last one.
    par[which[0]] += 1e-3;
    valueAt();
  });
  const affordable = Math.max(7, Math.floor((BUDGET / cost) ** (1 / which.length)));
  const cells = which.length === 1 ? Math.min(161, affordable) : Math.min(49, affordable);
  const path = optimum.evaluations.map(({ x, value }) => ({
    at: which.map((k) => x[k]),
    rise: value - optimum.value,
  }));
  const lower = composite.parBounds().lower;
  const axes = which.map((k, i) => {
    const curvature = data.certificate.hessian[k]?.[k] ?? 0;
    const seen = path.map(({ at }) => at[i]);
    return axis(data.par[k], Math.sqrt(2 / curvature), lower[k], seen, cells);
  });
  const rise = new Float64Array(axes.reduce((product, a) => product * a.length, 1));
  const [first, second] = axes;
  par.set(data.par);
  for (let j = 0; j < (second?.length ?? 1); j++) {
    if (second) par[which[1]] = second[j];
    for (let i = 0; i < first.length; i++) {
      par[which[0]] = first[i];
      rise[j * first.length + i] = valueAt() - optimum.value;
    }
  }
  return {
    names: which.map((k) => data.parNames[k]),
    axes,
    rise,
    slice: data.par.length > which.length,
    optimum: which.map((k) => data.par[k]),
    path,
  };
}

/** Milliseconds of a run, the better of two. */
function timeOf(work: () => void): number {
  const times = [0, 0].map(() => {
    const began = performance.now();
    work();
    return performance.now() - began;
  });
  return Math.max(Math.min(...times), 0.001);
}

/**
 * Some standard errors to both sides of the estimate, and everything that the search saw.
 * @param se standard error by curvature; not finite where there is none
 */
function axis(best: number, se: number, lower: number, seen: readonly number[], cells: number): Float64Array {
  const finite = seen.filter(Number.isFinite);
  const reach = Number.isFinite(se) && se > 0 ? 4 * se : Math.max(0.5, Math.abs(best));
  const from = Math.max(Math.min(best - reach, ...finite), lower >= 0 ? 0 : -Infinity);
  const to = Math.max(best + reach, ...finite);
  return Float64Array.from({ length: cells }, (_, k) => from + ((to - from) * k) / (cells - 1));
}
