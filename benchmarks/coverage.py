"""How often 95 % intervals hold the true value, in simulated samples.

python benchmarks/coverage.py --jobs 2      writes coverage.csv and coverage.md beside this file (minutes)
python benchmarks/coverage.py --quick          four samples, 49 resamples: a trial
"""

import argparse
from pathlib import Path

import numpy as np
import pandas as pd
from cases import frame
from joblib import Parallel, delayed
from tables import markdown, write_page, write_table

import emolabor as el

HERE = Path(__file__).parent
LOWEST, HIGHEST = 0.93, 0.97
N_CASES, MANY_CASES = 400, 1000
MODEL = "f1 =~ x1 + x2 + x3; f2 =~ x4 + x5 + x6; f3 =~ x7 + x8 + x9; f2 ~ a*f1; f3 ~ b*f2 + f1; ab := a*b"
LOADINGS, RESIDUALS = np.array([1, 0.9, 0.8] * 3), np.array([0.5, 0.6, 0.6] * 3)
A, B, DIRECT = 0.5, 0.4, 0.2
PSI = (1.0, 0.75, 0.72)  # every factor has variance one
HEAVY_SHARE, HEAVY_SCALE = 0.12, 2.5


def truth():
    """True values, raw and standardized, with the kind of each parameter: a row a parameter (lhs, op, rhs)."""
    rows = [("ab", ":=", "a*b", "indirect effect", A * B, A * B)]
    for k in range(9):
        factor, item = f"f{k // 3 + 1}", f"x{k + 1}"
        spread = np.sqrt(LOADINGS[k] ** 2 + RESIDUALS[k])
        if k % 3:
            rows.append((factor, "=~", item, "loading", LOADINGS[k], LOADINGS[k] / spread))
        rows.append((item, "~~", item, "variance", RESIDUALS[k], RESIDUALS[k] / spread**2))
        rows.append((item, "~1", "", "intercept", 0.0, 0.0))
    rows += [
        ("f2", "~", "f1", "path", A, A),
        ("f3", "~", "f2", "path", B, B),
        ("f3", "~", "f1", "path", DIRECT, DIRECT),
    ]
    rows += [(f"f{j + 1}", "~~", f"f{j + 1}", "variance", psi, psi) for j, psi in enumerate(PSI)]
    return pd.DataFrame(rows, columns=["lhs", "op", "rhs", "kind", "value", "std_value"])


def draw(rng, n, heavy=False):
    """Draw a sample; heavy-tailed: some cases have a larger spread in all variables alike, the covariances stay."""
    noise = rng.standard_normal((n, 12))
    if heavy:
        scale = np.where(rng.random(n) < HEAVY_SHARE, HEAVY_SCALE, 1.0)
        noise *= (scale / np.sqrt(1 + HEAVY_SHARE * (HEAVY_SCALE**2 - 1)))[:, None]
    f1 = np.sqrt(PSI[0]) * noise[:, 9]
    f2 = A * f1 + np.sqrt(PSI[1]) * noise[:, 10]
    f3 = B * f2 + DIRECT * f1 + np.sqrt(PSI[2]) * noise[:, 11]
    factors = np.repeat(np.column_stack([f1, f2, f3]), 3, axis=1)
    return frame(factors * LOADINGS + noise[:, :9] * np.sqrt(RESIDUALS))


def leave_out(rng, data, at_random):
    """Take out 10 % of the answers: completely at random, or the more often the higher x1, which is always there."""
    if at_random:
        chance = 0.225 / (1 + np.exp(-2 * data[["x1"]].to_numpy()))  # on average 1 in 10 of all nine
        holes = rng.random(data.shape) < chance
        holes[:, 0] = False
    else:
        holes = rng.random(data.shape) < 0.10
    return data.mask(holes)


