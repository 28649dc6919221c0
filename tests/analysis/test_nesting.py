"""Nesting: slopes within and between groups against least squares, and standard errors that clusters widen."""

import numpy as np
import pandas as pd
import pytest

import emolabor as el
from emolabor.analysis import cluster_comparison, within_between
from emolabor.common.errors import EmolaborError

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def nested():
    rng = np.random.default_rng(4)
    data = pd.DataFrame({"centre": np.repeat(np.arange(40), 25)})
    level, shock = rng.standard_normal((2, 40))
    data["x"] = level[data["centre"]] + rng.standard_normal(1000)
    data["y"] = 0.3 * data["x"] + 0.5 * level[data["centre"]] + shock[data["centre"]] + rng.standard_normal(1000)
    return data


def test_slopes_are_those_of_least_squares(nested):
    table = within_between(nested, "y", "x", "centre")
    mean = nested.groupby("centre")["x"].transform("mean")
    design = np.column_stack([np.ones(1000), nested["x"] - mean, mean])
    bread = np.linalg.inv(design.T @ design)
    slopes = bread @ design.T @ nested["y"]
    residual = nested["y"].to_numpy() - design @ slopes
    # Liang and Zeger's sandwich over centres, with the G / (G - 1) that lavaan and we use.
    scores = pd.DataFrame(design * residual[:, None]).groupby(nested["centre"]).sum().to_numpy()
    cov = bread @ (scores.T @ scores) @ bread * 40 / 39
    # The estimator stops when its gradient is below 1e-9 or so: six digits.
    assert table["est"].tolist() == pytest.approx([*slopes[1:], slopes[2] - slopes[1]], rel=1e-6)
    errors = [*np.sqrt(np.diag(cov)[1:]), np.sqrt(cov[1, 1] + cov[2, 2] - 2 * cov[1, 2])]
    assert table["se"].tolist() == pytest.approx(errors, rel=1e-5)


def test_a_predictor_shared_in_a_centre_has_wider_errors(nested):
    data = nested.assign(shared=nested.groupby("centre")["x"].transform("mean"))
    fits = [el.sem("y ~ shared", data, estimator="MLR", cluster=cluster) for cluster in (None, "centre")]
    assert cluster_comparison(*fits)["ratio"].item() > 2


def test_other_respondents_are_refused(nested):
    fit = el.sem("y ~ x", nested, estimator="MLR")
    other = el.sem("y ~ x", nested[:500], estimator="MLR", cluster="centre")
    with pytest.raises(EmolaborError, match="clustered: found other estimates"):
        cluster_comparison(fit, other)


def test_columns_and_groups_are_asked_for(nested):
    with pytest.raises(EmolaborError, match="found no column team"):
        within_between(nested, "y", "x", "team")
    with pytest.raises(EmolaborError, match="found 2 groups"):
        within_between(nested[:50], "y", "x", "centre")
