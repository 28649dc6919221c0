"""How fast the engine is: the same work in emolabor, lavaan (where Rscript is found) and semopy (where it can do it).

    python benchmarks/engine.py            writes engine.csv and engine.md beside this file, in about four minutes
    python benchmarks/engine.py --quick    one run of each, six resamples: a trial

Each round runs every piece of work in the three programs in turn, one after the other, each on one thread. A program's
time is the median over the rounds of the medians of its runs, so that ratios hold on a busy machine where times do not.
"""

import argparse
import shutil
import statistics
import subprocess
import tempfile
import warnings
from dataclasses import dataclass
from pathlib import Path

from cases import (
    HOLZINGER,
    LEVELS,
    MEDIATION,
    ON_COVARIATES,
    holzinger,
    holzinger_in_four,
    holzinger_on_covariates,
    holzinger_with_holes,
    measurement,
    personality_items,
    thirty_indicators,
    thirty_weighted,
    two_levels,
)
from machine import machine, timed
from tables import listed, markdown, write_page, write_table
from threadpoolctl import threadpool_limits

import emolabor as el
from emolabor.common.files import write_text
from emolabor.study import open_study

HERE = Path(__file__).parent
LADDER = ((), ("loadings",), ("loadings", "intercepts"), ("loadings", "intercepts", "residuals"))
RESAMPLES = 200
THIRTY = f"{measurement(6)}; {MEDIATION}"
HOW = """\
Each piece of work: `sem()`, every standard error (emolabor `tidy()`, which standardizes too; lavaan
`parameterEstimates()`) and all fit indices (`fit_measures()`, `fitMeasures()`). Bootstrap: fit, {resamples} resamples
and percentile intervals, divided by the number of resamples; lavaan by `sem(se = "bootstrap")`, semopy by a loop over
its `fit()`. The study's model: `sem()` alone; in lavaan `se`, `test`, `baseline` and `h1` off, a resample started from
the fit. Ladder: configural, metric, scalar and strict model. Power: {resamples} normal samples from the fit, each
estimated, divided by their number; lavaan by `simulateData()` and `sem()`. Holzinger-Swineford is public data; the
other data and the holes in it are simulated. "To reach", "reached": emolabor / lavaan, below 1 is faster.
"Difference", relative: of the chi-squares; for bootstrap and power of the standard errors of the indirect effect, which
are drawn; of the discrepancies of the study's model; of the sums of all modification indices. Medians of {rounds}
interleaved rounds, one thread. emolabor keeps what it has read of a model text: the first fit of a text takes about
half as long again."""


@dataclass(frozen=True)
class Work:
    """One row of the table: what is done, by whom, how often in a round, and the ratio to lavaan that is the aim.

    `semopy` is a function, or the reason why semopy cannot do it; `runs` are those of emolabor, lavaan and semopy,
    `parts` what their time is divided by (`lavaan_parts` that of lavaan).
    """

    key: str
    title: str
    model: str
    data: object
    emolabor: object
    semopy: object
    runs: tuple
    to_reach: float
    parts: int = 1
    lavaan_parts: int = 1
    minutes: bool = False  # lavaan takes minutes, of which the first rounds, which warm up, are spared


def by_emolabor(**options):
    """Fit, standard errors, all indices; the function returns the chi-square."""

    def run(model, data):
        fit = el.sem(model, data, **options)
        fit.tidy()
        return fit.fit_measures()["chisq"]

    return run


def ladder(model, data):
    """Four models by school; the sum of their chi-squares."""
    return sum(by_emolabor(group="school", group_equal=equal)(model, data) for equal in LADDER)


def bootstrap(resamples):
    """Bootstrap of all parameters; the function returns the standard error of the indirect effect."""

    def run(model, data):
        intervals = el.sem(model, data).bootstrap(resamples, seed=1).ci("percentile")
        return float(intervals.loc[intervals.lhs == "ab", "se"].iloc[0])

    return run


def search(model, data):
    """Fit to incomplete answers alone, without standard errors and indices; half the discrepancy of a case."""
    return el.sem(model, data, missing="fiml").estimate.optimum.value


def incomplete_bootstrap(resamples):
    """Bootstrap of incomplete answers; half the discrepancy of a case of the fit that the resamples start from."""

    def run(model, data):
        fit = el.sem(model, data, missing="fiml")
        fit.bootstrap(resamples, seed=1)
        return fit.estimate.optimum.value

    return run


def study():
    """The study's model text and its answers."""
    opened = open_study(HERE.parent / "data/simulated/study-windowstaff_sample-simulated_data.csv")
    fit = el.sem(opened.model, opened.answers)
    return opened.model, opened.answers[list(fit.implied_cov().columns)].astype(float)


def modification(model, data):
    """Fit and all modification indices; their sum."""
    return float(el.sem(model, data).modification_indices().mi.sum())