def one_sample(seed, n_resamples):
    """Intervals of one simulated sample: for each (method, data) a frame with those of `tidy` or of `ci`."""
    rng = np.random.default_rng(seed)
    data, heavy = draw(rng, N_CASES), draw(rng, N_CASES, heavy=True)
    fit = el.sem(MODEL, data)
    fits = {
        ("Wald, ML", "normal"): fit,
        ("Wald, ML", "heavy-tailed"): el.sem(MODEL, heavy),
        ("Wald, MLR", "heavy-tailed"): el.sem(MODEL, heavy, estimator="MLR"),
        ("Wald, MLR", f"heavy-tailed, {MANY_CASES} cases"): el.sem(
            MODEL, draw(rng, MANY_CASES, heavy=True), estimator="MLR"
        ),
        ("Wald, FIML", "normal, 10 % missing completely at random"): el.sem(
            MODEL, leave_out(rng, data, at_random=False), missing="fiml"
        ),
        ("Wald, FIML", "normal, 10 % missing at random"): el.sem(
            MODEL, leave_out(rng, data, at_random=True), missing="fiml"
        ),
    }
    intervals = {key: fitted.tidy() for key, fitted in fits.items() if fitted.converged}
    if fit.converged:
        drawn = int(rng.integers(2**31))
        resampled = fit.bootstrap(n_resamples, seed=drawn)
        for kind in ("percentile", "bc", "bca"):
            intervals[f"Bootstrap, {kind}", "normal"] = resampled.ci(kind)
        intervals["Monte Carlo", "normal"] = fit.monte_carlo(seed=drawn).ci("percentile")
    holes = "normal, 10 % missing at random"
    incomplete = fits["Wald, FIML", holes]
    if incomplete.converged:
        resampled = incomplete.bootstrap(n_resamples, seed=int(rng.integers(2**31)))
        for kind in ("percentile", "bca"):
            intervals[f"Bootstrap, FIML, {kind}", holes] = resampled.ci(kind)
    return {key: covered(table) for key, table in intervals.items()}


def covered(table):
    """Share of the parameters of each kind whose interval holds the true value."""
    found = truth().merge(table, on=["lhs", "op", "rhs"])
    shares = found.value.between(found.ci_lower, found.ci_upper).groupby(found.kind).mean().to_dict()
    if "std_all_ci_lower" in found:
        found = found[found.kind != "variance"]  # a standardized exogenous variance is one and has no error
        inside = found.std_value.between(found.std_all_ci_lower, found.std_all_ci_upper).groupby(found.kind).mean()
        shares |= {f"standardized {kind}": share for kind, share in inside.items()}
    return shares


def summarize(samples):
    """Rows of the table: coverage by method, data and kind of parameter, with its Monte Carlo standard error.

    Parameters of a kind lie in the same samples, so the error is that of the samples' shares.
    """
    shares = {}
    for sample in samples:
        for (method, data), kinds in sample.items():
            for kind, share in kinds.items():
                shares.setdefault((method, data, kind), []).append(share)
    rows = []
    for (method, data, kind), values in shares.items():
        coverage = float(np.mean(values))
        rows.append(
            {
                "method": method,
                "data": data,
                "parameters": kind,
                "samples": len(values),
                "coverage": coverage,
                "monte_carlo_se": float(np.std(values, ddof=1) / np.sqrt(len(values))),
                "within": "yes" if LOWEST <= coverage <= HIGHEST else "no",
            }
        )
    return rows


def main(arguments=None):
    """Simulate and write coverage.csv and coverage.md."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--jobs", type=int, default=1, help="processes (1); the numbers do not depend on it")
    parser.add_argument("--quick", action="store_true", help="four samples, 49 resamples")
    parser.add_argument("--folder", type=Path, default=HERE, help="where coverage.csv and coverage.md go")
    options = parser.parse_args(arguments)
    n_samples, n_resamples = (4, 49) if options.quick else (500, 999)
    seeds = np.random.SeedSequence(1).spawn(n_samples)
    run = delayed(one_sample)
    samples = Parallel(n_jobs=options.jobs)(run(seed, n_resamples) for seed in seeds)
    rows = summarize(samples)
    write_table(options.folder, "coverage", rows)
    write_page(options.folder, "coverage", page(rows, n_samples, n_resamples))


def page(rows, n_samples, n_resamples):
    """The paragraphs of the Markdown page."""
    header = ["method", "data", "parameters", "samples", "coverage", "standard error", f"within {LOWEST}-{HIGHEST}"]
    body = [[f"{cell:.4f}" if isinstance(cell, float) else cell for cell in row.values()] for row in rows]
    return [
        "# Coverage of 95 % intervals",
        f"{n_samples} simulated samples of {N_CASES} cases: nine indicators of three factors, f1 -> f2 -> f3 with a "
        f"direct path, indirect effect {A * B:g}. Heavy-tailed: {HEAVY_SHARE:.0%} of the cases spread {HEAVY_SCALE:g} "
        "times as much in all variables; there the normal theory's errors are too small by design and only robust ones "
        f"can hold, variances with some lag in small samples (so also {MANY_CASES} cases). "
        f"Bootstrap: {n_resamples} resamples. Coverage is averaged over the parameters of a kind; its standard error "
        "is that of the simulation.",
        markdown(header, body),
    ]


if __name__ == "__main__":
    main()
