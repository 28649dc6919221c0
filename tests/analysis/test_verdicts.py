from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest

from emolabor.analysis.verdicts import judge, product_terms, verdicts
from emolabor.common.errors import EmolaborError
from emolabor.instrument import load_instrument
from emolabor.sem import sem
from emolabor.simulation import draw_staff, load_population, truth
from emolabor.theory import full_model, load_claims, moderated_model

pytestmark = pytest.mark.slow


@dataclass
class StubFit:
    """The two things that verdicts read, with rows (lhs, op, rhs, est, ci_lower, ci_upper)."""

    rows: tuple
    admissible: bool = True

    def standardized(self):
        return pd.DataFrame(self.rows, columns=["lhs", "op", "rhs", "est", "ci_lower", "ci_upper"])


def claims(*ids):
    return [claim for claim in load_claims() if claim.id in ids]


@pytest.mark.parametrize(
    ("est", "lower", "upper", "verdict"),
    [
        (0.20, 0.10, 0.30, "supported"),
        (0.05, 0.01, 0.09, "supported"),
        (0.10, 0.00, 0.20, "undecided"),  # the interval touches 0
        (0.04, 0.01, 0.07, "undecided"),  # beyond 0, but smaller than what matters
        (0.03, 0.01, 0.049, "contradicted"),  # beyond 0, and what matters is ruled out
        (0.00, -0.04, 0.04, "contradicted"),  # negligible
        (-0.20, -0.30, -0.10, "contradicted"),  # the other way
        (-0.02, -0.10, 0.06, "undecided"),
        (np.nan, np.nan, np.nan, "undecided"),
    ],
)
def test_the_rule_in_both_directions(est, lower, upper, verdict):
    assert judge(est, lower, upper, 1, 0.05) == verdict
    assert judge(-est, -upper, -lower, -1, 0.05) == verdict


def test_the_rule_with_no_smallest_effect():
    assert judge(0.01, 0.001, 0.02, 1, 0.0) == "supported"
    assert judge(-0.01, -0.02, -0.001, 1, 0.0) == "contradicted"
    assert judge(0.01, -0.01, 0.03, 1, 0.0) == "undecided"


def test_supported_and_contradicted_exclude_each_other():
    for est in np.linspace(-0.3, 0.3, 61):
        for half in (0.001, 0.05, 0.2):
            both = {judge(est, est - half, est + half, direction, 0.05) for direction in (1, -1)}
            assert both != {"supported"}


def test_a_direct_path_is_read_from_its_regression():
    fit = StubFit((("exhaustion", "~", "surface_acting", 0.4, 0.3, 0.5),))
    row = verdicts(fit, claims("C02")).loc["C02 surface_acting>exhaustion"]
    assert (row["est"], row["ci_lower"], row["ci_upper"]) == (0.4, 0.3, 0.5)
    assert (row["section"], row["expected"], row["verdict"]) == ("abstract", "+", "supported")


def test_an_indirect_path_is_read_from_its_defined_parameter():
    name = "surface_acting__exhaustion__proactive_service"
    table = verdicts(StubFit(((name, ":=", "a*b", -0.08, -0.12, -0.04),)), claims("C03"))
    assert table.loc["C03 surface_acting>exhaustion>proactive_service", "ci_upper"] == -0.04
    assert table["verdict"].tolist() == ["not estimated", "supported"]


PRODUCT = "deep_acting*exhaustion>service_quality"


def product(est, lower, upper, admissible=True):
    columns = ["est", "ci_lower", "ci_upper", "admissible"]
    return pd.DataFrame([(est, lower, upper, admissible)], index=[PRODUCT], columns=columns)


def test_without_products_moderation_is_not_estimated_even_though_its_first_order_terms_are():
    fit = StubFit((("service_quality", "~", "deep_acting", 0.3, 0.2, 0.4),))
    row = verdicts(fit, claims("C08")).loc[f"C08 {PRODUCT}"]
    assert row["verdict"] == "not estimated" and np.isnan(row["est"])


