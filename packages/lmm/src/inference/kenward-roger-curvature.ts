import type { Optimum } from '../optimum.js';
import { invertInPlace } from './invert.js';
import { isLinear, naturalCoordinates } from './natural-coordinates.js';
import type { RowInformation } from './rows/row-information.js';

/**
 * sum_ij W_ij R_ij of Kenward and Roger (1997), with R_ij = X'V^-1 (d2V / dphi_i dphi_j) V^-1 X, relative to sigma^2: p by p. It depends on
 * what phi are; they are the {@link naturalCoordinates} of each structure, in which most of it vanishes. With z the coordinates (par, log
 * sigma^2) of one structure,
 *
 *     sum_kl C_kl (V_kl - sum_m V_phi_m d2phi_m / dz_k dz_l),      C the covariance of z at given sigma^2
 *
 * Structures with parameters tied to others, and those that are not told by as many numbers as they have par, contribute nothing: the adjustment
 * is then of first order in V.
 *
 * @param W covariance of (active par, log sigma^2), column-major
 */
export function curvatureTerm(optimum: Optimum, information: RowInformation, W: Float64Array): Float64Array {
  const { composite, source, cp } = optimum;
  const size = cp.p * cp.p;
  const total = new Float64Array(size);
  composite.parts.forEach((part, t) => {
    if (isLinear(part)) return;
    const from = composite.parOffset[t];
    const to = composite.parOffset[t + 1];
    if (source.some((s, k) => s !== k && ((k >= from && k < to) || (s >= from && s < to)))) return;
    const own = [...information.active.keys()].filter(
      (a) => information.active[a] >= from && information.active[a] < to,
    );
    if (own.length > 0) addTerm(optimum, information, W, t, own, total);
  });
  return total;
}

function addTerm(
  optimum: Optimum,
  { active, sigma, size, residualForm, formsAt, first }: RowInformation,
  W: Float64Array,
  t: number,
  own: readonly number[],
  total: Float64Array,
): void {
  const { composite, matrices, par, objective } = optimum;
  const part = composite.parts[t];
  const from = composite.parOffset[t];
  const withScale = part.residual !== undefined && sigma;
  const m = own.length + (withScale ? 1 : 0);
  const logScale = Math.log(objective.scale());
  const positions = own.map((a) => active[a] - from);
  /** Coordinates that belong to the active par, and sigma^2 first for residuals. */
  const phiAt = (z: ArrayLike<number>, s: number): number[] | null => {
    const moved = par.slice(from, composite.parOffset[t + 1]);
    positions.forEach((k, i) => (moved[k] = z[i]));
    const all = naturalCoordinates(part, moved, matrices.terms[t].names, s);
    if (!all) return null;
    const shift = part.residual ? 1 : 0;
    const chosen = positions.map((k) => all[k + shift]);
    return withScale ? [...chosen, all[0]] : chosen;
  };
  const z0 = own.map((a) => par[active[a]]);
  const steps = own.map((a) => stepOf(optimum, active[a]));
  const at = (dz: readonly number[]): number[] | null =>
    phiAt(
      z0.map((v, i) => v + dz[i]),
      logScale + (withScale ? dz[m - 1] : 0),
    );
  if (!at(new Array<number>(m).fill(0))) return;
  const h = withScale ? [...steps, 1e-3] : steps;
  const { J, second } = derivativesOf((dz) => at(dz)!, h);
  const Jinv = J.slice();
  if (!invertInPlace(Jinv, m)) return;

  // d E'VE / dz, first and second derivatives, of this structure alone
  const V1 = own.map((a) => first[a]);
  if (withScale) V1.push(residualForm);
  const V2: Float64Array[][] = Array.from({ length: m }, () =>
    Array.from({ length: m }, () => new Float64Array(total.length)),
  );
  own.forEach((a, k) => {
    const moved = (d: number) => {
      const shifted = par.slice();
      shifted[active[a]] += d;
      return formsAt(shifted);
    };
    const wide = [moved(h[k]), moved(-h[k])];
    const close = [moved(h[k] / 2), moved(-h[k] / 2)];
    own.forEach((b, l) => {
      for (let e = 0; e < total.length; e++)
        V2[k][l][e] = (8 * (close[0][b][e] - close[1][b][e]) - (wide[0][b][e] - wide[1][b][e])) / (6 * h[k]);
    });
    if (withScale) V2[k][m - 1] = V2[m - 1][k] = V1[k];
  });
  if (withScale) V2[m - 1][m - 1] = residualForm;

  // Covariance of z at given sigma^2: where the scale is not one of z, par moves with it as phi stays.
  const c = new Float64Array(m);
  if (!withScale && sigma) {
    const d = 1e-3;
    const byScale = phiAt(z0, logScale + d)!.map((v, i) => (v - phiAt(z0, logScale - d)![i]) / (2 * d));
    for (let k = 0; k < m; k++) for (let i = 0; i < m; i++) c[k] += Jinv[i * m + k] * byScale[i];
  }
  const place = withScale ? [...own, size - 1] : [...own];
  const w = (a: number, b: number) => W[b * size + a];
  const s = size - 1;
  for (let k = 0; k < m; k++) {
    for (let l = 0; l < m; l++) {
      let C = w(place[k], place[l]);
      if (!withScale && sigma) C += c[k] * w(s, place[l]) + c[l] * w(place[k], s) + c[k] * c[l] * w(s, s);
      for (let e = 0; e < total.length; e++) {
        let v = (V2[k][l][e] + V2[l][k][e]) / 2;
        for (let i = 0; i < m; i++) {
          if (second[k][l][i] === 0) continue;
          // V_phi_i = sum_j Jinv[j, i] V_j
          for (let j = 0; j < m; j++) v -= Jinv[i * m + j] * V1[j][e] * second[k][l][i];
        }
        total[e] += C * v;
      }
    }
  }
}

