"""One model estimated on many covariance matrices together is the model estimated on each of them."""

import doctest
from importlib import import_module

import numpy as np
import pandas as pd
import pytest

import emolabor as el
from emolabor.common.errors import EmolaborError
from emolabor.sem import refit_many

NAMES = ["x1", "x2", "x3", "x4", "x5"]
MODEL = "f =~ x1 + x2 + x3 + x4 + x5"


@pytest.fixture(scope="module")
def covariances():
    rng = np.random.default_rng(4)
    factor = rng.normal(size=(6, 150, 1))
    answers = factor * rng.uniform(0.4, 1, (6, 1, 5)) + rng.normal(size=(6, 150, 5))
    return np.array([np.cov(sample.T) for sample in answers])


def fitted(cov, **options):
    return el.sem(MODEL, sample_cov=pd.DataFrame(cov, NAMES, NAMES), n_obs=150, **options)


def test_each_row_is_the_fit_of_its_matrix(covariances):
    table = refit_many(fitted(covariances[0], std_lv=True), covariances)
    for cov, row in zip(covariances, table.to_dict("records"), strict=True):
        fit = fitted(cov, std_lv=True)
        # The searches end within 1e-12 of the minimum, which is flat there: estimates agree to about 1e-6.
        assert row["chisq"] == pytest.approx(fit.fit_measures()["chisq"], abs=1e-8)
        free = fit.tidy().query("se > 0")
        for lhs, op, rhs, est in zip(free["lhs"], free["op"], free["rhs"], free["est"], strict=True):
            assert row[f"{lhs} {op} {rhs}"] == pytest.approx(est, abs=1e-5)


def test_what_would_be_another_model_is_refused(covariances):
    with pytest.raises(EmolaborError, match=r"fit: found groups, .* allowed: one group of numbers"):
        refit_many(fitted(covariances[0], mean_structure=True, sample_mean=pd.Series(0.0, NAMES)), covariances)
    with pytest.raises(EmolaborError, match=r"covariances: found the shape \(6, 4, 4\); allowed: \(any, 5, 5\)"):
        refit_many(fitted(covariances[0]), covariances[:, :4, :4])


def test_the_example_runs():
    assert doctest.testmod(import_module("emolabor.sem.inference.refit")).failed == 0
