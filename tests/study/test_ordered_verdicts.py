from types import SimpleNamespace

import pytest

from emolabor.instrument import load_instrument
from emolabor.responses import scored_items
from emolabor.simulation import simulate_staff
from emolabor.study import load_design, wlsmv_verdicts
from emolabor.study.table_study import open_table
from emolabor.theory import full_model, measured_claims

IDS = ("C02", "C03", "C07", "C08")
NAMES = ("surface_acting", "exhaustion", "proactive_service", "deep_acting", "service_quality")
DIRECT = "C02 surface_acting>exhaustion"


@pytest.fixture(scope="module")
def answers():
    return scored_items(simulate_staff(600, seed=1), load_instrument("window_staff"))


def study(answers, names=NAMES):
    dimensions = {name: load_instrument("window_staff").dimensions()[name] for name in names}
    claims = measured_claims([claim for claim in load_design().claims if claim.id in IDS], dimensions)
    instrument = SimpleNamespace(dimensions=lambda: dimensions)
    model = full_model(dimensions, claims)
    return SimpleNamespace(answers=answers, claims=claims, instrument=instrument, model=model, design=load_design())


def test_every_path_has_a_verdict_or_the_reason_why_not(answers):
    told = wlsmv_verdicts(study(answers))
    assert told[DIRECT] == "at_least"
    assert told["C07"] == "not_testable" and told["C08 deep_acting*exhaustion>service_quality"] == "no_products"
    assert told.notna().all() and told.index.is_unique


def test_a_construct_that_was_not_asked_is_told(answers):
    assert wlsmv_verdicts(study(answers, NAMES[:3]))["C08 deep_acting*exhaustion>service_quality"] == "not_measured"


def test_continuous_answers_are_told(answers):
    continuous = answers.assign(sa1=answers["sa1"] + answers.index / 1000)
    told = wlsmv_verdicts(study(continuous))
    assert told[DIRECT] == "continuous_answers" and told["C07"] == "not_testable"


def test_an_estimation_that_is_refused_is_told(answers):
    assert wlsmv_verdicts(study(answers.assign(sa1=1)))[DIRECT] == "no_solution"


def test_of_a_correlation_table_the_missing_answers_are_told(tmp_path):
    table = tmp_path / "table.csv"
    table.write_text("variable,n,surface_acting,exhaustion\nsurface_acting,300,1,0.4\nexhaustion,300,0.4,1\n")
    assert wlsmv_verdicts(open_table(table))[DIRECT] == "no_answers"
