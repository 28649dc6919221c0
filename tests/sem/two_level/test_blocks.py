"""Blocks of formulas: what they mean, and what is refused by name."""

import re

import numpy as np
import pandas as pd
import pytest
from lavaan_reference import R

import emolabor as el
from emolabor.common.errors import EmolaborError

DATA = pd.read_csv(R / "data" / "two_level.csv")
TEXT = "level: 1; dw =~ d1 + d2 + d3; level: 2; db =~ d1 + d2 + d3"
ONE = "dw =~ d1 + d2 + d3"


def moved(**columns):
    return DATA.assign(**columns)


def test_words_and_order_of_levels_do_not_matter():
    one = el.sem(TEXT, DATA, cluster="centre").tidy()
    text = "level: between\n db =~ d1 + d2 + d3\nLevel: within\n dw =~ d1 + d2\n + d3"
    other = el.sem(text, DATA.sample(frac=1, random_state=1), cluster="centre").tidy()
    pd.testing.assert_frame_equal(one, other, rtol=1e-7, atol=1e-9)


def test_group_blocks_are_the_groups_own_formulas():
    together = el.sem("dw =~ d1 + c(a1, a2)*d2 + d3", DATA, group="region")
    apart = el.sem("group: south\ndw =~ d1 + a2*d2 + d3\ngroup: north\ndw =~ d1 + a1*d2 + d3", DATA, group="region")
    numbered = el.sem("group: 1\ndw =~ d1 + a1*d2 + d3\ngroup: 2\ndw =~ d1 + a2*d2 + d3", DATA, group="region")
    for other in (apart, numbered):
        pd.testing.assert_frame_equal(together.tidy(), other.tidy())


def test_groups_may_have_models_of_their_own():
    text = "group: north; dw =~ d1 + d2 + d3 + d4; group: south; dw =~ d1 + d2 + d3; dw ~~ d4"
    fit = el.sem(text, DATA, group="region")
    alone = [
        el.sem(own, DATA[DATA.region == region], mean_structure=True)
        for own, region in (("dw =~ d1 + d2 + d3 + d4", "north"), ("dw =~ d1 + d2 + d3; dw ~~ d4", "south"))
    ]
    total = sum(one.fit_measures()[["chisq", "df", "logl"]] for one in alone)
    assert fit.fit_measures()[["chisq", "df", "logl"]].to_numpy() == pytest.approx(total.to_numpy(), abs=1e-6)


def test_levels_of_groups_alone_are_those_of_the_groups():
    fit = el.sem(TEXT, DATA, cluster="centre", group="region")
    alone = [el.sem(TEXT, own, cluster="centre") for _, own in DATA.groupby("region")]
    logl = sum(one.fit_measures().logl for one in alone)
    assert fit.fit_measures().logl == pytest.approx(logl, abs=1e-7)


def test_equality_over_groups_by_name_is_that_of_labels():
    named = el.sem(TEXT, DATA, cluster="centre", group="region", group_equal="loadings")
    labels = "level: 1; dw =~ d1 + a*d2 + b*d3; level: 2; db =~ d1 + c*d2 + d*d3"
    written = el.sem(labels, DATA, cluster="centre", group="region")
    assert named.fit_measures()[["chisq", "df"]].tolist() == pytest.approx(
        written.fit_measures()[["chisq", "df"]].tolist(), abs=1e-7
    )
    partial = el.sem(TEXT, DATA, cluster="centre", group="region", group_equal="loadings", group_partial=["dw =~ d2"])
    assert partial.fit_measures().df == named.fit_measures().df - 1


