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
    """The two things that verdicts read, with rows (lhs, op, rhs, est, ci_lower, ci_upper) and perhaps p values."""

    rows: tuple
    admissible: bool = True
    pvalues: tuple = ()

    def standardized(self):
        table = pd.DataFrame(self.rows, columns=["lhs", "op", "rhs", "est", "ci_lower", "ci_upper"])
        return table.assign(pvalue=self.pvalues or 0.01)


def claims(*ids):
    return [claim for claim in load_claims() if claim.id in ids]


SMALLEST = {"direct": 0.10, "indirect": 0.01, "product": 0.05}


@pytest.mark.parametrize(
    ("lower", "upper", "verdict"),
    [
        (0.12, 0.30, "at_least"),
        (0.05, 0.12, "open"),  # beyond 0, but what matters is neither reached nor ruled out
        (-0.10, 0.30, "open"),
        (0.10, 0.20, "open"),  # the interval touches the smallest association
        (0.02, 0.10, "open"),
        (0.01, 0.09, "below"),  # beyond 0, and what matters is ruled out
        (-0.04, 0.04, "below"),  # negligible
        (-0.30, -0.12, "below"),  # the other way
        (np.nan, np.nan, "open"),
    ],
)
def test_the_rule_in_both_directions(lower, upper, verdict):
    assert judge(lower, upper, 1, 0.10) == verdict
    assert judge(-upper, -lower, -1, 0.10) == verdict


def test_the_rule_with_no_smallest_association_asks_for_the_sign():
    assert judge(0.001, 0.02, 1, 0.0) == "at_least"
    assert judge(-0.02, -0.001, 1, 0.0) == "below"
    assert judge(-0.01, 0.03, 1, 0.0) == "open"


def test_the_rule_is_symmetric_around_the_smallest_association():
    """What lies as far beyond it as something else falls short of it is judged as surely."""
    opposite = {"at_least": "below", "below": "at_least", "open": "open"}
    for middle in np.linspace(-0.3, 0.3, 61):
        for half in (0.001, 0.05, 0.2):
            near, far = middle - half, middle + half
            assert opposite[judge(near, far, 1, 0.10)] == judge(0.2 - far, 0.2 - near, 1, 0.10)


def test_a_direct_path_is_read_from_its_regression():
    fit = StubFit((("exhaustion", "~", "surface_acting", 0.4, 0.3, 0.5),))
    row = verdicts(fit, claims("C02")).loc["C02 surface_acting>exhaustion"]
    assert (row["est"], row["ci_lower"], row["ci_upper"]) == (0.4, 0.3, 0.5)
    assert (row["section"], row["expected"], row["verdict"]) == ("abstract", "+", "at_least")


def test_an_indirect_path_is_read_from_its_defined_parameter():
    name = "surface_acting__exhaustion__proactive_service"
    table = verdicts(StubFit(((name, ":=", "a*b", -0.08, -0.12, -0.04),)), claims("C03"))
    assert table.loc["C03 surface_acting>exhaustion>proactive_service", "ci_upper"] == -0.04
    assert table["verdict"].tolist() == ["not_estimated", "at_least"]


PRODUCT = "deep_acting*exhaustion>service_quality"


def product(est, lower, upper, admissible=True):
    columns = ["est", "ci_lower", "ci_upper", "pvalue", "admissible"]
    return pd.DataFrame([(est, lower, upper, 0.01, admissible)], index=[PRODUCT], columns=columns)


def test_without_products_moderation_is_not_estimated_even_though_its_first_order_terms_are():
    fit = StubFit((("service_quality", "~", "deep_acting", 0.3, 0.2, 0.4),))
    row = verdicts(fit, claims("C08")).loc[f"C08 {PRODUCT}"]
    assert row["verdict"] == "not_estimated" and np.isnan(row["est"])


@pytest.mark.parametrize(
    ("numbers", "verdict"),
    [
        ((0.14, 0.06, 0.22), "at_least"),
        ((0.01, -0.02, 0.04), "below"),
        ((0.06, -0.02, 0.14), "open"),
        ((0.14, 0.06, 0.22, False), "open"),
    ],
)
def test_moderation_is_read_from_its_product(numbers, verdict):
    row = verdicts(StubFit(()), claims("C08"), products=product(*numbers)).loc[f"C08 {PRODUCT}"]
    assert (row["est"], row["verdict"]) == (numbers[0], verdict)


