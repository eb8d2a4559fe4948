# Tails and quantiles to 17 digits by arithmetic with 60 digits (mpmath 1.3.0): python3 distributions-exact.py > distributions-exact.json
# Arguments are doubles, chosen so that the tails reach from one half to 1e-300. The continued fractions are checked against their complements
# (two tails that add to 1) and, where mpmath's own functions are fast, against these.
import json
from mpmath import mp, mpf, betainc, erfc, exp, expm1, findroot, gammainc, log, log1p, loggamma, ncdf, npdf, sqrt

mp.dps = 60
rows = []


def add(f, args, value):
    rows.append({"f": f, "args": [float(a) for a in args], "value": mp.nstr(value, 20)})


def fraction(terms):
    """b0 + a1 / (b1 + a2 / (b2 + ...)) by the modified Lentz algorithm; terms(n) gives (a_n, b_n)."""
    tiny = mpf(10) ** -400
    f = c = tiny
    d = mpf(0)
    n = 1
    while True:
        a, b = terms(n)
        d = 1 / (b + a * d)
        c = b + a / c
        f *= c * d
        if abs(c * d - 1) < mpf(10) ** -(mp.dps - 4):
            return f
        n += 1


def log_beta_lower(a, b, x):
    """log I_x(a, b) by DLMF 8.17.22."""
    def terms(n):
        if n == 1:
            return mpf(1), mpf(1)
        k = n - 1
        m = k // 2
        if k % 2 == 0:
            return m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)), mpf(1)
        return -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)), mpf(1)
    weight = a * log(x) + b * log1p(-x) + loggamma(a + b) - loggamma(a + 1) - loggamma(b)
    return weight + log(fraction(terms))


def log_beta(a, b, x):
    """The smaller of two ways, as a probability's logarithm: I_x(a, b)."""
    if x * (a + b + 2) < a + 1:
        return log_beta_lower(a, b, x)
    return log1p(-exp(log_beta_lower(b, a, 1 - x)))


def t_upper(t, df):
    t, df = mpf(t), mpf(df)
    p = exp(log_beta(df / 2, mpf(1) / 2, df / (df + t * t))) / 2
    return p if t >= 0 else 1 - p


def f_upper(f, d1, d2):
    f, d1, d2 = mpf(f), mpf(d1), mpf(d2)
    return exp(log_beta(d2 / 2, d1 / 2, d2 / (d2 + d1 * f)))


def chi_upper(x, df):
    a, z = mpf(df) / 2, mpf(x) / 2
    if z < a + 1:
        term = s = 1 / a
        k = 1
        while term > s * mpf(10) ** -(mp.dps - 2):
            term *= z / (a + k)
            s += term
            k += 1
        return 1 - exp(a * log(z) - z - loggamma(a)) * s

    def terms(n):
        if n == 1:
            return mpf(1), z + 1 - a
        i = n - 1
        return -i * (i - a), z + 2 * i + 1 - a
    return exp(a * log(z) - z - loggamma(a)) * fraction(terms)


def n_upper(z):
    return erfc(mpf(z) / sqrt(2)) / 2


PS = [0.45, 0.05, 1e-3, 1e-8, 1e-16, 1e-40, 1e-100, 1e-200, 1e-300]


def argument_for(upper, p, start, grow):
    """A double at which the upper tail is about p: bisection of log p on a logarithmic scale, no need for more than a few digits."""
    low = high = mpf(start)
    while upper(high) > p:
        high *= grow
    while upper(low) < p:
        low /= grow
    for _ in range(30):
        mid = sqrt(low * high)
        if upper(mid) > p:
            low = mid
        else:
            high = mid
    return float(low)


def quantile(upper, p, near):
    """The argument whose upper tail is the double p, to 30 digits."""
    return findroot(lambda s: log(upper(exp(s))) - log(mpf(p)), (log(mpf(near)), log(mpf(near)) * (1 + mpf(10) ** -8) + mpf(10) ** -8), tol=1e-60, maxsteps=200)


assert abs(t_upper(2, 5) - betainc(mpf(5) / 2, mpf(1) / 2, 0, mpf(5) / 9, regularized=True) / 2) < mpf(10) ** -50
assert abs(chi_upper(7, 3) - gammainc(mpf(3) / 2, mpf(7) / 2, regularized=True)) < mpf(10) ** -50
assert abs(f_upper(3, 4, 7) + exp(log_beta(mpf(2), mpf(7) / 2, mpf(12) / 19)) - 1) < mpf(10) ** -50

for z in [-38, -8.2, -3, -1, -1e-3, 0, 1e-9, 0.1, 0.5, 0.6744897501960817, 1, 1.96, 3, 5, 8, 12, 20, 30, 37, 37.5]:
    add("normalUpper", [z], n_upper(z))
