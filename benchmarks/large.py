"""What fitting a Parquet file larger than one likes to hold in memory takes: time, and peak memory of the process.

python benchmarks/large.py            writes large.csv and large.md beside this file, in about ten minutes
python benchmarks/large.py --quick    few cases: a trial
"""

import argparse
import multiprocessing
import tempfile
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
import pandas as pd
from cases import chain, chain_factors
from machine import machine, peak, timed
from tables import listed, markdown, write_page, write_table
from threadpoolctl import threadpool_limits

import emolabor as el

HERE = Path(__file__).parent
PART = 100_000


def write_cases(path, n, n_indicators):
    """Write simulated five-point answers to the indicators of `chain`, part by part."""
    import pyarrow
    from pyarrow import parquet

    names = [f"x{i + 1}" for i in range(n_indicators)]
    writer = None
    for part, first in enumerate(range(0, n, PART)):
        rng = np.random.default_rng([1, part])
        size = min(PART, n - first)
        factors = np.repeat(chain_factors(size, n_indicators // 5, rng), 5, axis=1)
        drawn = 0.8 * factors + 0.6 * rng.standard_normal(factors.shape)
        answers = np.searchsorted([-1.2, -0.4, 0.4, 1.2], drawn).astype(float) + 1
        table = pyarrow.Table.from_pandas(pd.DataFrame(answers, columns=names), preserve_index=False)
        writer = writer or parquet.ParquetWriter(path, table.schema)
        writer.write_table(table)
    writer.close()


def fit_file(path, n_indicators, estimator):
    """Seconds from the file to estimates, errors and fit measures, and the peak memory of the process in MB."""

    def fit():
        found = el.sem(chain(n_indicators), path, estimator=estimator)
        found.tidy()
        return found.fit_measures()

    with threadpool_limits(1):
        _, (milliseconds,) = timed(fit, 1)
    return milliseconds / 1000, peak()


def main(arguments=None):
    """Measure and write large.csv and large.md."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--quick", action="store_true", help="few cases")
    parser.add_argument("--folder", type=Path, default=HERE, help="where large.csv and large.md go")
    options = parser.parse_args(arguments)
    n, n_indicators = (20_000, 10) if options.quick else (10_000_000, 30)
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "simulated.parquet"
        context = multiprocessing.get_context("spawn")
        # Each piece of work has a new process: memory once taken counts as that process's peak.
        with ProcessPoolExecutor(1, mp_context=context, max_tasks_per_child=1) as pool:
            pool.submit(write_cases, path, n, n_indicators).result()
            for estimator in ("ML", "MLR"):
                seconds, memory = pool.submit(fit_file, path, n_indicators, estimator).result()
                rows.append(
                    {
                        "cases": n,
                        "indicators": n_indicators,
                        "estimator": estimator,
                        "as_a_frame_mb": 8 * n * n_indicators / 2**20,
                        "seconds": seconds,
                        "peak_mb": memory,
                    }
                )
    write_table(options.folder, "large", rows)
    paragraphs = [
        "# Files larger than memory",
        "`el.sem` on a Parquet file of simulated five-point answers: one pass for the moments, the fit, with MLR more "
        "passes for the cases' scores, `tidy()` and `fit_measures()`; one thread. `as_a_frame_mb`: what the "
        "same answers take as a data frame of doubles; `peak_mb`: the most that the process held, "
        "Python and its libraries included.",
        markdown(list(rows[0]), [list(row.values()) for row in rows]),
        listed(machine()),
    ]
    write_page(options.folder, "large", paragraphs)


if __name__ == "__main__":
    main()
