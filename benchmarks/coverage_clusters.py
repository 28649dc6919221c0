"""How often 95 % intervals hold the true value where staff sit in centres and come from departments that cross them.

python benchmarks/coverage_clusters.py --jobs 2      writes coverage_clusters.csv and .md beside this file (minutes)
python benchmarks/coverage_clusters.py --quick          four samples: a trial
"""

import argparse
from pathlib import Path

import numpy as np
from joblib import Parallel, delayed
from scipy.special import ndtri
from tables import markdown, write_page, write_table

import emolabor as el

HERE = Path(__file__).parent
LOWEST, HIGHEST = 0.93, 0.97
CLUSTERS, OF_EACH = (12, 24, 48), 12  # centres, as many departments, and staff of a centre
SHARE = 0.1  # of the variance of factors and residuals that lies between centres, and between departments
LOADINGS, PATH = np.array([1.0, 0.9, 0.8]), 0.4
MODEL = "f =~ x1 + x2 + x3; g =~ y1 + y2 + y3; g ~ b*f"
CUTS = np.array([-1.2, -0.4, 0.4, 1.2])
NAMES = ["x1", "x2", "x3", "y1", "y2", "y3"]
WAYS = {"centres": ["centre"], "centres and departments": ["centre", "department"]}


def draw(rng, clusters):
    """Staff of centres who come from departments: standardized answers (n, 6), centre and department (n,)."""
    centre = np.repeat(np.arange(clusters), OF_EACH)
    department = rng.integers(clusters, size=len(centre))

    def nested(width):
        parts = [
            np.sqrt(SHARE) * rng.standard_normal((clusters, width))[centre],
            np.sqrt(SHARE) * rng.standard_normal((clusters, width))[department],
            np.sqrt(1 - 2 * SHARE) * rng.standard_normal((len(centre), width)),
        ]
        return sum(parts)

    f, rest, noise = nested(1), nested(1), nested(6)
    g = PATH * f + np.sqrt(1 - PATH**2) * rest
    loadings = 0.8 * LOADINGS
    answers = np.hstack([f * loadings, g * loadings]) + noise * np.sqrt(1 - np.tile(loadings, 2) ** 2)
    return answers, centre, department


def one_sample(seed, clusters):
    """For each way of clustering, estimator, interval and kind of parameter the share of intervals with the truth."""
    import pandas as pd

    answers, centre, department = draw(np.random.default_rng(seed), clusters)
    numbers = pd.DataFrame(answers, columns=NAMES).assign(centre=centre, department=department)
    ordered = numbers.assign(**{name: np.searchsorted(CUTS, numbers[name]) for name in NAMES})
    truth = {("g", "~", "f"): PATH, ("f", "=~", "x2"): 0.9, ("f", "=~", "x3"): 0.8, ("g", "=~", "y2"): 0.9}
    truth |= {("g", "=~", "y3"): 0.8}
    truth |= {(name, "~1", ""): 0.0 for name in NAMES}
    truth |= {(name, "|", f"t{k + 1}"): cut for name in NAMES for k, cut in enumerate(CUTS)}
    kinds = {"~": "path", "=~": "loadings", "~1": "means or thresholds", "|": "means or thresholds"}
    found = {}
    for way, columns in WAYS.items():
        for estimator, data, options in (("MLR", numbers, {}), ("WLSMV", ordered, {"ordered": NAMES})):
            try:
                tidy = el.sem(MODEL, data, estimator=estimator, cluster=columns, **options).tidy()
            except el.EmolaborError:  # a category that nobody of a small sample chose
                continue
            for row in tidy.itertuples():
                value = truth.get((row.lhs, row.op, row.rhs))
                if value is None or not row.se > 0:
                    continue
                half = ndtri(0.975) * row.se
                for interval, low, high in (
                    ("t", row.ci_lower, row.ci_upper),
                    ("normal", row.est - half, row.est + half),
                ):
                    found.setdefault((way, estimator, interval, kinds[row.op]), []).append(low <= value <= high)
    return {key: float(np.mean(own)) for key, own in found.items()}


def summarize(clusters, results):
    """A row for each way, estimator, interval and kind of parameter."""
    rows = []
    for key in results[0]:
        own = np.array([result[key] for result in results if key in result])
        error = float(own.std(ddof=1) / np.sqrt(len(own)))
        within = "yes" if LOWEST <= own.mean() <= HIGHEST else "no"
        names = dict(zip(("clusters_by", "estimator", "interval", "parameters"), key, strict=True))
        rows.append(
            {"clusters": clusters, **names, "samples": len(own), "coverage": float(own.mean()), "error": error}
            | {"within": within}
        )
    return rows


def main(arguments=None):
    """Simulate and write coverage_clusters.csv and coverage_clusters.md."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--jobs", type=int, default=1, help="processes (1); the numbers do not depend on it")
    parser.add_argument("--samples", type=int, default=1600, help="samples of each number of clusters (1600)")
    parser.add_argument("--quick", action="store_true", help="four samples")
    parser.add_argument("--folder", type=Path, default=HERE, help="where the table and the page go")
    options = parser.parse_args(arguments)
    n_samples, rows = 4 if options.quick else options.samples, []
    for clusters in CLUSTERS:
        seeds = np.random.SeedSequence([3, clusters]).spawn(n_samples)
        rows += summarize(
            clusters, Parallel(n_jobs=options.jobs)(delayed(one_sample)(seed, clusters) for seed in seeds)
        )
    write_table(options.folder, "coverage_clusters", rows)
    write_page(options.folder, "coverage_clusters", page(rows, n_samples))


def page(rows, n_samples):
    """The paragraphs of the Markdown page."""
    header = ["clusters", "clusters by", "estimator", "interval", "parameters", "samples", "coverage"]
    header += ["standard error", f"within {LOWEST}-{HIGHEST}"]
    body = [[f"{cell:.4f}" if isinstance(cell, float) else cell for cell in row.values()] for row in rows]
    return [
        "# Coverage of 95 % intervals with few clusters",
        f"{n_samples} simulated samples for each number of clusters: staff in centres, {OF_EACH} in each, who come "
        "from as many departments that cross the centres. Of every factor and residual "
        f"{SHARE:.0%} of the variance lies between centres and {SHARE:.0%} between departments. Two factors with three "
        f"items each, a path of {PATH:g}; answers are numbers (MLR) or cut to five points (WLSMV). Intervals are those "
        "of `tidy`, from the t distribution with the clusters less one degrees of freedom, and for comparison the "
        "normal ones. With centres alone the departments are ignored. Coverage is averaged over the parameters of a "
        "kind; its standard error is that of the simulation.",
        markdown(header, body),
    ]


if __name__ == "__main__":
    main()
