"""The tables about one management factor.

Tolerance 1e-10: the same arithmetic done twice.
"""

import numpy as np
import pytest
from scipy import stats

import emolabor as el
from emolabor.common.errors import EmolaborError
from emolabor.sem import sem
from emolabor.study import FactorReport, open_study

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    path = tmp_path_factory.mktemp("data") / "simulated.csv"
    el.simulate_staff(700, seed=6).to_csv(path, index=False)
    return open_study(path)


@pytest.fixture(scope="module")
def draws(study):
    return sem(study.model, study.answers).monte_carlo(200, seed=1)


FACTORS = [
    "institutional_clarity",
    "staffing_stability",
    "divided_authority",
    "reward_say",
    "unit_guidance",
    "marginalisation",
    "training_access",
    "after_hours_training",
    "window_unlikeness",
]


@pytest.mark.parametrize("factor", FACTORS)
def test_every_factor_has_a_whole_report(study, draws, factor):
    report = FactorReport(study, factor)
    assert report.sheet().loc[factor, "definition_zh"]
    assert report.associations(draws).index.tolist() == [f"{outcome}~{factor}" for outcome in report.outcomes]
    ways = report.ways(draws)
    assert all(name.startswith(f"{factor}>") for name in ways.index)
    assert {name.split(">")[-1] for name in ways.index} >= set(report.outcomes)
    assert (ways["std_lower"] < ways["std"]).all()


def test_the_ways_to_an_outcome_add_up_to_its_total(study, draws):
    report = FactorReport(study, "marginalisation")
    ways = report.ways(draws)
    to_service = ways[ways.index.str.endswith(">proactive_service")]
    assert len(to_service) == 4
    total = report.associations(draws).loc["proactive_service~marginalisation", "total"]
    assert to_service["std"].sum() == pytest.approx(total, abs=1e-10)


def test_the_claims_are_those_in_which_it_does_something(study):
    assert [claim.id for claim in FactorReport(study, "unit_guidance").claims] == ["C18"]
    assert FactorReport(study, "unit_guidance").outcomes == ["service_quality", "repeat_visits"]
    assert [claim.id for claim in FactorReport(study, "passive_attitude").claims] == ["C13", "C24"]


def test_shares_are_of_those_who_answered_as_they_answered(study):
    shares = FactorReport(study, "institutional_clarity").answer_shares()
    data = study.kept.data
    codes = [f"share_{code}" for code in range(1, 6)]
    np.testing.assert_allclose(shares[codes].sum(axis=1), 1)
    assert shares.loc["ic4", "reverse"]
    assert shares.loc["ic4", "mean"] == pytest.approx(data["ic4"].mean(), abs=1e-10)
    assert (shares.n + shares.missing == len(data)).all()


def test_group_means_are_those_of_student_s_t(study):
    means = FactorReport(study, "unit_guidance").group_means(["dispatch_type", "tenure_band", "office"])
    scores = el.score(study.kept)["unit_guidance"]
    own = scores[study.kept.data["tenure_band"] == 2].dropna()
    row = means.loc["tenure_band=2"]
    assert [row["mean"], row["sd"]] == pytest.approx([own.mean(), own.std()], abs=0.025)  # steps of 0.05 at most
    interval = stats.t.interval(0.95, len(own) - 1, row["mean"], row["sd"] / len(own) ** 0.5)
    assert [row.ci_lower, row.ci_upper] == pytest.approx(interval, abs=1e-10)
    assert not [name for name in means.index if name.startswith("office")]


def test_groups_under_five_are_not_tabulated(study):
    small = FactorReport(study, "unit_guidance")
    data = small.study.staff.data
    before = data["dispatch_type"].copy()
    try:
        data.loc[data.index[:4], "dispatch_type"] = "lent"
        assert "dispatch_type=lent" not in small.group_means(["dispatch_type"]).index
    finally:
        data["dispatch_type"] = before


def test_a_factor_that_no_claim_names_is_refused(study):
    with pytest.raises(
        EmolaborError, match="factor: no claim names 'pay'; allowed: accomplishment, after_hours_training"
    ):
        FactorReport(study, "pay")


def test_a_column_language_is_kept_as_background(tmp_path):
    staff = el.simulate_staff(60, seed=2)
    staff["language"] = ["zh", "en"] * 30
    staff.to_csv(tmp_path / "two.csv", index=False)
    study = open_study(tmp_path / "two.csv")
    assert set(study.answers["language"]) == {"zh", "en"}
    assert study.instrument.background_names("en")["language"] == "Language of the answers"
