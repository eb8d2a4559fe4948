import type { CommandName } from '../arguments/index.js';
import { anovaHelp } from './anova.js';
import { compareHelp } from './compare.js';
import { emmeansHelp } from './emmeans.js';
import { fitHelp } from './fit.js';
import { predictHelp } from './predict.js';
import { simulateHelp } from './simulate.js';

export const help = `blup - linear mixed-effects models

  blup fit FORMULA FILE                  fit a model; --save MODEL.json keeps it
  blup anova FORMULA FILE                test its terms (types I, II, III), or its random-effects terms
  blup compare FORMULA FORMULA FILE      likelihood-ratio tests of nested models
  blup predict MODEL.json NEW.csv        predict new rows by a saved model
  blup simulate FORMULA FILE             responses simulated from a fitted model
  blup emmeans FORMULA FILE              marginal means, trends and their comparisons

  blup COMMAND --help                    the options of a command, with an example

FORMULA   as in R's lme4, in quotes: 'Reaction ~ Days + (Days | Subject)'
FILE      CSV or TSV with a header line; - reads standard input

  -h, --help             this text
  -V, --version          the version

Results go to standard output, messages to standard error.
Exit status: 0 done, 1 could not be done (the model, the data or a file), 2 the command line is wrong.

Examples
  blup fit 'Reaction ~ 1 + Days + (1 + Days | Subject)' sleepstudy.csv
  blup fit 'diameter ~ 1 + (1 | plate) + (1 | sample)' penicillin.csv --ml --json
`;

const topics: Readonly<Record<CommandName, string>> = {
  fit: fitHelp,
  anova: anovaHelp,
  compare: compareHelp,
  predict: predictHelp,
  simulate: simulateHelp,
  emmeans: emmeansHelp,
};

/** The help of a command, or of all. */
export const helpOf = (topic: CommandName | undefined): string => (topic === undefined ? help : topics[topic]);