def planning(replications):
    """Studies as large as this one, drawn from its fit and estimated; mean standard error of the indirect effect."""

    def run(model, data):
        rows = el.sem(model, data).tidy().query("op != ':='")
        population = "; ".join(f"{row.lhs} {row.op} {row.est!r}*{row.rhs}" for row in rows.itertuples())
        options = {"population": population, "n_replications": replications, "indirect": "delta"}
        curve = el.power(model, len(data), **options)
        return float(curve.loc[curve.lhs == "ab", "width"].iloc[0]) / (2 * 1.959964)

    return run


def by_semopy(model, data):
    """Fit, standard errors, indices."""
    import semopy

    fit = semopy.Model(_unlabelled(model))
    fit.fit(data)
    fit.inspect()
    return float(semopy.calc_stats(fit)["chi2"].iloc[0])


def semopy_bootstrap(resamples):
    """Refit on resampled rows, starting from the last estimates."""

    def run(model, data):
        import numpy as np
        import semopy

        rng, draws = np.random.default_rng(1), []
        fit = semopy.Model(_unlabelled(model))
        for _ in range(resamples):
            fit.fit(data.iloc[rng.integers(len(data), size=len(data))])
            table = fit.inspect(se_robust=False)
            paths = table[table.op == "~"].set_index(["lval", "rval"]).Estimate
            draws.append(paths["f4", "f1"] * paths["f5", "f4"])
        return float(np.std(draws, ddof=1))

    return run


def _unlabelled(model):
    return model.replace("; ab := a*b", "").replace("a*", "").replace("b*", "").replace("; ", "\n")


def all_work(resamples):
    """List the table's rows."""
    school, thirty = holzinger(), thirty_indicators()
    text, staff = study()
    robust, full = {"estimator": "MLR"}, {"missing": "fiml"}
    designed = {"cluster": "cluster", "sampling_weights": "weight"}
    rows = [
        ("holzinger", "Holzinger-Swineford", HOLZINGER, school),
        ("thirty", "30 indicators, 6 factors, N = 600", THIRTY, thirty),
        ("thirty_mlr", "the same, MLR", THIRTY, thirty),
        ("thirty_bootstrap", "the same, bootstrap of an indirect effect, a resample", THIRTY, thirty),
        ("holzinger_fiml", "Holzinger-Swineford, FIML, 10 % missing", HOLZINGER, holzinger_with_holes()),
        ("personality", "25 items, 5 factors, N = 2,800, FIML + MLR", measurement(5), personality_items()),
        ("study", "the study's model and its incomplete answers, FIML, search alone", text, staff),
        ("study_bootstrap", "the same, FIML bootstrap, a resample", text, staff),
        ("ladder", "four-model invariance ladder", HOLZINGER, school),
        ("thirty_modification", "30 indicators, all modification indices, with the fit", THIRTY, thirty),
        ("thirty_power", "the same, Monte Carlo power of all parameters, a replication", THIRTY, thirty),
        ("thirty_weights", "the same, MLR with clusters and sampling weights", THIRTY, thirty_weighted()),
        ("levels", "two levels, 150 centres of 5 to 24, 8 items, 2 covariates", LEVELS, two_levels()),
        ("levels_fiml", "the same, FIML, 5 % missing", LEVELS, two_levels(holes=True)),
        ("holzinger_wlsmv", "Holzinger-Swineford in four categories, WLSMV", HOLZINGER, holzinger_in_four()),
        ("covariates_wlsmv", "the same, on two covariates", ON_COVARIATES, holzinger_on_covariates()),
        ("personality_wlsmv", "25 items, 5 factors, N = 2,800, WLSMV", measurement(5), personality_items(holes=False)),
    ]
    how = {
        "holzinger": (by_emolabor(), by_semopy, (25, 9, 9), 0.06),
        "thirty": (by_emolabor(), by_semopy, (25, 7, 7), 0.04),
        "thirty_mlr": (by_emolabor(**robust), "no scaled test", (15, 3, 0), 0.03),
        "thirty_bootstrap": (bootstrap(resamples), semopy_bootstrap(resamples), (5, 1, 1), 0.02, resamples, resamples),
        "holzinger_fiml": (by_emolabor(**full), "chi-square without a saturated model", (15, 5, 0), 0.08),
        "personality": (by_emolabor(**full, **robust), "no scaled test", (5, 1, 0), 0.04),
        "study": (search, "not tried", (5, 1, 0), 0.01, 1, 1, True),
        "study_bootstrap": (incomplete_bootstrap(resamples), "not tried", (1, 1, 0), 0.002, resamples, 1, True),
        "ladder": (ladder, "no equality over groups", (15, 3, 0), 0.08),
        "thirty_modification": (modification, "none", (15, 3, 0), 0.07),
        "thirty_power": (planning(resamples), "none", (3, 1, 0), 0.08, resamples, resamples),
        "thirty_weights": (by_emolabor(**robust, **designed), "neither", (15, 3, 0), 0.10),
        "levels": (by_emolabor(cluster="centre"), "random effects of its own", (15, 3, 0), 0.05),
        "levels_fiml": (by_emolabor(cluster="centre", **full), "none", (3, 1, 0), 0.05),
        "holzinger_wlsmv": (by_emolabor(ordered=True), "crash on numpy 2", (25, 5, 0), 0.15),
        "covariates_wlsmv": (by_emolabor(ordered=True), "none", (9, 5, 0), 0.30),
        "personality_wlsmv": (by_emolabor(ordered=True), "crash on numpy 2", (5, 1, 0), 0.15),
    }
    return [Work(*row, *how[row[0]]) for row in rows]


