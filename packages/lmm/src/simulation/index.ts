export { randomStream, type RandomStream } from './random-stream.js';
export { simulate, type SimulateOptions } from './simulate.js';
export { refitter, type Refit, type Refitter } from './refit.js';
export { problemOf, type SimulationProblem } from './problem.js';
export { parametricBootstrap, parametricBootstrapSync, type Bootstrap, type BootstrapOptions } from './bootstrap.js';
export { bootstrapIntervals, type BootstrapInterval, type BootstrapKind } from './bootstrap-intervals.js';
export { platformWorkers, type WorkerFactory, type WorkerPort } from './worker-port.js';
export { designProblem, type DesignParameters } from './design-problem.js';
export { powerBySimulation, type Power, type PowerOptions } from './power.js';
