"""Models and data sets that the benchmarks share; all but Holzinger & Swineford (1939) are simulated."""

from pathlib import Path

import numpy as np
import pandas as pd

HOLZINGER = "visual =~ x1 + x2 + x3; textual =~ x4 + x5 + x6; speed =~ x7 + x8 + x9"
MEDIATION = "f4 ~ a*f1 + f2; f5 ~ b*f4 + f3; f6 ~ f5 + f4; ab := a*b"


def holzinger():
    """The 301 pupils of Holzinger & Swineford (1939) as shipped with semopy: school, x1 to x9."""
    import semopy

    table = pd.read_csv(Path(semopy.__file__).parent / "examples" / "holzinger_swineford39_data.csv")
    return table[["school", *(f"x{i}" for i in range(1, 10))]]


def holzinger_in_four():
    """The same answers cut into four categories at their quantiles .2, .55 and .85."""
    data = holzinger().drop(columns="school")
    return data.apply(lambda x: 1 + np.searchsorted(x.quantile([0.2, 0.55, 0.85]), x, side="left"))


ON_COVARIATES = HOLZINGER + "".join(f"; {factor} ~ ageyr + girl" for factor in ("visual", "textual", "speed"))


def holzinger_on_covariates():
    """The answers in four categories, the age in years and whether a pupil is a girl."""
    import semopy

    table = pd.read_csv(Path(semopy.__file__).parent / "examples" / "holzinger_swineford39_data.csv")
    return holzinger_in_four().assign(ageyr=table.ageyr.astype(float), girl=table.sex - 1.0)


def holzinger_with_holes(share=0.10, seed=1):
    """The same with a share of the answers left out at random."""
    data = holzinger()
    items = list(data.columns[1:])
    holes = np.random.default_rng(seed).random((len(data), len(items))) < share
    data[items] = data[items].mask(holes)
    return data


def measurement(n_factors, per_factor=5):
    """Model text of factors f1, f2, ... with their own indicators x1, x2, ..."""
    lines = []
    for j in range(n_factors):
        items = [f"x{per_factor * j + i + 1}" for i in range(per_factor)]
        lines.append(f"f{j + 1} =~ {' + '.join(items)}")
    return "; ".join(lines)


def chain(n_indicators):
    """Model text: five indicators a factor, each factor regressed on the one before."""
    n_factors = n_indicators // 5
    paths = "; ".join(f"f{j + 1} ~ f{j}" for j in range(1, n_factors))
    return f"{measurement(n_factors)}; {paths}"


def chain_factors(n, n_factors, rng):
    """Factors (n, k) of variance one, each correlated .5 with the one before."""
    factors = rng.standard_normal((n, n_factors))
    for j in range(1, n_factors):
        factors[:, j] = 0.5 * factors[:, j - 1] + np.sqrt(0.75) * factors[:, j]
    return factors


def chain_data(n, n_indicators, seed=1):
    """Normal indicators of `chain`, loadings .8."""
    rng = np.random.default_rng(seed)
    loaded = np.repeat(0.8 * chain_factors(n, n_indicators // 5, rng), 5, axis=1)
    return frame(loaded + 0.6 * rng.standard_normal((n, n_indicators)))


def thirty_indicators(n=600, seed=1):
    """Normal indicators of six factors: three exogenous ones and the paths of `MEDIATION`."""
    rng = np.random.default_rng(seed)
    f = rng.multivariate_normal(np.zeros(3), 0.7 * np.eye(3) + 0.3, size=n).T
    f4 = 0.4 * f[0] + 0.2 * f[1] + 0.8 * rng.standard_normal(n)
    f5 = 0.4 * f4 + 0.3 * f[2] + 0.8 * rng.standard_normal(n)
    f6 = 0.3 * f5 + 0.2 * f4 + 0.8 * rng.standard_normal(n)
    loaded = np.repeat(np.column_stack([*f, f4, f5, f6]), 5, axis=1) * np.tile([1, 0.9, 0.8, 0.7, 0.9], 6)
    return frame(loaded + 0.7 * rng.standard_normal((n, 30)))


def thirty_weighted():
    """The same indicators of staff in 40 clusters, with sampling weights."""
    data, place = thirty_indicators(), np.arange(600)
    return data.assign(cluster=place % 40, weight=0.5 + (place * 37) % 101 / 50)


def personality_items(n=2800, seed=1, holes=True):
    """Answers like those to 25 personality items: five factors, five or six points, one row in eight incomplete."""
    rng = np.random.default_rng(seed)
    factors = rng.multivariate_normal(np.zeros(5), 0.75 * np.eye(5) + 0.25, size=n)
    latent = np.repeat(factors, 5, axis=1) * np.tile([0.8, 0.7, 0.7, 0.6, 0.6], 5)
    latent += 0.7 * rng.standard_normal((n, 25))
    answers = np.empty((n, 25))
    for j in range(25):
        points = 6 if j < 15 else 5
        cuts = np.linspace(-1.6, 1.2, points - 1) + 0.3 * rng.standard_normal()
        answers[:, j] = 1 + np.searchsorted(cuts, latent[:, j])
    if not holes:
        return frame(answers)
    skipped = np.arange(1.0, 26.0)  # later items are skipped more often
    for row in np.flatnonzero(rng.random(n) < 0.125):
        answers[row, rng.choice(25, size=1 + rng.poisson(0.25), replace=False, p=skipped / skipped.sum())] = np.nan
    return frame(answers)


def frame(values):
    """Columns x1, x2, ... from an array (n, p)."""
    return pd.DataFrame(values, columns=[f"x{i + 1}" for i in range(values.shape[1])])


LEVELS = """
level: 1
  demands =~ d1 + d2 + d3 + d4
  strain =~ e1 + e2 + e3 + e4
  strain ~ demands + hours
level: 2
  demands_b =~ d1 + d2 + d3 + d4
  strain_b =~ e1 + e2 + e3 + e4
  strain_b ~ demands_b + climate
"""


def two_levels(holes=False):
    """Staff in 150 centres of 5 to 24, simulated: eight answers, hours of a person, climate of a centre."""
    rng = np.random.default_rng(20242)
    sizes = rng.integers(5, 25, 150)
    centre = np.repeat(np.arange(150), sizes)
    n, loadings = len(centre), np.array([1, 0.8, 0.9, 0.7])
    hours, climate = rng.normal(size=n), rng.normal(size=150)
    demands = 0.3 * hours + rng.normal(size=n), 0.6 * rng.normal(size=150)
    strain = 0.4 * demands[0] + rng.normal(size=n), 0.5 * demands[1] - 0.3 * climate + 0.4 * rng.normal(size=150)
    data = pd.DataFrame({"centre": centre, "hours": hours, "climate": climate[centre]})
    for name, (within, between) in (("d", demands), ("e", strain)):
        for i, loading in enumerate(loadings, start=1):
            own = 0.3 * rng.normal(size=150)
            data[f"{name}{i}"] = loading * (within + between[centre]) + own[centre] + 0.7 * rng.normal(size=n)
    if holes:
        items = data.columns[3:]
        data[items] = data[items].mask(rng.random((n, 8)) < 0.05)
    return data
