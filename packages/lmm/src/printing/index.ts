export { formatP } from './p-value.js';
export { coefficientsText } from './coefficients-text.js';
export { anovaText, ranovaText } from './anova-text.js';
export { comparisonText } from './comparison-text.js';
export { contrastsText, meansText } from './means-text.js';
export { intervalsText } from './intervals-text.js';