def test_what_cannot_be_tested_has_one_row():
    table = verdicts(StubFit(()), claims("C07", "C10", "C25", "C23", "C17"))
    assert list(table.index) == ["C07", "C10", "C25", "C23", "C17"]
    assert set(table["verdict"]) == {"not_testable"}


def test_an_unsound_fit_decides_nothing():
    rows = (("exhaustion", "~", "surface_acting", 0.4, 0.3, 0.5),)
    assert verdicts(StubFit(rows), claims("C02"))["verdict"].tolist() == ["at_least"]
    assert verdicts(StubFit(rows, admissible=False), claims("C02"))["verdict"].tolist() == ["open"]


def test_each_kind_of_path_has_its_own_smallest_association():
    way = "surface_acting__exhaustion__proactive_service"
    rows = (("proactive_service", "~", "exhaustion", -0.1, -0.14, -0.05), (way, ":=", "a*b", -0.1, -0.14, -0.05))
    found = verdicts(StubFit(rows), claims("C03"))
    assert found["verdict"].tolist() == ["open", "at_least"] and found["smallest"].tolist() == [0.10, 0.01]
    found = verdicts(StubFit(rows), claims("C03"), SMALLEST | {"direct": 0.01, "indirect": 0.10})
    assert found["verdict"].tolist() == ["at_least", "open"]


def test_p_values_are_adjusted_over_the_paths_each_counted_once():
    """C09 and C19 claim one and the same path: it is one test, and both tell the same."""
    rows = (
        ("collegial_exchange", "~", "deep_acting", 0.3, 0.2, 0.4),
        ("belonging", "~", "collegial_exchange", 0.3, 0.2, 0.4),
        ("accomplishment", "~", "collegial_exchange", 0.1, 0.0, 0.2),
    )
    found = verdicts(StubFit(rows, pvalues=(0.01, 0.02, 0.04)), claims("C09", "C19"))["pvalue_adjusted"]
    # Benjamini & Hochberg with three tests, by hand: 3/1 * .01, 3/2 * .02, 3/3 * .04, none above the next.
    assert found["C09 deep_acting>collegial_exchange"] == pytest.approx(0.03)
    assert found["C09 collegial_exchange>belonging"] == pytest.approx(0.03) == found["C19 collegial_exchange>belonging"]
    assert found["C09 collegial_exchange>accomplishment"] == pytest.approx(0.04)
    assert found.drop([key for key in found.index if found[key] < 1]).isna().all()


@pytest.mark.parametrize(
    "smallest", [SMALLEST | {"direct": -0.1}, SMALLEST | {"product": 1}, SMALLEST | {"indirect": float("nan")}]
)
def test_a_smallest_association_out_of_range_is_refused(smallest):
    with pytest.raises(
        EmolaborError, match=r"smallest: (direct|product|indirect): found .*allowed: a number of at least 0"
    ):
        verdicts(StubFit(()), claims("C02"), smallest)


@pytest.mark.parametrize("smallest", [0.05, {"direct": 0.1}, SMALLEST | {"total": 0.1}])
def test_a_smallest_association_is_asked_for_each_kind_of_path(smallest):
    with pytest.raises(
        EmolaborError, match=r"smallest: found .*; allowed: a number for each of direct, indirect, product"
    ):
        verdicts(StubFit(()), claims("C02"), smallest)


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
    assert set(table.loc[table["est"].isna(), "verdict"]) == {"not_testable"}
    true = truth(load_population())["std_all"]
    for claim in everything:
        for path in (path for path in claim.paths if path.kind == "path"):
            value = true.get(f"{path.to}~{path.source}", 0.0) * (1 if path.sign == "+" else -1)
            verdict = table.loc[f"{claim.id} {path.key}", "verdict"]
            if value >= 0.30:
                assert verdict == "at_least", path.key
            assert verdict != ("below" if value > 0.10 else "at_least" if value < 0.10 else None), path.key


def test_products_find_the_interactions_of_the_population(products):
    interactions = load_population().interactions
    true = {f"{row['from']}*{row['moderator']}>{row['to']}": row["value"] for row in interactions.to_dict("records")}
    assert set(products.index) == set(true)
    for key, row in products.iterrows():
        assert abs(row["est"] - true[key]) < 3 * row["se"], key  # missed once in 370 draws
        assert row["z"] * np.sign(true[key]) > 2, key
