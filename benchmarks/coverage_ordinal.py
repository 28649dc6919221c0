"""How often 95 % intervals of models of five-point answers hold the true value, in simulated samples.

python benchmarks/coverage_ordinal.py --jobs 2   writes coverage_ordinal.csv and coverage_ordinal.md (a minute)
python benchmarks/coverage_ordinal.py --quick       four samples: a trial
"""

import argparse
from pathlib import Path

import numpy as np
import pandas as pd
from cases import frame
from coverage import DIRECT, HIGHEST, LOADINGS, LOWEST, MODEL, N_CASES, PSI, RESIDUALS, A, B, draw, summarize
from joblib import Parallel, delayed
from tables import markdown, write_page, write_table

import emolabor as el

HERE = Path(__file__).parent
CUTS = {"even": (-1.5, -0.5, 0.5, 1.5), "skewed": (-2.0, -1.4, -0.6, 0.3)}
LOADED = LOADINGS / np.sqrt(LOADINGS**2 + RESIDUALS)  # loadings of the standardized answers


def truth(cuts):
    """True values where the variables behind the answers have variance one: a row a parameter (lhs, op, rhs)."""
    rows = [
        ("ab", ":=", "a*b", "indirect effect", A * B),
        ("f2", "~", "f1", "path", A),
        ("f3", "~", "f2", "path", B),
        ("f3", "~", "f1", "path", DIRECT),
    ]
    for k in range(9):
        if k % 3:
            rows.append((f"f{k // 3 + 1}", "=~", f"x{k + 1}", "loading", LOADED[k] / LOADED[0]))
        rows += [(f"x{k + 1}", "|", f"t{t + 1}", "threshold", cut) for t, cut in enumerate(cuts)]
    rows += [(f"f{j + 1}", "~~", f"f{j + 1}", "variance", psi * LOADED[0] ** 2) for j, psi in enumerate(PSI)]
    return pd.DataFrame(rows, columns=["lhs", "op", "rhs", "kind", "value"])


def one_sample(seed):
    """Share of the parameters of each kind whose interval holds the true value, for each (method, data)."""
    rng = np.random.default_rng(seed)
    standard = draw(rng, N_CASES).to_numpy() / np.sqrt(LOADINGS**2 + RESIDUALS)
    shares = {}
    for name, cuts in CUTS.items():
        answers = frame(1.0 + np.searchsorted(cuts, standard))
        data = {
            (f"five points, {name}", "listwise"): answers,
            (f"five points, {name}, 10 % missing completely at random", "pairwise"): answers.mask(
                rng.random(answers.shape) < 0.10
            ),
        }
        for (title, missing), table in data.items():
            fit = el.sem(MODEL, table, ordered=True, missing=missing)
            if fit.converged:
                found = truth(cuts).merge(fit.tidy(), on=["lhs", "op", "rhs"])
                inside = found.value.between(found.ci_lower, found.ci_upper)
                shares["Wald, WLSMV", title] = inside.groupby(found.kind).mean().to_dict()
    return shares


COVARIATES = "f =~ u1 + u2 + u3 + u4; f ~ z + woman; b ~ f + woman"
SLOPES = {("f", "z"): 0.4, ("f", "woman"): 0.3, ("b", "f"): 0.5, ("b", "woman"): -0.3}  # of f and of y* behind b


def one_sample_on_covariates(seed):
    """The same for slopes of a factor of five-point answers, and of a yes or no, on a number and a dummy."""
    rng = np.random.default_rng(seed)
    z, woman = rng.standard_normal(N_CASES), rng.random(N_CASES) < 0.4
    f = 0.4 * z + 0.3 * woman + 0.8 * rng.standard_normal(N_CASES)
    data = {f"u{i + 1}": np.searchsorted(CUTS["even"], f + 0.7 * rng.standard_normal(N_CASES)) for i in range(4)}
    data |= {"b": 0.5 * f - 0.3 * woman + rng.standard_normal(N_CASES) > 0, "z": z, "woman": woman}
    fit = el.sem(COVARIATES, pd.DataFrame(data), ordered=True)
    # Given the covariates y* has variance 1: the first loading, 1, is that of f in the unit of u1*, and b* in its own.
    unit, own = np.hypot(0.8, 0.7), np.hypot(0.5 * 0.8, 1.0)
    scale = {("f", "z"): unit, ("f", "woman"): unit, ("b", "f"): own / unit, ("b", "woman"): own}
    rows = fit.tidy().query("op == '~'")
    inside = [
        row.ci_lower < SLOPES[row.lhs, row.rhs] / scale[row.lhs, row.rhs] < row.ci_upper for row in rows.itertuples()
    ]
    return {("Wald, WLSMV", "on a number and a dummy"): {"slope": float(np.mean(inside))}} if fit.converged else {}


def main(arguments=None):
    """Simulate and write coverage_ordinal.csv and coverage_ordinal.md."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--jobs", type=int, default=1, help="processes (1); the numbers do not depend on it")
    parser.add_argument("--quick", action="store_true", help="four samples")
    parser.add_argument("--folder", type=Path, default=HERE, help="where the table and the page go")
    options = parser.parse_args(arguments)
    n_samples = 4 if options.quick else 500
    seeds = np.random.SeedSequence(2).spawn(n_samples)
    tasks = [delayed(work)(seed) for work in (one_sample, one_sample_on_covariates) for seed in seeds]
    rows = summarize(Parallel(n_jobs=options.jobs)(tasks))
    write_table(options.folder, "coverage_ordinal", rows)
    write_page(options.folder, "coverage_ordinal", page(rows, n_samples))


def page(rows, n_samples):
    """The paragraphs of the Markdown page."""
    header = ["method", "data", "parameters", "samples", "coverage", "standard error", f"within {LOWEST}-{HIGHEST}"]
    body = [[f"{cell:.4f}" if isinstance(cell, float) else cell for cell in row.values()] for row in rows]
    cuts = "; ".join(f"{name} {', '.join(f'{cut:g}' for cut in values)}" for name, values in CUTS.items())
    return [
        "# Coverage of 95 % intervals with five-point answers",
        f"{n_samples} simulated samples of {N_CASES} cases: nine five-point answers to items of three factors, "
        f"f1 -> f2 -> f3 with a direct path, indirect effect {A * B:g}. Thresholds: {cuts}. Missing answers are left "
        "out pair by pair. One row is of other samples: a factor of four five-point answers and a yes or no, regressed "
        "on a number and a dummy. Coverage is averaged over the parameters of a kind; its standard error is that of "
        "the simulation.",
        markdown(header, body),
    ]


if __name__ == "__main__":
    main()
