import { dataSection, formulaAndFile, helpLine, jsonLines, modelSection } from './sections.js';

export const fitHelp = `blup fit - fit a linear mixed-effects model

  blup fit FORMULA FILE [options]

${formulaAndFile}
${modelSection}
Tests and intervals
  --ddf METHOD           t tests with degrees of freedom: satterthwaite, kenward-roger (REML only), all or none
  --confint METHOD       intervals of all parameters: wald, profile (likelihood, on the ML deviance), boot (simulated
                         responses) or none
  --level L              coverage of these intervals, 0.95 unless given
  --boot KIND            percentile, basic or normal intervals from the bootstrap
  --nsim N               bootstrap replicates, 1000 unless given
  --seed S               seed of the bootstrap, 1 unless given: the same seed gives the same numbers everywhere
  --workers N            threads that share the replicates, 0 for none; unless given, as many as there are processors
                         where that pays. The numbers do not depend on it

${dataSection}
Output
${jsonLines}  --at 'T;T'             also evaluate objective and gradient at these theta: '1,0,1;0.5,0,1'
  --save MODEL.json      write the model, without its rows, for blup predict (standard errors included) and compare
  --export MODEL.json    the same as small as can be: predictions, but no standard errors at known levels
${helpLine}
Examples
  blup fit 'Reaction ~ 1 + Days + (1 + Days | Subject)' sleepstudy.csv --ddf kenward-roger
  blup fit 'diameter ~ 1 + (1 | plate) + (1 | sample)' penicillin.csv --ml --confint boot --json
`;
