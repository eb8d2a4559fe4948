# Coefficients of packages/lmm/src/inference/distributions/mills-ratio.ts by arithmetic with 40 digits: python3 mills-ratio.py
# (z + 1) Q(z) / phi(z), with Q the upper tail and phi the density of the standard normal distribution, in Chebyshev polynomials of (z - 5) / (z + 5).
from mpmath import mp, mpf, cos, erfc, exp, pi, sqrt

mp.dps = 40
N = 80


def f(t):
    z = 5 * (1 + t) / (1 - t)
    return (z + 1) * sqrt(pi / 2) * exp(z * z / 2) * erfc(z / sqrt(2))


nodes = [cos(pi * (j + mpf(1) / 2) / N) for j in range(N)]
values = [f(t) for t in nodes]
coefficients = [2 / mpf(N) * sum(values[j] * cos(pi * k * (j + mpf(1) / 2) / N) for j in range(N)) for k in range(N)]
coefficients[0] /= 2
for c in coefficients[: 1 + max(k for k in range(N) if abs(coefficients[k]) > mpf(10) ** -17)]:
    print(f"  {float(c)!r},")
