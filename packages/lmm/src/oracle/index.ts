export { denseLikelihood, fitDense, type DenseEstimates, type DenseLikelihood, type DenseModel } from './dense-qr.js';
