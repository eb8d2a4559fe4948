import type { Intervals } from '../inference/confint.js';
import { textTable } from '../text-table.js';

/** Intervals of all parameters for people. */
export function intervalsText({ method, level, names, estimate, lower, upper, boot, omitted }: Intervals): string {
  const how =
    method === 'wald'
      ? 'Wald'
      : method === 'profile'
        ? 'profile likelihood, ML'
        : `parametric bootstrap, ${boot!.kind}, ${boot!.converged} of ${boot!.nsim} replicates, seed ${boot!.seed}`;
  const column = (title: string, values: readonly number[]) =>
    ({ title, align: 'right', cells: values.map((v) => (Number.isNaN(v) ? '' : v.toPrecision(6))) }) as const;
  const table = textTable([
    { title: '', align: 'left', cells: names },
    column('Estimate', estimate),
    column('Lower', lower),
    column('Upper', upper),
  ]);
  const without = omitted ? `without a profile, functions of several parameters: ${omitted.join(', ')}\n` : '';
  return `${Number((100 * level).toPrecision(6))} % intervals (${how}):\n${table}\n${without}`;
}
