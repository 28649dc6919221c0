"""Effects: sums of products of coefficients, found without the user writing them down."""

import pytest
from lavaan_reference import public_data

from emolabor.common.errors import EmolaborError
from emolabor.sem import sem

MODEL = """
x4 ~ a*x1 + x2
x5 ~ b*x4 + c*x1
x6 ~ d*x5 + e*x4
short := a*e
long := a*b*d
way := c*d
all := a*e + a*b*d + c*d
"""


@pytest.fixture(scope="module")
def fit():
    return sem(MODEL, public_data("holzinger"))


def test_effects_equal_the_same_sums_written_as_defined_parameters(fit):
    """The delta method's derivatives are exact for `:=` and central differences for effects: equal to 1e-8."""
    defined = fit.tidy().query("op == ':='").set_index("lhs")
    effects = fit.effects().query("source == 'x1' and target == 'x6'")
    specific = effects[effects.kind == "specific"].set_index("via")
    for via, name in (("x4", "short"), ("x4 -> x5", "long"), ("x5", "way")):
        for column in ("est", "se", "std_lv", "std_all"):
            assert specific[column][via] == pytest.approx(defined[column][name], rel=1e-7)
    total = effects[effects.kind == "total"].iloc[0]
    assert (total.est, total.se) == pytest.approx((defined.est["all"], defined.se["all"]), rel=1e-7)
    assert total.est == pytest.approx(effects[effects.kind == "indirect"].est.iloc[0])


def test_kinds_add_up_for_every_pair(fit):
    wide = fit.effects().pivot_table(index=["source", "target"], columns="kind", values="est", aggfunc="sum")
    wide = wide.fillna(0)
    assert (wide.direct + wide.indirect).to_numpy() == pytest.approx(wide.total.to_numpy())
    assert wide.specific.to_numpy() == pytest.approx(wide.indirect.to_numpy())


def test_exogenous_sources_come_first(fit):
    assert list(dict.fromkeys(fit.effects().source)) == ["x1", "x2", "x4", "x5"]


def test_groups_have_effects_of_their_own():
    fit = sem("x5 ~ x4; x4 ~ x1", public_data("holzinger"), group="school")
    effects = fit.effects()
    assert sorted(set(effects.group)) == [1, 2]
    assert effects.groupby("group").size().nunique() == 1


def test_a_model_without_regressions_has_no_effects():
    assert sem("f =~ x1 + x2 + x3", public_data("holzinger")).effects().empty


def test_a_circle_is_refused():
    fit = sem("x4 ~ x5 + x1; x5 ~ x4 + x2", public_data("holzinger"))
    with pytest.raises(EmolaborError, match="run in a circle"):
        fit.effects()
