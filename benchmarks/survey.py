"""A national survey from a Parquet file: staff nested in 3,000 centres, 60 items, answers missing in one row of six.

What each way of estimating costs, in a new process each: seconds, and peak memory.
"""

import multiprocessing
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
import pandas as pd
from cases import chain, chain_factors
from machine import peak
from threadpoolctl import threadpool_limits

import emolabor as el

ITEMS, CENTRES, PART = 60, 3000, 50_000
INCOMPLETE, MOST_HOLES = 1 / 6, 17
WAYS = {
    "ML, complete rows": {},
    "MLR, complete rows": {"estimator": "MLR"},
    "cluster-robust, complete rows": {"cluster": "centre"},
    "FIML": {"missing": "fiml"},
    "FIML, MLR": {"missing": "fiml", "estimator": "MLR"},
    "FIML, cluster-robust": {"missing": "fiml", "cluster": "centre"},
}


def write_survey(path, n):
    """Write simulated five-point answers of staff in their centres, part by part."""
    import pyarrow
    from pyarrow import parquet

    names, writer = [f"x{i + 1}" for i in range(ITEMS)], None
    of_centres = 0.3 * np.random.default_rng(0).standard_normal((CENTRES, ITEMS // 5))
    for part, first in enumerate(range(0, n, PART)):
        rng = np.random.default_rng([2, part])
        size = min(PART, n - first)
        centre = rng.integers(CENTRES, size=size)
        factors = np.repeat(chain_factors(size, ITEMS // 5, rng) + of_centres[centre], 5, axis=1)
        drawn = 0.8 * factors + 0.6 * rng.standard_normal(factors.shape)
        answers = np.searchsorted([-1.2, -0.4, 0.4, 1.2], drawn).astype(float) + 1
        holes = np.where(rng.random(size) < INCOMPLETE, rng.integers(1, MOST_HOLES + 1, size), 0)
        answers[rng.random(answers.shape).argsort(axis=1).argsort(axis=1) < holes[:, None]] = np.nan
        frame = pd.DataFrame(answers, columns=names).assign(centre=centre)
        table = pyarrow.Table.from_pandas(frame, preserve_index=False)
        writer = writer or parquet.ParquetWriter(path, table.schema)
        writer.write_table(table)
    writer.close()


def survey_costs(folder, n, ways):
    """CPU seconds to estimates and standard errors and peak memory in MB, a row a way of estimating."""
    path = Path(folder) / f"survey_{n}.parquet"
    if not path.exists():
        write_survey(path, n)
    rows = []
    for way in ways:
        with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
            rows.append({"cases": n, "way": way, **pool.submit(_cost, path, way).result()})
    return rows


def _cost(path, way):
    with threadpool_limits(1):
        start = time.process_time()
        fit = el.sem(chain(ITEMS), path, **WAYS[way])
        fit.tidy()
        return {"cpu_seconds": time.process_time() - start, "peak_mb": peak(), "converged": fit.converged}
