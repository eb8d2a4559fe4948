export { randomStream, type RandomStream } from './random-stream.js';
export { simulate, type SimulateOptions } from './simulate.js';
export { refitter, type Refit, type Refitter } from './refit.js';
export { problemOf, type SimulationProblem } from './problem.js';
