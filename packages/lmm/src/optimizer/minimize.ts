import { quadraticModel, trustRegionStep, type TrustRegionStep } from './trust-region-step.js';

/** A smooth function with gradient and an approximate Hessian, all taken at the point of the last `value`. */
export interface SmoothProblem {
  readonly dimension: number;
  /** A typical size of each coordinate (positive). */
  readonly unit: Float64Array;
  /** Infinity where the function does not exist. */
  value(x: Float64Array): number;
  gradientInto(g: Float64Array): void;
  /** Rounding error of the last value, absolute; more than the usual one where digits cancel. */
  noise?(): number;
  /** dimension squared, column-major, symmetric; need not be positive definite. */
  hessianInto(H: Float64Array): void;
}

/** One evaluation of the objective. */
export interface Evaluation {
  readonly x: Float64Array;
  readonly value: number;
  /** sqrt(g'H^-1 g) when the point was accepted, NaN when it was not. */
  readonly decrement: number;
}

export type StopReason =
  | 'converged'
  | 'interrupted'
  | 'no-progress'
  | 'evaluation-limit'
  | 'cancelled'
  | 'no-finite-start';

export interface MinimizeOptions {
  /** Stop when sqrt(g'H^-1 g) is below this. */
  readonly tolerance: number;
  /**
   * Stop a step earlier, where the decrement of the point after the next full step is below the tolerance by the rate of the last step; that
   * point is `polished`, and the caller evaluates it.
   */
  readonly foresee?: boolean | undefined;
  readonly maxEvaluations: number;
  /** Asked at every accepted point: true ends the search there, to go on in other coordinates. */
  readonly interrupt?: ((x: Float64Array) => boolean) | undefined;
  /** Called after every evaluation; false stops the search. */
  readonly onEvaluation?: ((e: Evaluation, count: number) => boolean | void) | undefined;
}

export interface Minimum {
  /** The best point that was evaluated. */
  readonly x: Float64Array;
  /** The last Newton step applied to `x` when the search converged, not evaluated; else `x`. Usually good to twice the digits. */
  readonly polished: Float64Array;
  readonly value: number;
  readonly gradient: Float64Array;
  /** The model of the Hessian at the end: the problem's own plus what gradient differences taught. */
  readonly hessian: Float64Array;
  readonly decrement: number;
  readonly reason: StopReason;
  readonly evaluations: readonly Evaluation[];
}

/**
 * Trust-region Newton with a structured secant correction: the Hessian is the problem's approximation plus a symmetric rank-one
 * accumulation of what it missed, measured against the mean of the approximations at both ends of a step (after Dennis, Gay and Welsch
 * 1981, ACM Trans. Math. Software 7, 348-368; SR1: Nocedal and Wright 2006, section 6.2). The approximation makes the first steps good, the
 * correction the last ones superlinear, also where the minimum lies at a singular factor.
 *
 * Near the minimum, where differences of the value drown in rounding, steps are judged by the gradient.
 */
