import { diagonal, scalar } from './diagonal.js';
import { CovarianceStructureError, type CovarianceStructure } from './structure.js';
import { unstructured } from './unstructured.js';

/** What a formula says of a term's structure: its tag, the tag's named arguments, and the number of columns. */
export interface StructureRequest {
  readonly name: string;
  readonly args: Readonly<Record<string, number | string | boolean>>;
  readonly nc: number;
}

/** Makes the structure of one term. */
export type StructureFactory = (request: StructureRequest) => CovarianceStructure;

const builtIn: ReadonlyMap<string, StructureFactory> = new Map<string, StructureFactory>([
  ['us', (request) => (withoutArguments(request) === 1 ? scalar() : unstructured(request.nc))],
  ['diag', (request) => diagonal(withoutArguments(request))],
]);

/** The number of columns, for a structure that takes no arguments. */
function withoutArguments({ name, args, nc }: StructureRequest): number {
  const given = Object.keys(args);
  if (given.length) throw new CovarianceStructureError(`the structure "${name}" has no argument ${given.join(', ')}`);
  return nc;
}

/**
 * The structure that a formula asks for; `own` holds the user's structures by tag and goes before the built-in ones.
 * @throws CovarianceStructureError for an unknown tag, naming the known ones.
 */
export function structureFor(
  request: StructureRequest,
  own?: ReadonlyMap<string, StructureFactory>,
): CovarianceStructure {
  const factory = own?.get(request.name) ?? builtIn.get(request.name);
  if (!factory) {
    const known = [...new Set([...(own?.keys() ?? []), ...builtIn.keys()])].join(', ');
    throw new CovarianceStructureError(
      `there is no covariance structure "${request.name}"; known structures: ${known}`,
    );
  }
  return factory(request);
}
