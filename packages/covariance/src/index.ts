export { CovarianceStructureError, type CovarianceStructure } from './structure.js';
export { diagonal, scalar } from './diagonal.js';
export { unstructured } from './unstructured.js';
export { composite, type CompositeStructure } from './composite.js';
export { lambdaInto, lambdaOf, relativeCovariance, thetaDerivativeInto } from './lambda.js';
export { canonicalFactorInPlace, lowerFactorInPlace, smallestSingularValue } from './triangular.js';
export { structureFor, type StructureFactory, type StructureRequest } from './registry.js';
