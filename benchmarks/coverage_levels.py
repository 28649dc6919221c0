"""How often 95 % intervals of two-level models hold the true value.

python benchmarks/coverage_levels.py --jobs 2      writes coverage_levels.csv and .md beside this file (minutes)
python benchmarks/coverage_levels.py --quick          four samples: a trial
"""

import argparse
from pathlib import Path

import numpy as np
import pandas as pd
from joblib import Parallel, delayed
from tables import markdown, write_page, write_table

import emolabor as el

HERE = Path(__file__).parent
LOWEST, HIGHEST = 0.93, 0.97
CENTRES, LEAST, MOST = (40, 100, 200), 5, 15  # centres, and the staff of one
WITHIN, BETWEEN, CLIMATE, HOLES = 0.4, 0.7, -0.4, 0.1
LOADINGS = np.array([1.0, 0.9, 0.8])
MODEL = """
level: 1
  dw =~ d1 + d2 + d3
  ew =~ e1 + e2 + e3
  ew ~ bw*dw
level: 2
  db =~ d1 + d2 + d3
  eb =~ e1 + e2 + e3
  db ~ a*climate
  eb ~ bb*db
indirect := a*bb
context := bb - bw
"""
TRUTH = {"bw": WITHIN, "bb": BETWEEN, "a": CLIMATE, "indirect": CLIMATE * BETWEEN, "context": BETWEEN - WITHIN}
KINDS = {"bw": "path within", "bb": "path between", "a": "path of the centre's climate"}
KINDS |= {"indirect": "indirect between (2-1-1)", "context": "contextual"}
SLOPE_MEAN, SLOPE_CLIMATE, SLOPE_VARIANCE = 0.5, -0.2, 0.16
SLOPES = """
level: 1
  strain ~ rv("slope")*hours
level: 2
  strain ~ climate
  slope ~ c*climate
  slope ~ m*1
  slope ~~ v*slope
  slope ~~ strain
"""
TRUTH |= {"m": SLOPE_MEAN, "c": SLOPE_CLIMATE, "v": SLOPE_VARIANCE}
KINDS |= {"m": "mean of random slopes", "c": "climate on random slopes", "v": "variance of random slopes"}
WAYS = {
    "ML": {},
    "MLR": {"estimator": "MLR"},
    "FIML": {"missing": "fiml"},
}


def draw(rng, centres):
    """Staff of centres: six answers of both levels and the climate of the centre."""
    sizes = rng.integers(LEAST, MOST + 1, centres)
    centre = np.repeat(np.arange(centres), sizes)
    climate = rng.standard_normal(centres)
    db = CLIMATE * climate + 0.6 * rng.standard_normal(centres)
    eb = BETWEEN * db + 0.4 * rng.standard_normal(centres)
    dw = rng.standard_normal(len(centre))
    ew = WITHIN * dw + 0.9 * rng.standard_normal(len(centre))
    data = {"centre": centre, "climate": climate[centre]}
    for name, within, between in (("d", dw, db), ("e", ew, eb)):
        for k, loading in enumerate(LOADINGS):
            own = 0.3 * rng.standard_normal(centres)
            rest = own[centre] + 0.7 * rng.standard_normal(len(centre))
            data[f"{name}{k + 1}"] = loading * (within + between[centre]) + rest
    return pd.DataFrame(data)


def draw_slopes(rng, centres):
    """Staff of centres whose slopes of strain on hours go with the climate."""
    sizes = rng.integers(LEAST, MOST + 1, centres)
    centre = np.repeat(np.arange(centres), sizes)
    climate, level, hours = (rng.standard_normal(k) for k in (centres, centres, len(centre)))
    own = np.sqrt(SLOPE_VARIANCE) * rng.standard_normal(centres)
    slope = SLOPE_MEAN + SLOPE_CLIMATE * climate + own
    strain = (0.3 * climate + 0.5 * level)[centre] + slope[centre] * hours + rng.standard_normal(len(centre))
    return pd.DataFrame({"centre": centre, "climate": climate[centre], "hours": hours, "strain": strain})


