/** A data set that comes with the page. */
export interface CatalogEntry {
  /** File name without ending; also the name in links. */
  readonly id: string;
  readonly title: string;
  /** The columns that are kept, in order. */
  readonly columns: readonly string[];
  readonly formula: string;
  readonly story: string;
  readonly citation: string;
  /** Where an R user finds it. */
  readonly r: string | null;
}

export const catalog: readonly CatalogEntry[] = [
  {
    id: 'sleepstudy',
    title: 'sleepstudy: reaction times under sleep deprivation',
    columns: ['Reaction', 'Days', 'Subject'],
    formula: 'Reaction ~ Days + (Days | Subject)',
    story:
      '18 people were allowed three hours in bed a night. On each of ten days their average reaction time (in milliseconds) was taken. ' +
      'Everyone gets slower, but some start slower and some get slower faster: a slope and an intercept for each person.',
    citation:
      'Belenky, G. et al. (2003). Patterns of performance degradation and restoration during sleep restriction and subsequent recovery: ' +
      'a sleep dose-response study. Journal of Sleep Research 12, 1-12.',
    r: 'lme4::sleepstudy',
  },
  {
    id: 'Penicillin',
    title: 'Penicillin: samples tested on plates, crossed',
    columns: ['diameter', 'plate', 'sample'],
    formula: 'diameter ~ 1 + (1 | plate) + (1 | sample)',
    story:
      'To judge the variability of an assay, each of six penicillin samples was put on each of 24 plates, and the diameter of the zone in ' +
      'which bacteria do not grow was measured (mm). Every sample meets every plate: the factors are completely crossed, and L fills in.',
    citation:
      'Davies, O. L. and Goldsmith, P. L., eds (1972). Statistical Methods in Research and Production, 4th ed. Oliver and Boyd, section 6.6.',
    r: 'lme4::Penicillin',
  },
  {
    id: 'Pastes',
    title: 'Pastes: casks within batches, nested',
    columns: ['strength', 'batch', 'cask'],
    formula: 'strength ~ 1 + (1 | batch/cask)',
    story:
      'A chemical paste comes in casks; of ten delivery batches three casks each were sampled, and the strength of each sample was measured ' +
      'twice. Cask a of one batch has nothing to do with cask a of another: casks are nested in batches.',
    citation:
      'Davies, O. L. and Goldsmith, P. L., eds (1972). Statistical Methods in Research and Production, 4th ed. Oliver and Boyd, section 6.5.',
    r: 'lme4::Pastes',
  },
  {
    id: 'Machines',
    title: 'Machines: productivity of workers on three machines',
    columns: ['Worker', 'Machine', 'score'],
    formula: 'score ~ Machine + (1 | Worker) + (1 | Worker:Machine)',
    story:
      'Six workers, taken at random, each worked on three brands of machine three times; the score counts number and quality of the parts. ' +
      'Machines are the question, workers a sample, and a worker may get on with one machine better than with another.',
    citation:
      'Milliken, G. A. and Johnson, D. E. (1992). Analysis of Messy Data, Volume 1. Chapman and Hall, chapter 23.',
    r: 'nlme::Machines',
  },
  {
    id: 'cake',
    title: 'cake: breaking angle by recipe and temperature',
    columns: ['replicate', 'recipe', 'temperature', 'angle', 'temp'],
    formula: 'angle ~ recipe * temperature + (1 | recipe:replicate)',
    story:
      'Chocolate cakes from three recipes, fifteen batches of each, baked in portions at six temperatures; the angle at which a slice breaks ' +
      'was measured. Recipe belongs to the batch and temperature to the portion: a split plot. temperature is an ordered factor, temp the ' +
      'same in degrees Fahrenheit.',
    citation:
      'Cochran, W. G. and Cox, G. M. (1957). Experimental Designs, 2nd ed. Wiley, section 7.21 (data of F. E. Cook).',
    r: 'lme4::cake',
  },
  {
    id: 'Orthodont',
    title: 'Orthodont: growth of children',
    columns: ['distance', 'age', 'Subject', 'Sex'],
    formula: 'distance ~ age * Sex + (age | Subject)',
    story:
      'From the age of 8 to 14 the distance between two points of the face (pituitary to pterygomaxillary fissure, mm) of 16 boys and 11 ' +
      'girls was measured every two years on X-ray pictures. Do boys grow faster, and how much do children differ?',
    citation:
      'Potthoff, R. F. and Roy, S. N. (1964). A generalized multivariate analysis of variance model useful especially for growth curve ' +
      'problems. Biometrika 51, 313-326.',
    r: 'nlme::Orthodont',
  },
  {
    id: 'Oxide',
    title: 'Oxide: layers on wafers within lots',
    columns: ['Source', 'Lot', 'Wafer', 'Site', 'Thickness'],
    formula: 'Thickness ~ 1 + (1 | Lot/Wafer)',
    story:
      'The thickness of the oxide layer on semiconductor wafers, at three sites of three wafers of eight lots. Where in the process does the ' +
      'variation arise: between lots, between wafers of a lot, or between the sites of a wafer?',
    citation:
      'Littell, R. C., Milliken, G. A., Stroup, W. W. and Wolfinger, R. D. (1996). SAS System for Mixed Models. SAS Institute, section 4.2.',
    r: 'nlme::Oxide',
  },
  {
    id: 'ergoStool',
    title: 'ergoStool: effort to rise from four stools',
    columns: ['effort', 'Type', 'Subject'],
    formula: 'effort ~ Type + (1 | Subject)',
    story:
      'Nine people rated the effort it took to get up from each of four types of stool. Types are compared within people, who rate ' +
      'on scales of their own: a randomised block design.',
    citation:
      'Pinheiro, J. C. and Bates, D. M. (2000). Mixed-Effects Models in S and S-PLUS. Springer, section 1.2 (after Wretenberg et al. 1993).',
    r: 'nlme::ergoStool',
  },
  {
    id: 'Rail',
    title: 'Rail: ultrasound in six rails',
    columns: ['Rail', 'travel'],
    formula: 'travel ~ 1 + (1 | Rail)',
    story:
      'The time (in nanoseconds, less 36100) that an ultrasonic wave takes through each of six railway rails, three times each. The rails ' +
      'differ far more than the repetitions: nearly no shrinkage.',
    citation:
      'Devore, J. L. (2000). Probability and Statistics for Engineering and the Sciences, 5th ed. Duxbury, example 10.10.',
    r: 'nlme::Rail',
  },
  {
    id: 'Dyestuff2',
    title: 'Dyestuff2: a variance estimated as zero',
    columns: ['Batch', 'Yield'],
    formula: 'Yield ~ 1 + (1 | Batch)',
    story:
      'Simulated yields of five samples from each of six batches. The batch means differ less than chance would have it, so the estimate of ' +
      'the variance between batches lies on the boundary, at zero: a singular fit that is no failure.',
    citation:
      'Box, G. E. P. and Tiao, G. C. (1973). Bayesian Inference in Statistical Analysis. Addison-Wesley, section 5.1.2.',
    r: 'lme4::Dyestuff2',
  },
  {
    id: 'Ovary',
    title: 'Ovary: follicle counts through the cycle of mares',
    columns: ['Mare', 'Time', 'follicles'],
    formula: 'follicles ~ I(sin(6.283185307179586 * Time)) + I(cos(6.283185307179586 * Time)) + (1 | Mare)',
    story:
      'The number of ovarian follicles larger than 10 mm in eleven mares, daily, from before one ovulation to after the next. Time is ' +
      'scaled so that the ovulations are at 0 and 1: a sine and a cosine follow the cycle.',
    citation:
      'Pierson, R. A. and Ginther, O. J. (1987). Follicular population dynamics during the estrous cycle of the mare. Animal Reproduction ' +
      'Science 14, 219-231.',
    r: 'nlme::Ovary',
  },
  {
    id: 'ar1sim',
    title: 'ar1sim: twenty series with AR(1) deviations',
    columns: ['g', 'time', 'timeF', 'x', 'y'],
    formula: 'y ~ x + ar1(0 + timeF | g)',
    story:
      'Simulated: 20 groups at 25 times, y = 10 + 2 x + U + e, where U is a stationary first-order autoregression (a = 0.7, innovations of ' +
      'standard deviation 1) and e is noise of standard deviation 0.8. With ar1() the two are told apart; compare with a random intercept, (1 | g).',
    citation: 'Simulated for the tests of this project.',
    r: null,
  },
  {
    id: 'InstEval',
    title: 'InstEval: 73 421 ratings of lecturers by students',
    columns: ['s', 'd', 'service', 'dept', 'y'],
    formula: 'y ~ service + (1 | s) + (1 | d)',
    story:
      'Ratings (1 to 5) of 1128 lecturers (d) by 2972 students (s) at a university: two large, partially crossed factors. This is the size ' +
      'at which sparse algebra and its fill-reducing permutation matter.',
    citation:
      'Lecture evaluations, ETH Zurich, 1994 to 2003, made anonymous; distributed with the R package lme4 by Bates, Maechler, Bolker and Walker (2015).',
    r: 'lme4::InstEval',
  },
];

export const catalogEntry = (id: string): CatalogEntry | undefined => catalog.find((entry) => entry.id === id);
