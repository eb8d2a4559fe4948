import { dataSection, helpLine } from './sections.js';

export const predictHelp = `blup predict - predict new rows by a saved model

  blup predict MODEL.json NEW.csv [options]

MODEL     a file that blup fit --save (or --export) wrote; the data of the fit are not needed
NEW       CSV or TSV with a header line; - reads standard input. The response need not be in it.

Prediction
  --new-levels POLICY    of a level of a grouping factor that the model has not seen: refuse (the default), population
                         (its effects are zero), integrated (the same, with the variance between groups in the error)
  --terms T              random-effects terms that take part: all (the default), none, or a grouping factor or a term
                         as in the formula (repeatable)
  --se                   standard errors of the predicted means
  --interval KIND        confidence (for the mean), prediction (for a new observation) or none
  --level L              coverage of the interval, 0.95 unless given
  --df N                 degrees of freedom of its t distribution: satterthwaite (the default: as its variance is
                         certain), a number, or none for the normal distribution
  --weights COLUMN       weights of the new observations (prediction intervals), and of the rows of --score
  --score FILE           first predict the effects of the new groups in this table from their own responses, with the
                         parameters held

${dataSection}
Output
  --format csv|json      one record for each row of NEW: row, .fitted, .se.fit, .lower, .upper, .new.level
  --json                 the same as --format json
  --with-data            repeat the columns of NEW instead of the number of the row
${helpLine}
Example
  blup fit 'Reaction ~ Days + (Days | Subject)' sleepstudy.csv --save sleep.json
  blup predict sleep.json new.csv --new-levels integrated --interval prediction
`;
