"""Holes that leave little information: likelihood, slope and moments against the rows, one by one."""

import numpy as np
import pytest
from scipy.stats import multivariate_normal

import emolabor as el
from emolabor.sem.implied.ram import implied_moments
from emolabor.sem.observed import completion, missing, samples
from emolabor.sem.observed.completion import completed_moments, sort_by_holes
from emolabor.simulation import simulate_staff

ITEMS = ["sa1", "sa2", "sa3", "ex1", "ex2", "ex3"]
MODEL = "sa =~ sa1 + sa2 + sa3; ex =~ ex1 + ex2 + ex3; ex ~ sa"


def left_out(kind):
    data = simulate_staff(400, seed=3)[ITEMS].astype(float).dropna().reset_index(drop=True)
    n = len(data)
    if kind == "an item missing for sixty of a hundred":
        data.loc[: int(0.6 * n), "sa1"] = np.nan
    elif kind == "patterns with one answer":
        for place in range(60):
            data.loc[place, [name for name in ITEMS if name != ITEMS[place % 6]]] = np.nan
    elif kind == "every row has holes":
        for place in range(n):
            data.loc[place, ITEMS[place % 6]] = np.nan
    else:  # two halves that share few rows
        data.loc[: n // 2 - 20, ITEMS[:2]] = np.nan
        data.loc[n // 2 + 20 :, ITEMS[3:5]] = np.nan
    return data


KINDS = (
    "an item missing for sixty of a hundred",
    "patterns with one answer",
    "every row has holes",
    "two halves that share few rows",
)


def row_by_row(data, mean, cov):
    total = 0.0
    for row in data.to_numpy():
        seen = ~np.isnan(row)
        total += multivariate_normal.logpdf(row[seen], mean[seen], cov[np.ix_(seen, seen)])
    return total


@pytest.mark.parametrize("kind", KINDS)
def test_the_likelihood_is_that_of_the_rows_and_highest_at_the_estimates(kind):
    """Central differences row by row: a slope of 1e-6 in units of a standard error is what rounding leaves of zero."""
    data = left_out(kind)
    fit = el.sem(MODEL, data, missing="fiml")
    structure, sample, theta = fit.model.structures[0], fit.model.samples[0], fit.estimate.theta
    errors = np.sqrt(np.diag(fit.vcov()))

    def likelihood(at):
        implied = implied_moments(structure, at)
        return row_by_row(data, implied.mu, implied.sigma)

    measures = fit.fit_measures()
    assert measures["logl"] == pytest.approx(likelihood(theta), abs=1e-7)
    assert measures["unrestricted_logl"] == pytest.approx(row_by_row(data, sample.mean, sample.cov), abs=1e-7)
    for k in range(len(theta)):
        step = 1e-3 * errors * (np.arange(len(theta)) == k)
        assert abs(likelihood(theta + step) - likelihood(theta - step)) / 2e-3 < 1e-5


@pytest.mark.parametrize("kind", KINDS)
def test_no_pattern_is_lost_when_blocks_are_short(kind, monkeypatch):
    """Sums in another order agree to rounding: 1e-9 of a standard error."""
    data = left_out(kind)
    whole = el.sem(MODEL, data, missing="fiml", estimator="MLR")
    expected = whole.tidy()["se"], whole.fit_measures()
    monkeypatch.setattr(completion, "ROWS", 7)
    monkeypatch.setattr(samples, "NUMBERS", 500)
    monkeypatch.setattr(missing, "STACK", 100)
    short = el.sem(MODEL, data, missing="fiml", estimator="MLR")
    errors = np.sqrt(np.diag(whole.vcov()))
    assert np.max(np.abs(short.estimate.theta - whole.estimate.theta) / errors) < 1e-9
    np.testing.assert_allclose(short.tidy()["se"], expected[0], rtol=1e-8)
    np.testing.assert_allclose(short.fit_measures(), expected[1], rtol=1e-7, atol=1e-9)


@pytest.mark.parametrize("steps", range(3, 40))
def test_moments_that_end_early_have_their_own_discrepancy(steps, monkeypatch):
    """Whichever step is the last one, a mixture that overshot or not, what is returned belongs together."""
    rows = sort_by_holes(left_out("two halves that share few rows").to_numpy())
    monkeypatch.setattr(missing, "EM_STEPS", steps)
    monkeypatch.setattr(missing, "EM_ACCEPTED", np.inf)
    mean, cov, half = missing.saturated_moments(rows)
    assert half == completed_moments(rows, cov, mean)[0]