for p in PS + [0.9, 0.999]:
    if p < 0.5:
        add("normalUpperQuantile", [p], findroot(lambda z: log(n_upper(z)) - log(mpf(p)), (mp.mpf(2), mp.mpf(3)) if p > 1e-3 else (sqrt(-2 * log(mpf(p))) - 1, sqrt(-2 * log(mpf(p)))), tol=1e-60, maxsteps=300))
    else:
        add("normalUpperQuantile", [p], -findroot(lambda z: n_upper(z) - (1 - mpf(p)), (mp.mpf(1), mp.mpf(2))))
for df in [0.5, 1, 2, 3.3, 8, 30, 200, 1e4, 1e6, 1e9]:
    for p in PS:
        t = argument_for(lambda v: t_upper(v, df), mpf(p), 1, 4)
        if t > 1e300:
            continue
        add("tUpper", [t, df], t_upper(t, df))
        add("tUpperQuantile", [p, df], exp(quantile(lambda v: t_upper(v, df), p, t)))
    add("tUpper", [-1.5, df], t_upper(-1.5, df))
for df in [0.5, 1, 2, 5, 30, 1000, 1e5]:
    for p in PS + [0.99]:
        x = argument_for(lambda v: chi_upper(v, df), mpf(p), df, 2)
        add("chiSquaredUpper", [x, df], chi_upper(x, df))
        add("chiSquaredUpperQuantile", [p, df], exp(quantile(lambda v: chi_upper(v, df), p, x)))
for d1 in [1, 2, 7, 60]:
    for d2 in [1, 3.5, 10, 57.3, 1000, 1e6]:
        for p in PS + [0.99]:
            f = argument_for(lambda v: f_upper(v, d1, d2), mpf(p), 1, 10)
            if f > 1e300:
                continue
            add("fUpper", [f, d1, d2], f_upper(f, d1, d2))
            add("fUpperQuantile", [p, d1, d2], exp(quantile(lambda v: f_upper(v, d1, d2), p, f)))

# The studentised range by quadrature of its definition with 25 digits: the integrals are those of exp(-m^2) and of a chi density, cut where
# they have fallen by 1e-40 of their peak.
mp.dps = 25


def range_upper(w, k):
    def f(z):
        # b^(k - 1) - (b - below)^(k - 1), where `below` may be far smaller than the last digit of b
        b = ncdf(z)
        below = erfc((w - z) / sqrt(2)) / 2
        return npdf(z) * b ** (k - 1) * (-expm1((k - 1) * log1p(-below / b)) if below < b else 1)

    # Entire in z, and gone at both ends: the trapezoidal rule has an error of exp(-2 pi^2 / (k step^2)).
    step = mpf("0.08")
    first, last = min(mpf(-12), w / 2 - 12), max(mpf(12), w / 2 + 12)
    n = int((last - first) / step)
    return k * step * sum(f(first + i * step) for i in range(n + 1))


def studentized_upper(q, k, df):
    q, df = mpf(q), mpf(df)
    def density(s):
        return 2 * exp((df / 2) * log(df / 2) - loggamma(df / 2) + (df - 1) * log(s) - df * s * s / 2)
    g = lambda v: density(exp(v)) * exp(v) * range_upper(q * exp(v), k)
    # the peak of the integrand over v = log s, and where it is gone
    v, best = mpf(0), g(mpf(0))
    step = 1 / sqrt(df) if df > 1 else mpf(1)
    while step > mpf("0.01") / sqrt(df):
        for s in (1, -1):
            if g(v + s * step) > best:
                v, best = v + s * step, g(v + s * step)
                break
        else:
            step /= 2
    ends = []
    for s in (-1, 1):
        d = 1 / sqrt(df)
        while g(v + s * d) > best * mpf(10) ** -22:
            d *= mpf("1.25")
        ends.append(v + s * d)
    # trapezoidal rule: exponential convergence for an analytic integrand that vanishes at both ends
    def rule(n):
        h = (ends[1] - ends[0]) / n
        return h * sum(g(ends[0] + i * h) for i in range(1, n))
    coarse, fine = rule(160), rule(240)
    assert abs(coarse - fine) < mpf(10) ** -12 * fine, (q, k, df, coarse, fine)
    return fine


for k, df, q in [(3, 10, 25), (6, 20, 14), (20, 60, 5), (4, 500, 9)]:
    add("studentizedRangeUpper", [q, k, df], studentized_upper(q, k, df))
for k, q in [(3, 3), (3, 12), (10, 5), (10, 25), (50, 8)]:
    rows.append({"f": "studentizedRangeUpper", "args": [q, k, "Infinity"], "value": mp.nstr(range_upper(mpf(q), k), 20)})
print("[" + ",\n".join(json.dumps(r) for r in rows) + "]")
