export interface MaternValue {
  readonly value: number;
  /** By the scaled distance x. */
  readonly byX: number;
  /** By the smoothness. */
  readonly byShape: number;
}

/** Beyond this smoothness the correlation is its limit for smooth fields, to within 1 / LARGE. */
const LARGE = 1e6;
/** Distances and smoothness below this are taken for it, so that their reciprocals stay finite. */
const SMALL = 1e-290;

/**
 * The Matern correlation 2^(1 - nu) / Gamma(nu) x^nu K_nu(x) at scaled distance x >= 0 with smoothness nu > 0, and its derivatives
 * (Abramowitz and Stegun 9.6.28: d(x^nu K_nu)/dx = -x^nu K_{nu-1}). Source: Stein (1999), Interpolation of Spatial Data, section 2.7.
 * Finite for every x and nu, infinite ones included: a search may come anywhere.
 */
export function matern(x: number, nu: number): MaternValue {
  if (x === 0) return { value: 1, byX: 0, byShape: 0 };
  if (x === Infinity) return { value: 0, byX: 0, byShape: 0 };
  if (Number.isNaN(x) || Number.isNaN(nu)) return { value: Number.NaN, byX: Number.NaN, byShape: Number.NaN };
  if (nu > LARGE) return smoothLimit(x, nu);
  return fromBessel(Math.max(x, SMALL), Math.max(nu, SMALL));
}

function fromBessel(x: number, nu: number): MaternValue {
  const { K, Kminus, byNu, exponent } = besselK(x, nu);
  const front = Math.exp((1 - nu) * Math.LN2 - logGamma(nu) + nu * Math.log(x) + exponent);
  const value = front * K;
  return { value, byX: -front * Kminus, byShape: value * (Math.log(x) - Math.LN2 - digamma(nu)) + front * byNu };
}

/** exp(-x^2 / (4 nu)), the limit as nu grows and x^2 / nu stays. */
function smoothLimit(x: number, nu: number): MaternValue {
  const value = Math.exp((-x / nu) * (x / 4));
  return { value, byX: value * (-x / (2 * nu)), byShape: value * (x / nu) * (x / nu / 4) };
}

/**
 * e^-exponent times K_nu(x), K_{nu-1}(x) and dK_nu/dnu from K_nu(x) = int_0^inf exp(-x cosh t) cosh(nu t) dt (Abramowitz and Stegun 9.6.24)
 * by the trapezoidal rule, which converges exponentially for this integrand (Trefethen and Weideman 2014, SIAM Review 56, section 5). The
 * integrand has its peak at sinh t = nu / x, of width (nu^2 + x^2)^(-1/4), and is measured in units of it.
 */
function besselK(x: number, nu: number): { K: number; Kminus: number; byNu: number; exponent: number } {
  const h = Math.min(1 / 16, 0.6 / Math.sqrt(Math.hypot(nu, x)));
  // cosh t - 1 = 2 sinh^2(t / 2)
  const decay = (t: number) => {
    const sinhHalf = Math.sinh(t / 2);
    return -2 * x * sinhHalf * sinhHalf;
  };
  const top = Math.asinh(nu / x);
  const peak = decay(top) + nu * top;
  let K = Math.exp(-peak) / 2;
  let Kminus = K;
  let byNu = 0;
  for (let k = 1; ; k++) {
    const t = k * h;
    const e = decay(t) - peak;
    const up = Math.exp(e + nu * t) / 2;
    const down = Math.exp(e - nu * t) / 2;
    K += up + down;
    byNu += t * (up - down);
    Kminus += (Math.exp(e + (nu - 1) * t) + Math.exp(e - (nu - 1) * t)) / 2;
    if (t > top && e + (nu + 1) * t < -45) break;
  }
  return { K: K * h, Kminus: Kminus * h, byNu: byNu * h, exponent: peak - x };
}

/** log Gamma(z), z > 0: Stirling's series after raising z above 10 (Abramowitz and Stegun 6.1.41). */
function logGamma(z: number): number {
  let shift = 0;
  let w = z;
  for (; w < 10; w++) shift += Math.log(w);
  const r = 1 / (w * w);
  const series = (1 / 12 - r * (1 / 360 - r * (1 / 1260 - r * (1 / 1680 - r * (1 / 1188 - (r * 691) / 360360))))) / w;
  return (w - 0.5) * Math.log(w) - w + 0.5 * Math.log(2 * Math.PI) + series - shift;
}

/** d log Gamma / dz (Abramowitz and Stegun 6.3.18). */
function digamma(z: number): number {
  let shift = 0;
  let w = z;
  for (; w < 10; w++) shift += 1 / w;
  const r = 1 / (w * w);
  const series = r * (1 / 12 - r * (1 / 120 - r * (1 / 252 - r * (1 / 240 - r * (1 / 132 - (r * 691) / 32760)))));
  return Math.log(w) - 0.5 / w - series - shift;
}