function stepOf({ composite, par }: Optimum, k: number): number {
  const { lower, upper } = composite.parBounds();
  const room = Math.min(upper[k] - par[k], par[k] - lower[k]);
  return Math.min(2e-3 * Math.max(1, Math.abs(par[k])), room / 4);
}

/** J[k * m + i] = d phi_i / d z_k stored so that column k of the map is contiguous, and second derivatives, by extrapolated differences. */
function derivativesOf(
  at: (dz: readonly number[]) => number[],
  h: readonly number[],
): { J: Float64Array; second: number[][][] } {
  const m = h.length;
  const zero = new Array<number>(m).fill(0);
  const here = at(zero);
  const shift = (...moves: readonly (readonly [number, number])[]) => {
    const dz = zero.slice();
    for (const [k, d] of moves) dz[k] += d;
    return at(dz);
  };
  const J = new Float64Array(m * m);
  const second = zero.map(() => zero.map(() => zero.slice()));
  for (let k = 0; k < m; k++) {
    const [u, d, u2, d2] = [h[k], -h[k], h[k] / 2, -h[k] / 2].map((v) => shift([k, v]));
    for (let i = 0; i < m; i++) {
      J[k * m + i] = (8 * (u2[i] - d2[i]) - (u[i] - d[i])) / (6 * h[k]);
      const coarse = (u[i] - 2 * here[i] + d[i]) / h[k] ** 2;
      const fine = (u2[i] - 2 * here[i] + d2[i]) / (h[k] / 2) ** 2;
      second[k][k][i] = (4 * fine - coarse) / 3;
    }
    for (let l = 0; l < k; l++) {
      const cross = (f: number) => {
        const [a, b, c, e] = [
          shift([k, f * h[k]], [l, f * h[l]]),
          shift([k, f * h[k]], [l, -f * h[l]]),
          shift([k, -f * h[k]], [l, f * h[l]]),
          shift([k, -f * h[k]], [l, -f * h[l]]),
        ];
        return here.map((_, i) => (a[i] - b[i] - c[i] + e[i]) / (4 * f * f * h[k] * h[l]));
      };
      const [coarse, fine] = [cross(1), cross(0.5)];
      for (let i = 0; i < m; i++) second[k][l][i] = second[l][k][i] = (4 * fine[i] - coarse[i]) / 3;
    }
  }
  return { J, second };
}