class Lavaan:
    """One R process that does the work of engine.R on demand; `version` is what it says of itself."""

    def __init__(self, folder, resamples):
        script = str(HERE / "engine.R")
        self._process = subprocess.Popen(
            ["Rscript", script, str(folder), str(resamples)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.version = self._process.stdout.readline().strip()

    def run(self, key, runs):
        """Result and milliseconds of each run."""
        self._process.stdin.write(f"{key} {runs}\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        if not answer:
            raise RuntimeError(f"Rscript ended during {key}")
        result, *times = (float(word) for word in answer.split())
        return result, times

    def close(self):
        """End the process."""
        self._process.stdin.close()
        self._process.wait()


def measure(work, lavaan, rounds, quick):
    """Rows of the table."""
    medians = {(item.key, program): [] for item in work for program in ("emolabor", "lavaan", "semopy")}
    results = {}
    for number in range(rounds + (not quick)):  # the first round warms up and is not counted
        for item in work:
            own, other, third = (min(runs, 1) for runs in item.runs) if quick or number == 0 else item.runs
            blocks = {"emolabor": timed(lambda item=item: item.emolabor(item.model, item.data), own)}
            if lavaan and (quick or number or not item.minutes):
                blocks["lavaan"] = lavaan.run(item.key, other)
            if third:
                blocks["semopy"] = timed(lambda item=item: item.semopy(item.model, item.data), third)
            for program, (result, times) in blocks.items():
                results[item.key, program] = result
                if quick or number:
                    parts = item.lavaan_parts if program == "lavaan" else item.parts
                    medians[item.key, program].append(statistics.median(times) / parts)
    return [_row(item, medians, results) for item in work]


def _row(item, medians, results):
    own, other, third = (
        statistics.median(medians[item.key, program]) if medians[item.key, program] else None
        for program in ("emolabor", "lavaan", "semopy")
    )
    ours, theirs = results[item.key, "emolabor"], results.get((item.key, "lavaan"))
    return {
        "work": item.title,
        "emolabor_ms": own,
        "lavaan_ms": other,
        "semopy_ms": third,
        "to_reach": item.to_reach,
        "reached": own / other if other else None,
        "semopy_ratio": third / other if third and other else None,
        "difference": abs(ours / theirs - 1) if theirs else None,
        "without_semopy": item.semopy if isinstance(item.semopy, str) else "",
    }


def page(rows, facts, rounds, resamples):
    """The paragraphs of the Markdown page."""
    header = ["work", "emolabor ms", "lavaan ms", "semopy ms", "to reach", "reached", "semopy / lavaan", "difference"]
    body = []
    for row in rows:
        semopy = f"- ({row['without_semopy']})" if row["without_semopy"] else row["semopy_ms"]
        cells = [row["work"], row["emolabor_ms"], row["lavaan_ms"], semopy]
        body.append([*cells, *(row[name] for name in ("to_reach", "reached", "semopy_ratio", "difference"))])
    how = HOW.format(resamples=resamples, rounds=rounds)
    return ["# Speed of the engine", markdown(header, body), how, listed(facts)]


def main(arguments=None):
    """Measure and write engine.csv and engine.md."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--rounds", type=int, default=3, help="rounds over all work (3)")
    parser.add_argument("--quick", action="store_true", help="one run of each, six resamples")
    parser.add_argument("--folder", type=Path, default=HERE, help="where engine.csv and engine.md go")
    options = parser.parse_args(arguments)
    resamples = 6 if options.quick else RESAMPLES
    work, facts = all_work(resamples), machine()
    with tempfile.TemporaryDirectory() as folder, threadpool_limits(1), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for item in work:
            item.data.to_csv(Path(folder) / f"{item.key}.csv", index=False)
            write_text(Path(folder) / f"{item.key}.txt", f"{item.model}\n")
        lavaan = Lavaan(folder, resamples) if shutil.which("Rscript") else None
        rows = measure(work, lavaan, options.rounds, options.quick)
        if lavaan:
            facts.append(lavaan.version)
            lavaan.close()
    write_table(options.folder, "engine", rows)
    write_page(options.folder, "engine", page(rows, facts, options.rounds, resamples))


if __name__ == "__main__":
    main()
