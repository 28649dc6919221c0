"""What work on many indicators and many cases takes: CPU seconds, and peak memory of a new process."""

import multiprocessing
import time
from concurrent.futures import ProcessPoolExecutor

import numpy as np
from cases import chain, chain_data, measurement
from machine import peak
from threadpoolctl import threadpool_limits

import emolabor as el

# Work, indicators, cases, resamples, and the peak in MB to stay below.
WORK = (
    ("bootstrap with BCa intervals", 60, 1_000, 5_000, 500),
    ("bootstrap", 300, 1_000, 5_000, 400),
    ("bootstrap", 60, 200_000, 200, 500),
    ("WLSMV, errors and indices", 120, 1_000, 0, 400),
    ("WLSMV, errors and indices", 60, 200_000, 0, 1_000),
)
QUICK = (("bootstrap with BCa intervals", 10, 100, 10, 500), ("WLSMV, errors and indices", 10, 200, 0, 400))


def memory_costs(works):
    """CPU seconds and the peak memory in MB of a new process before and after each piece of work."""
    rows = []
    for work, n_indicators, n, n_resamples, below in works:
        # A new process counts the peak of the one that starts it as its own: this comes before larger work.
        with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
            before, seconds, after = pool.submit(_cost, work, n_indicators, n, n_resamples).result()
        rows.append(
            {
                "work": work,
                "indicators": n_indicators,
                "cases": n,
                "resamples": n_resamples or "",
                "cpu_seconds": seconds,
                "before_mb": before,
                "peak_mb": after,
                "to_stay_below": below,
            }
        )
    return rows


def _cost(work, n_indicators, n, n_resamples):
    data = chain_data(n, n_indicators)
    with threadpool_limits(1):
        if n_resamples:
            fit = el.sem(chain(n_indicators), data)
            before, start = peak(), time.process_time()
            draws = fit.bootstrap(n_resamples, seed=1)
            if "BCa" in work:
                draws.ci("bca")
        else:
            for name in data:
                data[name] = np.searchsorted([-1.2, -0.4, 0.4, 1.2], data[name].to_numpy()).astype(np.int8)
            fit = el.sem(measurement(n_indicators // 5), data, ordered=True)
            before, start = peak(), time.process_time()
            fit.tidy()
            fit.fit_measures()
    return before, time.process_time() - start, peak()
