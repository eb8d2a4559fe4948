import { dataSection, formulaAndFile, helpLine, modelSection } from './sections.js';

export const simulateHelp = `blup simulate - responses simulated from a fitted model

  blup simulate FORMULA FILE [options]

${formulaAndFile}
Simulation
  --nsim N               how many responses, 1 unless given
  --seed S               a whole number, 1 unless given: the same seed gives the same bits everywhere
  --random-effects R     new (the default) draws random effects and residuals, kept draws residuals alone

${modelSection}
${dataSection}
Output
  --format csv|json      one record for each row that took part: its number in FILE, sim_1, sim_2, ...
  --json                 the same as --format json
${helpLine}
Example
  blup simulate 'Reaction ~ Days + (Days | Subject)' sleepstudy.csv --nsim 100 --seed 42
`;
