"""Resampling and power run unchanged on a Dask cluster, through joblib's backend, and give identical numbers."""

import joblib
import numpy as np
import pandas as pd
import pytest
from distributed import Client, LocalCluster

import emolabor as el
from emolabor.simulation import simulate_staff

pytestmark = pytest.mark.slow

MODEL = "sa =~ 0.7*sa1 + 0.7*sa2 + 0.7*sa3\nex =~ 0.7*ex1 + 0.7*ex2 + 0.7*ex3\nex ~ 0.3*sa"
FREE = "sa =~ sa1 + sa2 + sa3\nex =~ ex1 + ex2 + ex3\nex ~ sa"


@pytest.fixture(scope="module")
def cluster():
    options = {"n_workers": 2, "threads_per_worker": 1, "processes": True, "dashboard_address": None}
    with LocalCluster(**options, host="127.0.0.1") as cluster, Client(cluster) as client:
        yield client


def test_the_cluster_has_two_worker_processes(cluster):
    import os

    assert len({os.getpid(), *cluster.run(os.getpid).values()}) == 3


def test_a_bootstrap_on_the_cluster_is_the_same(cluster):
    fit = el.sem(FREE, simulate_staff(300, seed=5))
    alone = fit.bootstrap(700, seed=1)
    with joblib.parallel_config(backend="dask"):
        spread = fit.bootstrap(700, seed=1, jobs=2)
    np.testing.assert_array_equal(spread.thetas, alone.thetas)


def test_a_power_analysis_on_the_cluster_is_the_same(cluster):
    options = {"population": MODEL, "n": [150, 300], "n_replications": 200, "seed": 1}
    alone = el.power(FREE, **options)
    with joblib.parallel_config(backend="dask"):
        spread = el.power(FREE, **options, jobs=2)
    pd.testing.assert_frame_equal(spread, alone)