export function minimize(problem: SmoothProblem, start: Float64Array, options: MinimizeOptions): Minimum {
  const { dimension: n, unit } = problem;
  const evaluations: Evaluation[] = [];
  let stopped = false;
  const record = (x: Float64Array, value: number, decrement: number) => {
    const e = { x: x.slice(), value, decrement };
    evaluations.push(e);
    if (options.onEvaluation?.(e, evaluations.length) === false) stopped = true;
  };

  let here = takePoint(problem, start.slice(), problem.value(start));
  let correction: Float64Array = new Float64Array(n * n);
  let radius = 1;
  /** By how much the last step shrank the decrement; it shrinks faster from step to step near a minimum. */
  let rate = 1;
  const finish = (reason: StopReason, step: TrustRegionStep | null): Minimum => ({
    x: here.x,
    polished: reason === 'converged' && step ? here.x.map((v, i) => v + unit[i] * step.step[i]) : here.x,
    value: here.value,
    gradient: here.gradient,
    hessian: unscaled(sum(here.hessian, correction), unit),
    decrement: step?.decrement ?? 0,
    reason,
    evaluations,
  });
  if (!Number.isFinite(here.value)) {
    record(start, here.value, Number.NaN);
    return finish('no-finite-start', null);
  }
  let model = quadraticModel(here.hessian, here.scaledGradient);
  let step = trustRegionStep(model, radius);
  record(here.x, here.value, step.decrement);

  for (;;) {
    if (step.decrement <= options.tolerance) return finish('converged', step);
    if (options.foresee && rate < 0.05 && step.decrement * rate <= options.tolerance && norm(step.step) < radius)
      return finish('converged', step);
    if (stopped) return finish('cancelled', step);
    if (evaluations.length > 1 && options.interrupt?.(here.x)) return finish('interrupted', step);
    if (evaluations.length >= options.maxEvaluations) return finish('evaluation-limit', step);
    const x = here.x.map((v, i) => v + unit[i] * step.step[i]);
    if (x.every((v, i) => v === here.x[i])) return finish('no-progress', step);
    const value = problem.value(x);
    const noise = Math.max(2e-14 * Math.abs(here.value) + 1e-12, problem.noise?.() ?? 0);
    const gain = here.value - value;
    const byValue = gain >= 1e-4 * step.predicted && gain > noise;
    const byGradient = !byValue && Math.abs(gain) <= noise + 0.5 * step.predicted && step.predicted <= 100 * noise;
    if (!byValue && !byGradient) {
      record(x, value, Number.NaN);
      radius = shrink(radius, norm(step.step), step.predicted, gain);
      if (radius < 1e-12) return finish('no-progress', step);
      step = trustRegionStep(model, radius);
      continue;
    }
    const next = takePoint(problem, x, value);
    const secant = correctedSecant(here, next, correction, step.step);
    const nextModel = quadraticModel(sum(next.hessian, secant), next.scaledGradient);
    record(x, value, nextModel.decrement);
    if (byGradient && !(nextModel.decrement < 0.7 * step.decrement)) {
      // Neither the value nor the gradient can tell the points apart: this is as far as double precision goes.
      return finish(step.decrement <= 1e3 * options.tolerance ? 'converged' : 'no-progress', step);
    }
    const ratio = step.predicted > 0 ? gain / step.predicted : 1;
    if (ratio > 0.75 && norm(step.step) > 0.9 * radius) radius = Math.min(radius * 2.5, 1e6);
    else if (ratio < 0.25 && !byGradient) radius = Math.max(0.3 * norm(step.step), 1e-12);
    rate = nextModel.decrement / step.decrement;
    here = next;
    correction = secant;
    model = nextModel;
    step = trustRegionStep(model, radius);
  }
}

interface Point {
  readonly x: Float64Array;
  readonly value: number;
  readonly gradient: Float64Array;
  /** By coordinates in units of `unit`. */
  readonly scaledGradient: Float64Array;
  readonly hessian: Float64Array;
}

function takePoint(problem: SmoothProblem, x: Float64Array, value: number): Point {
  const { dimension: n, unit } = problem;
  const gradient = new Float64Array(n);
  const hessian = new Float64Array(n * n);
  if (Number.isFinite(value)) {
    problem.gradientInto(gradient);
    problem.hessianInto(hessian);
    for (let j = 0; j < n; j++) for (let i = 0; i < n; i++) hessian[j * n + i] *= unit[i] * unit[j];
  }
  return { x, value, gradient, scaledGradient: gradient.map((v, i) => v * unit[i]), hessian };
}

/** The correction after a step: SR1 on the part of the gradient change that the mean of the two Hessians does not explain. */
function correctedSecant(from: Point, to: Point, correction: Float64Array, s: Float64Array): Float64Array {
  const n = s.length;
  const plain = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    let v = to.scaledGradient[i] - from.scaledGradient[i];
    for (let j = 0; j < n; j++) v -= 0.5 * (from.hessian[j * n + i] + to.hessian[j * n + i]) * s[j];
    plain[i] = v;
  }
  const corrected = plain.slice();
  for (let j = 0; j < n; j++) for (let i = 0; i < n; i++) corrected[i] -= correction[j * n + i] * s[j];
  // What was learned far away is dropped when the approximation alone explains this step better.
  const keep = norm(corrected) <= norm(plain);
  const next = keep ? correction.slice() : new Float64Array(n * n);
  const r = keep ? corrected : plain;
  let rs = 0;
  for (let i = 0; i < n; i++) rs += r[i] * s[i];
  if (Math.abs(rs) > 1e-8 * norm(r) * norm(s)) {
    for (let j = 0; j < n; j++) for (let i = 0; i < n; i++) next[j * n + i] += (r[i] * r[j]) / rs;
  }
  return next;
}

function shrink(radius: number, length: number, predicted: number, gain: number): number {
  const base = Math.min(radius, length);
  if (!Number.isFinite(gain)) return 0.1 * base;
  // Minimum of the parabola through the two values with the predicted slope.
  const t = predicted / (2 * (predicted - gain));
  return base * Math.min(0.5, Math.max(0.1, t));
}

function sum(a: Float64Array, b: Float64Array): Float64Array {
  return a.map((v, i) => v + b[i]);
}

function unscaled(H: Float64Array, unit: Float64Array): Float64Array {
  const n = unit.length;
  return H.map((v, k) => v / (unit[k % n] * unit[(k - (k % n)) / n]));
}

function norm(x: Float64Array): number {
  let s = 0;
  for (let i = 0; i < x.length; i++) s += x[i] * x[i];
  return Math.sqrt(s);
}
