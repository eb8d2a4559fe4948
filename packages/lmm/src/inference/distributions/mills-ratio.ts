/**
 * (z + 1) M(z) in Chebyshev polynomials of (z - 5) / (z + 5), which is smooth on the whole half-line: 26 terms leave 1e-17.
 * Computed by tooling/studies/mills-ratio.py from the definition; the transformation is that of Schonfelder (1978), Math. Comp. 32, 1232-1240.
 */
const COEFFICIENTS = Float64Array.of(
  1.1579976221305188,
  -0.1633449388451398,
  -0.013683136055781576,
  0.03082200019810004,
  -0.016220073012046806,
  0.005616691016460094,
  -0.0014133933783549216,
  0.0002502625460725661,
  -2.468907239728387e-5,
  -1.0107964061837592e-6,
  7.495419179740573e-7,
  -7.600274268728337e-8,
  -1.1574771441328644e-8,
  3.333386472599843e-9,
  7.538039628171347e-11,
  -1.1104247263727494e-10,
  3.509243776551059e-12,
  3.6894953861750955e-12,
  -2.3376697776383095e-13,
  -1.3271797523541405e-13,
  9.921706995888276e-15,
  5.276004995455379e-15,
  -3.373097694187922e-16,
  -2.2804338776379946e-16,
  7.496330565808626e-18,
  1.0328041877290668e-17,
);

/** The Mills ratio M(z) = Q(z) / phi(z) of the standard normal distribution, z >= 0. */
export function millsRatio(z: number): number {
  if (z === Infinity) return 0;
  const t = (z - 5) / (z + 5);
  // Clenshaw's recurrence.
  let b1 = 0;
  let b2 = 0;
  for (let k = COEFFICIENTS.length - 1; k > 0; k--) {
    const b = 2 * t * b1 - b2 + COEFFICIENTS[k];
    b2 = b1;
    b1 = b;
  }
  return (t * b1 - b2 + COEFFICIENTS[0]) / (z + 1);
}
