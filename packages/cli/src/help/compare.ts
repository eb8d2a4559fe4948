import { dataSection, helpLine, jsonLines, modelSection } from './sections.js';

export const compareHelp = `blup compare - likelihood-ratio tests of nested models

  blup compare FORMULA FORMULA ... FILE [options]
  blup compare MODEL.json MODEL.json ...

FORMULA   two or more, in quotes; all are fitted to the same table with the same options
FILE      CSV or TSV with a header line; - reads standard input
MODEL     a file that blup fit --save wrote

REML likelihoods are comparable only for the same fixed effects: otherwise the models are fitted again by maximum
likelihood, and the output says so. Models of different rows, responses or weights are refused. Saved models cannot be
fitted again.

  --no-refit             refuse REML fits that would have to be fitted again

${modelSection}
${dataSection}
Output
${jsonLines}${helpLine}
Examples
  blup compare 'Reaction ~ 1 + (Days | Subject)' 'Reaction ~ Days + (Days | Subject)' sleepstudy.csv
  blup compare small.json large.json
`;
