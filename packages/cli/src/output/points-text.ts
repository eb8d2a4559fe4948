import type { FittedModel } from '@blup/lmm';

/** The objective and its gradient at the points of `--at`, for people; empty without points. */
export function pointsText(model: FittedModel, at: readonly Float64Array[]): string {
  if (at.length === 0) return '';
  const { thetaNames, criterion } = model.data;
  const lines = at.flatMap((point) => {
    const { theta, objective, gradient } = model.objectiveAt(point);
    return [
      `  ${criterion} objective ${objective} at`,
      ...thetaNames.map((name, i) => `    ${name} = ${theta[i]}, derivative ${gradient[i]}`),
    ];
  });
  return ['', 'At the given theta:', ...lines, ''].join('\n');
}
