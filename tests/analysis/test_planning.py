"""A fitted model as a population: the moments come back, exchanged paths are what the population holds."""

import numpy as np
import pandas as pd
import pytest

import emolabor as el
from emolabor.analysis import smallest_steps, standardized_population
from emolabor.analysis.population import population_moments
from emolabor.common.errors import EmolaborError

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def claims():
    return [claim for claim in el.load_claims() if claim.kind == "indirect"]


@pytest.fixture(scope="module")
def fit(claims):
    instrument = el.load_instrument("window_staff")
    answers = el.scored_items(el.simulate_staff(900, seed=3), instrument).dropna()
    return el.sem(el.full_model(instrument.dimensions(), claims), answers)


def test_the_population_has_the_correlations_that_the_fit_implies(fit):
    cov, _ = population_moments(standardized_population(fit))
    implied = fit.implied_cov()
    sds = np.sqrt(np.diag(implied))
    expected = implied / np.outer(sds, sds)
    # Ten digits of each value are written.
    np.testing.assert_allclose(cov.loc[expected.index, expected.columns], expected, atol=1e-8)


def test_each_way_is_just_worth_finding_and_has_the_claimed_sign(fit, claims):
    text = standardized_population(fit, smallest_steps(claims, 0.05))
    cov, _ = population_moments(text)
    refit = el.sem(el.full_model(el.load_instrument("window_staff").dimensions(), claims), sample_cov=cov, n_obs=10_000)
    tidy = refit.tidy().query("op == ':='").set_index("lhs")["std_all"]
    signs = {path.parameter: path.sign for claim in claims for path in claim.paths if path.via}
    assert tidy.to_dict() == pytest.approx({name: float(f"{sign}0.05") for name, sign in signs.items()}, abs=1e-6)


def test_a_path_that_the_model_does_not_hold_is_refused(fit):
    with pytest.raises(EmolaborError, match="found a~b; allowed"):
        standardized_population(fit, {"a~b": 0.1})


def test_standardized_values_do_not_depend_on_units():
    cov = pd.DataFrame([[4, 1.0], [1.0, 1]], index=["y", "x"], columns=["y", "x"])
    assert standardized_population(el.sem("y ~ x", sample_cov=cov, n_obs=50)) == "y ~ 0.5*x"