def one_sample(seed, centres):
    """For each way and parameter whether the interval holds the truth; nothing where a fit did not converge."""
    rng = np.random.default_rng(seed)
    data, found = draw(rng, centres), {}
    holed = data.copy()
    items = data.columns[2:]
    holed[items] = data[items].mask(rng.random((len(data), len(items))) < HOLES)
    for way, options in WAYS.items():
        fit = el.sem(MODEL, holed if way == "FIML" else data, cluster="centre", **options)
        tables = {f"{way}, Wald": fit.tidy()} if fit.converged else {}
        if tables and way == "ML" and fit.vcov().notna().all(axis=None):
            tables["ML, Monte Carlo"] = fit.monte_carlo(2000, seed=1).ci()
        for interval, table in tables.items():
            found |= held(interval, table)
    slopes = draw_slopes(rng, centres)
    for way in ("ML", "MLR"):
        fit = el.sem(SLOPES, slopes, cluster="centre", estimator=way)
        found |= held(f"{way}, Wald", fit.tidy()) if fit.converged else {}
    return found


def held(interval, table):
    """Whether the intervals of a table hold the truth, by the kind of interval and the label."""
    own = table[table.label.isin(TRUTH) & (table.se > 0)].drop_duplicates("label")
    return {(interval, row.label): bool(row.ci_lower <= TRUTH[row.label] <= row.ci_upper) for row in own.itertuples()}


def summarize(centres, results):
    """A row for each kind of interval and parameter."""
    rows = []
    for key in sorted({key for result in results for key in result}):
        own = np.array([result[key] for result in results if key in result], float)
        share = float(own.mean())
        error = float(np.sqrt(share * (1 - share) / len(own)))
        rows.append(
            {"centres": centres, "interval": key[0], "parameter": KINDS[key[1]], "samples": len(own)}
            | {"coverage": share, "error": error, "within": "yes" if LOWEST <= share <= HIGHEST else "no"}
        )
    return rows


def main(arguments=None):
    """Simulate and write coverage_levels.csv and coverage_levels.md."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--jobs", type=int, default=1, help="processes (1); the numbers do not depend on it")
    parser.add_argument("--samples", type=int, default=250, help="samples of each number of centres (250)")
    parser.add_argument("--quick", action="store_true", help="four samples")
    parser.add_argument("--folder", type=Path, default=HERE, help="where the table and the page go")
    options = parser.parse_args(arguments)
    n_samples, rows = 4 if options.quick else options.samples, []
    for centres in CENTRES:
        seeds = np.random.SeedSequence([4, centres]).spawn(n_samples)
        rows += summarize(centres, Parallel(n_jobs=options.jobs)(delayed(one_sample)(seed, centres) for seed in seeds))
    write_table(options.folder, "coverage_levels", rows)
    write_page(options.folder, "coverage_levels", page(rows, n_samples))


def page(rows, n_samples):
    """The paragraphs of the Markdown page."""
    header = ["centres", "interval", "parameter", "samples", "coverage", "standard error"]
    header.append(f"within {LOWEST}-{HIGHEST}")
    body = [[f"{cell:.3f}" if isinstance(cell, float) else cell for cell in row.values()] for row in rows]
    return [
        "# Coverage of 95 % intervals of two-level models",
        f"{n_samples} simulated samples for each number of centres, of {LEAST} to {MOST} staff each. Two factors of "
        f"three items at either level; of staff the path is {WITHIN:g}, of centres {BETWEEN:g}; the centre's climate "
        f"goes with the first factor of centres ({CLIMATE:g}). Random slopes: in other samples, an answer's slope on a "
        f"covariate has mean {SLOPE_MEAN:g} and goes with the climate ({SLOPE_CLIMATE:g}), with the variance "
        f"{SLOPE_VARIANCE:g} beside. FIML: {HOLES:.0%} of the answers are left out at "
        "random. Samples whose search did not converge, or whose errors cannot be had, are left out and show in the "
        "number of samples. The standard error is that of the simulation.",
        markdown(header, body),
    ]


if __name__ == "__main__":
    main()
