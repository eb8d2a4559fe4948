export { fitMatrices, type FitOptions, type Optimum } from './fit.js';
