import { dataSection, formulaAndFile, helpLine, jsonLines, modelSection } from './sections.js';

export const anovaHelp = `blup anova - test the terms of a model

  blup anova FORMULA FILE [options]

${formulaAndFile}
Tests
  --type I|II|III        each term after those before it, after those that do not contain it, or after all others
                         (the default); 1, 2, 3 do as well
  --ddf METHOD           denominator degrees of freedom: satterthwaite (the default), kenward-roger (REML only) or none
  --random               likelihood-ratio tests of the random-effects terms instead, with the p values of parameters
                         on a boundary

${modelSection}
${dataSection}
Output
${jsonLines}${helpLine}
Example
  blup anova 'angle ~ recipe * temp + (1 | recipe:replicate)' cake.csv --contrasts recipe=sum --type III
`;
