"""How the cost of the engine grows with indicators, cases and resamples, and what memory resampling takes.

python benchmarks/growth.py            writes growth.csv and growth.md beside this file, in about two minutes
python benchmarks/growth.py --quick    small sizes: a trial
"""

import argparse
import statistics
import tempfile
from pathlib import Path

import numpy as np
from cases import MEDIATION, chain, chain_data, measurement, thirty_indicators
from machine import machine, timed
from memory import QUICK, WORK, memory_costs
from survey import CENTRES, ITEMS, MOST_HOLES, WAYS, survey_costs
from tables import listed, markdown, write_page, write_table
from threadpoolctl import threadpool_limits

import emolabor as el
from emolabor.sem.observed.columns import read_columns
from emolabor.sem.observed.drawn import Drawn
from emolabor.sem.observed.samples import continuous_samples

HERE = Path(__file__).parent
INDICATORS = (10, 20, 30, 60, 90, 120)
CASES = (200, 1_000, 10_000, 100_000, 1_000_000)
RESAMPLES = (100, 1_000, 10_000)
SURVEYS = (200_000, 2_000_000)


def median_ms(function, runs):
    """Median milliseconds of some runs after one that is not counted."""
    return statistics.median(timed(function, runs + 1)[1][1:])


def fit_cost(n, n_indicators, runs):
    """Milliseconds of the pass over the data, the fit to its moments, errors and indices, and all of it from data."""
    model, data = chain(n_indicators), chain_data(n, n_indicators)
    cov = data.cov()
    fits = iter([el.sem(model, sample_cov=cov, n_obs=n) for _ in range(runs + 1)])

    def report(fit):
        fit.tidy()
        fit.fit_measures()

    return {
        "indicators": n_indicators,
        "cases": n,
        "pass_ms": median_ms(lambda: continuous_samples(read_columns(data, list(data.columns), drawn=Drawn())), runs),
        "fit_ms": median_ms(lambda: el.sem(model, sample_cov=cov, n_obs=n), runs),
        "errors_and_indices_ms": median_ms(lambda: report(next(fits)), runs),  # a fit remembers them
        "all_from_data_ms": median_ms(lambda: report(el.sem(model, data)), runs),
    }


def resampling_cost(n_resamples, runs):
    """Milliseconds a resample of the bootstrap with its intervals, and of its floor.

    The floor is the product of the resamples' weights and the cases' products, which no bootstrap of covariances can go
    without; drawing the weights is shown apart.
    """
    data = thirty_indicators()
    fit = el.sem(f"{measurement(6)}; {MEDIATION}", data)
    deviations = (data - data.mean()).to_numpy()
    i, j = np.tril_indices(deviations.shape[1])
    products = deviations[:, i] * deviations[:, j]
    n = len(data)
    rng = np.random.default_rng(1)
    part = min(n_resamples, 100)

    def draw():
        return rng.multinomial(n, np.full(n, 1 / n), size=part)

    weights = draw() / n
    whole = median_ms(lambda: fit.bootstrap(n_resamples, seed=1).ci("percentile"), runs) / n_resamples
    floor = median_ms(lambda: weights @ products, 20) / part
    return {
        "resamples": n_resamples,
        "bootstrap_ms": whole,
        "floor_ms": floor,
        "drawing_ms": median_ms(draw, 5) / part,
        "times_floor": whole / floor,
    }


def main(arguments=None):
    """Measure and write growth.csv and growth.md."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--quick", action="store_true", help="small sizes")
    parser.add_argument("--folder", type=Path, default=HERE, help="where growth.csv and growth.md go")
    options = parser.parse_args(arguments)
    quick, whole = ((10, 20), (200, 1000), (10, 20), QUICK, (3000,)), (INDICATORS, CASES, RESAMPLES, WORK, SURVEYS)
    indicators, cases, resamples, works, surveys = quick if options.quick else whole
    taken = memory_costs(works)
    with tempfile.TemporaryDirectory() as folder:
        ways = list(WAYS)[:: 5 if options.quick else 1]
        by_survey = [row for n in surveys for row in survey_costs(folder, n, ways)]
    with threadpool_limits(1):
        by_indicators = [fit_cost(1000, size, 7) for size in indicators]
        by_cases = [fit_cost(size, 30, 3 if size > 100_000 else 7) for size in cases]
        by_resamples = [resampling_cost(size, 1 if size > 1000 else 3) for size in resamples]
    parts = {
        "indicators": by_indicators,
        "cases": by_cases,
        "resamples": by_resamples,
        "memory": taken,
        "survey": by_survey,
    }
    rows = [
        {"part": part, "row": number, "measure": measure, "value": value}
        for part, table in parts.items()
        for number, row in enumerate(table, 1)
        for measure, value in row.items()
    ]
    write_table(options.folder, "growth", rows)
    write_page(options.folder, "growth", page(parts))


def page(parts):
    """The paragraphs of the Markdown page."""
    tables = {part: markdown(list(table[0]), [list(row.values()) for row in table]) for part, table in parts.items()}
    return [
        "# How the engine's cost grows",
        "Factors of five indicators, each regressed on the one before; simulated normal data; one thread. `pass_ms`: "
        "from data to moments; `fit_ms`: `sem()` on the moments; `errors_and_indices_ms`: `tidy()` and "
        "`fit_measures()`; `all_from_data_ms`: `sem()` on the data, `tidy()` and `fit_measures()`.",
        "## Indicators",
        tables["indicators"],
        "## Cases",
        tables["cases"],
        "## Resamples",
        "30 indicators, 6 factors, N = 600; milliseconds a resample. `floor_ms`: the matrix product of weights and "
        "case products that forms the resampled covariances; `drawing_ms`: drawing the weights.",
        tables["resamples"],
        "## Memory",
        "A new process each, one thread. `before_mb`: peak of Python, data and fit; `peak_mb`: after the work.",
        tables["memory"],
        "## A national survey",
        f"Simulated five-point answers of staff in {CENTRES:,} centres to {ITEMS} items, one row of six with one to "
        f"{MOST_HOLES} answers missing, from a Parquet file: `sem()` and `tidy()`; a new process each, one thread.",
        tables["survey"],
        listed(machine()),
    ]


if __name__ == "__main__":
    main()