REFUSED = {
    "no clusters": (TEXT, DATA, {"cluster": None}, "cluster: not given"),
    "several classifications": (TEXT, DATA, {"cluster": ["centre", "region"]}, "the name of one column"),
    "another estimator": (TEXT, DATA, {"estimator": "WLSMV"}, "allowed: ML, MLR"),
    "ordered answers": (TEXT, DATA, {"ordered": True}, "ordered: True with 'level:' blocks"),
    "pairwise": (TEXT, DATA, {"missing": "pairwise"}, "missing: found 'pairwise'"),
    "Wishart": (TEXT, DATA, {"likelihood": "wishart"}, "likelihood: 'wishart'"),
    "a variable as cluster": (TEXT, DATA, {"cluster": "d1"}, "is a variable of the model"),
    "one level": ("level: 1; " + ONE, DATA, {}, "none of level 2"),
    "outside": (ONE + "; level: 2; db =~ d1 + d2", DATA, {}, "line 1, column 7: a formula stands outside the levels"),
    "an intercept within": (TEXT.replace("; level: 2", "; d1 ~ 1; level: 2"), DATA, {}, "an intercept of 'd1'"),
    "varies inside": (TEXT + "; db ~ hours", DATA, {}, "'hours' stands at the between level only and varies inside"),
    "does not vary inside": (TEXT.replace("; level", "; dw ~ climate; level"), DATA, {}, "do(es) not vary inside"),
    "one cluster": (TEXT, moved(centre=1), {}, "data has one cluster only"),
    "clusters of one": (TEXT, moved(centre=np.arange(len(DATA))), {}, "one case in every cluster"),
    "few clusters": (TEXT, DATA[DATA.centre < 4], {}, "3 clusters for 3 variables of the between level"),
    "across groups": (TEXT, moved(region=np.arange(len(DATA)) % 2), {"group": "region"}, "has cases in the groups"),
    "no variation between": (
        TEXT,
        moved(d1=DATA.d1 - DATA.groupby("centre").d1.transform("mean")).round(10),
        {},
        "hardly varies between clusters",
    ),
    "an unknown group": ("group: east; " + ONE, DATA, {"cluster": None, "group": "region"}, "found 'group: east'"),
    "a group without": ("group: north; " + ONE, DATA, {"cluster": None, "group": "region"}, "no block for group south"),
    "blocks without groups": ("group: north; " + ONE, DATA, {"cluster": None}, "without groups; allowed: group="),
    "other variables": (
        f"group: north; {ONE}; group: south; dw =~ d1 + d2",
        DATA,
        {"cluster": None, "group": "region"},
        "'d3' is observed in one of the groups",
    ),
    "c() in a block": (
        f"group: north; dw =~ d1 + c(a, b)*d2; group: south; {ONE}",
        DATA,
        {"cluster": None, "group": "region"},
        "c() in a group block",
    ),
    "a random slope as a loading": (TEXT.replace("+ d2", "+ rv('s')*d2", 1), DATA, {}, "allowed: regressions: y ~ rv"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused_or_warned_by_name(name):
    text, data, given, said = REFUSED[name]
    try:
        fit = el.sem(text, data, **{"cluster": "centre", **given})
    except EmolaborError as error:
        assert said in str(error)
    else:
        assert any(said in warning for warning in fit.warnings)


def test_fewer_clusters_than_parameters_are_warned_of():
    fit = el.sem(TEXT, DATA[DATA.centre < 9], cluster="centre")
    (warning,) = [own for own in fit.warnings if own.code == "few_clusters"]
    assert "8 clusters are fewer than the 9 free parameters of the between level" in warning
    fit = el.sem(TEXT, DATA[DATA.centre < 21], cluster="centre")
    assert any(own.startswith("20 clusters are few") for own in fit.warnings)


OTHERS = {
    "interaction": lambda text: el.interaction(text, DATA, "dw", "db", "ew"),
    "power": lambda text: el.power(text, 200, n_replications=3),
    "invariance": lambda text: el.invariance(text, DATA, group="region", cluster="centre"),
    "levers_by_group": lambda text: el.levers_by_group(text, DATA, "region"),
}


@pytest.mark.parametrize("name", OTHERS)
def test_other_functions_of_a_text_refuse_levels(name):
    with pytest.raises(EmolaborError, match="level"):
        OTHERS[name](TEXT)


def test_a_label_in_a_group_block_holds_nothing_equal():
    text = "group: north; dw =~ d1 + a1*d2 + d3; group: south; dw =~ d1 + a2*d2 + d3"
    assert "equal_over_groups" not in [own.code for own in el.sem(text, DATA, group="region").warnings]


def test_bounds_belong_to_their_level():
    text = "level: 1; dw =~ d1 + d2 + d3; d2 ~~ lower(0.01)*d2; level: 2; db =~ d1 + d2 + d3; d2 ~~ lower(0.2)*d2"
    tidy = el.sem(text, DATA, cluster="centre").tidy().query("lhs == 'd2' and op == '~~'").set_index("level").est
    assert tidy[2] == pytest.approx(0.2) and tidy[1] > 0.3


@pytest.mark.parametrize(
    ("text", "data", "said"),
    [
        ("level: 1; d1 | t1; d1 ~ hours; level: 2; d1 ~ climate", DATA, "line 1, column 16: '|' with 'level:' blocks"),
        (TEXT, DATA.assign(d1=pd.Categorical(DATA.d1.round(), ordered=True)), "'d1' is an ordered categorical"),
        (TEXT, DATA.iloc[:0], "data: no row"),
        (TEXT, DATA.assign(centre=DATA.centre.where(DATA.centre > 2)), "'centre' is missing"),
    ],
)
def test_what_no_level_has_is_refused(text, data, said):
    with pytest.raises(EmolaborError, match=re.escape(said)):
        el.sem(text, data, cluster="centre")


def test_moments_of_an_exogenous_variable_of_both_levels_are_parameters():
    short = el.sem("level: 1; pay ~ load; level: 2; pay ~ load", DATA, cluster="centre")
    written = "level: 1; pay ~ load; load ~~ load; level: 2; pay ~ load; load ~~ load; load ~ 1"
    long = el.sem(written, DATA, cluster="centre")
    keys = ["lhs", "op", "rhs", "level"]
    one, other = (fit.tidy().set_index(keys)[["est", "se"]].sort_index() for fit in (short, long))
    pd.testing.assert_frame_equal(one, other, rtol=1e-6)
    assert (one.se[[("load", "~~", "load", 1), ("load", "~~", "load", 2)]] > 0).all()
    fixed = el.sem("level: 1; pay ~ hours; level: 2; pay ~ climate", DATA, cluster="centre").tidy()
    assert (fixed[(fixed.lhs == "hours") | (fixed.lhs == "climate")].se == 0).all()


def test_a_cluster_level_variable_may_be_an_outcome_and_a_product_a_predictor():
    text = "level: 1; dw =~ d1 + d2 + d3; pay ~ hours + hours:climate; level: 2; db =~ d1 + d2 + d3; climate ~ db"
    fit = el.sem(text, DATA, cluster="centre")
    assert fit.admissible
    assert {("pay", "hours:climate", 1), ("climate", "db", 2)} <= {
        (row.lhs, row.rhs, row.level) for row in fit.tidy().itertuples()
    }


@pytest.mark.parametrize(
    ("options", "begin"),
    [({}, ""), ({"ordered": ["u1", "u2", "u3"]}, ""), ({"cluster": "centre"}, "level: 1")],
)
def test_the_line_that_a_refusal_of_unlike_groups_gives_is_taken(options, begin):
    rng = np.random.default_rng(4)
    shared = rng.normal(size=300)
    data = pd.DataFrame({f"u{i}": np.digitize(shared + rng.normal(size=300), [-1, 0, 1]) for i in (1, 2, 3)})
    data = data.assign(x=rng.normal(size=300), centre=np.arange(300) // 10)
    data["side"] = np.where(data.centre % 2, "a", "b")
    end = "level: 2\n g =~ u1 + u2 + u3" if begin else ""

    def text(line):
        own = [
            f"group: {side}\n{begin}\n f =~ u1 + u2 + u3\n {more}\n{end}"
            for side, more in (("b", "f ~ x"), ("a", line))
        ]
        return "\n".join(own)

    with pytest.raises(EmolaborError, match=r"'x' is observed in one of the groups.*'y ~ 0\*x' names one"):
        el.sem(text(""), data, group="side", **options)
    slopes = el.sem(text("f ~ 0*x"), data, group="side", **options).tidy().query("op == '~'")
    assert slopes.groupby("group_label").est.first()["a"] == 0.0
