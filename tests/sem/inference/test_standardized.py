"""Standardized values and their errors against lavaan 0.6-14 (tests/r/standardized.R), and by simulation."""

import numpy as np
import pandas as pd
import pytest
from lavaan_cases import case_table, fitted
from lavaan_reference import parameters
from ordinal_data import ordinal_frame

from emolabor.common.errors import EmolaborError
from emolabor.sem import interaction, interaction_size, sem

CASES = case_table("standardized")
# Both programs differentiate numerically: ours by central differences of step 1e-6, good to about 1e-9.
TOLERANCE = 1e-7


def compare(fit, name, tolerance):
    expected = parameters("standardized", name)
    table = fit.standardized()
    keys = ["lhs", "op", "rhs", "group"]
    table = table.merge(expected, on=keys, suffixes=("", "_lavaan"), how="inner")
    assert len(table) == len(expected)
    for column in ("est", "se", "ci_lower", "ci_upper"):
        gap = (table[column] - table[f"{column}_lavaan"]).abs()
        assert gap.max() < tolerance, (column, table.loc[gap.idxmax(), keys].tolist(), gap.max())


@pytest.mark.parametrize("name", CASES)
def test_standardized_values_and_errors_equal_lavaan(name):
    compare(fitted("standardized", name), name, TOLERANCE)


def test_so_do_those_of_ordered_answers():
    fit = sem(CASES["mediation"]["model"], ordinal_frame("four"), ordered=[f"x{i}" for i in range(1, 10)])
    # lavaan leaves 1e-7 in its polychoric correlations, see test_ordinal.py.
    compare(fit, "wlsmv", 2 * TOLERANCE)


def drawn(rng, n=400):
    """Latent x and w with correlation .3, y = .4 x + .3 w + .2 x w + error, three indicators each; sd(x) is 2."""
    x = rng.standard_normal(n)
    w = 0.3 * x + np.sqrt(1 - 0.3**2) * rng.standard_normal(n)
    y = 0.4 * x + 0.3 * w + 0.2 * (x * w - 0.3)
    y = y + np.sqrt(1 - TRUE_R2) * rng.standard_normal(n)
    latent = {"x": 2 * x, "w": w, "y": y}
    return pd.DataFrame(
        {f"{name}{i}": own + 0.5 * rng.standard_normal(n) for name, own in latent.items() for i in (1, 2, 3)}
    )


TRUE_R2 = 0.4**2 + 0.3**2 + 2 * 0.4 * 0.3 * 0.3 + 0.2**2 * (1 + 0.3**2)  # the product has variance 1 + r^2
TEXT = "X =~ x1 + x2 + x3\nW =~ w1 + w2 + w3\nY =~ y1 + y2 + y3\nY ~ X + W"


@pytest.fixture(scope="module")
def sizes():
    """Estimates, errors and intervals of 200 studies."""
    found = []
    for part in np.random.SeedSequence(3).spawn(200):
        prepared = interaction(TEXT, drawn(np.random.default_rng(part)), "X", "W", "Y")
        found.append(interaction_size(sem(prepared.model, prepared.data, estimator="MLR"), prepared))
    return pd.DataFrame(found)


def test_the_size_of_an_interaction_is_that_of_standardized_variables(sizes):
    # Y has variance 1, so the truth is .2; three standard errors of the mean of 200 studies.
    assert sizes.est.mean() == pytest.approx(0.2, abs=3 * sizes.est.std() / np.sqrt(200))


def test_its_error_is_that_over_repeated_studies(sizes):
    # The standard deviation of 200 estimates has a relative error of 5 %; robust errors lag a little with 400 cases.
    assert sizes.se.mean() == pytest.approx(sizes.est.std(), rel=0.15)
    covered = ((sizes.ci_lower < 0.2) & (sizes.ci_upper > 0.2)).mean()
    assert 0.90 < covered < 0.985


def test_it_is_not_what_dividing_by_the_product_s_own_deviation_gives():
    prepared = interaction(TEXT, drawn(np.random.default_rng(1), 20000), "X", "W", "Y")
    fit = sem(prepared.model, prepared.data)
    std_all = fit.tidy().set_index(["lhs", "op", "rhs"]).std_all["Y", "~", prepared.term]
    assert std_all == pytest.approx(0.2 * np.sqrt(1 + 0.3**2), abs=0.02)
    assert std_all / interaction_size(fit, prepared).est == pytest.approx(np.sqrt(1 + 0.3**2), abs=0.02)


def test_a_fit_without_the_product_is_refused():
    prepared = interaction(TEXT, drawn(np.random.default_rng(1)), "X", "W", "Y")
    with pytest.raises(EmolaborError, match="the fit has no 'Y ~ X_x_W'"):
        interaction_size(sem(TEXT, prepared.data), prepared)
