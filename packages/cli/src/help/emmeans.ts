import { dataSection, formulaAndFile, helpLine, jsonLines, modelSection } from './sections.js';

export const emmeansHelp = `blup emmeans - estimated marginal means, trends and their comparisons

  blup emmeans FORMULA FILE --specs COLUMNS [options]

${formulaAndFile}
Means
  --specs COLUMNS        means at all levels of these columns, separated by commas (repeatable); the grand mean without
  --by COLUMNS           compare within the levels of these columns
  --at C=V,V             values of a column instead of its levels, or of its mean (repeatable)
  --trend COLUMN         slopes by this numeric column instead of means
  --average KIND         other factors with equal weights (the default), or by the rows of the data: proportional,
                         outer, cells or flat
  --ddf METHOD           degrees of freedom: satterthwaite (the default), kenward-roger (REML only) or none
  --level L              coverage of intervals, 0.95 unless given

Comparisons
  --compare METHOD       pairwise, revpairwise, trt.vs.ctrl (with the first) or eff (with the mean of all)
  --adjust METHOD        tukey, bonferroni, holm, sidak or none; tukey for pairwise comparisons unless given

${modelSection}
${dataSection}
Output
${jsonLines}${helpLine}
Example
  blup emmeans 'angle ~ recipe * temp + (1 | recipe:replicate)' cake.csv --specs recipe --by temp \\
    --at temp=175,225 --compare pairwise --ddf kenward-roger
`;