@pytest.mark.parametrize(
    ("numbers", "verdict"),
    [
        ((0.10, 0.02, 0.18), "supported"),
        ((0.01, -0.02, 0.04), "contradicted"),
        ((0.06, -0.02, 0.14), "undecided"),
        ((0.10, 0.02, 0.18, False), "undecided"),
    ],
)
def test_moderation_is_read_from_its_product(numbers, verdict):
    row = verdicts(StubFit(()), claims("C08"), products=product(*numbers)).loc[f"C08 {PRODUCT}"]
    assert (row["est"], row["verdict"]) == (numbers[0], verdict)


def test_what_cannot_be_tested_has_one_row():
    table = verdicts(StubFit(()), claims("C07", "C10", "C25", "C23", "C17"))
    assert list(table.index) == ["C07", "C10", "C25", "C23", "C17"]
    assert set(table["verdict"]) == {"not testable"}


def test_an_unsound_fit_decides_nothing():
    rows = (("exhaustion", "~", "surface_acting", 0.4, 0.3, 0.5),)
    assert verdicts(StubFit(rows), claims("C02"))["verdict"].tolist() == ["supported"]
    assert verdicts(StubFit(rows, admissible=False), claims("C02"))["verdict"].tolist() == ["undecided"]


@pytest.mark.parametrize("smallest_effect", [-0.1, 1, float("nan")])
def test_a_smallest_effect_out_of_range_is_refused(smallest_effect):
    with pytest.raises(EmolaborError, match=r"smallest_effect: found .*allowed: from 0"):
        verdicts(StubFit(()), claims("C02"), smallest_effect)


@pytest.fixture(scope="module")
def staff():
    """A large draw without its careless respondents, reverse-worded items turned."""
    instrument = load_instrument("window_staff")
    data, careless = draw_staff(load_population(), instrument, 3000, seed=2)
    return data[~careless].assign(**{key: 6 - data[key] for key in sorted(instrument.reversed_items)})


@pytest.fixture(scope="module")
def products(staff):
    moderated = moderated_model(load_instrument("window_staff").dimensions(), load_claims(), staff)
    return product_terms(sem(moderated.model, moderated.data, estimator="MLR"), moderated.interactions)


@pytest.fixture(scope="module")
def table(staff, products):
    fit = sem(full_model(load_instrument("window_staff").dimensions(), load_claims()), staff, estimator="MLR")
    return verdicts(fit, load_claims(), products=products)


def test_every_claim_gets_its_verdict_on_the_simulated_staff(table):
    """The truth is known: what is large must be found, and no claim may get a verdict against the truth."""
    everything = load_claims()
    assert table.index.is_unique
    assert len(table) == sum(max(1, len(claim.paths)) for claim in everything)
    assert set(table.loc[table["est"].isna(), "verdict"]) == {"not testable"}
    true = truth(load_population())["std_all"]
    for claim in everything:
        for path in (path for path in claim.paths if path.kind == "path"):
            value = true.get(f"{path.to}~{path.source}", 0.0) * (1 if path.sign == "+" else -1)
            verdict = table.loc[f"{claim.id} {path.key}", "verdict"]
            if value >= 0.20:
                assert verdict == "supported", path.key
            assert verdict != ("contradicted" if value > 0.05 else "supported" if value < 0 else None), path.key


def test_products_find_the_interactions_of_the_population(products):
    interactions = load_population().interactions
    true = {f"{row['from']}*{row['moderator']}>{row['to']}": row["value"] for row in interactions.to_dict("records")}
    assert set(products.index) == set(true)
    for key, row in products.iterrows():
        assert abs(row["est"] - true[key]) < 3 * row["se"], key  # missed once in 370 draws
        assert row["z"] * np.sign(true[key]) > 2, key
