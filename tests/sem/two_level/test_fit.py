"""What a two-level fit answers, and that whatever it cannot answer is refused by name."""

import inspect

import numpy as np
import pandas as pd
import pytest
from lavaan_reference import R

import emolabor as el
from emolabor.common.errors import EmolaborError
from emolabor.sem.fit import Fit
from emolabor.sem.two_level.fit import TwoLevelFit

DATA = pd.read_csv(R / "data" / "two_level.csv")
TEXT = """
level: 1
  dw =~ d1 + d2 + d3
  ew =~ e1 + e2 + e3
  ew ~ bw*dw
level: 2
  db =~ d1 + d2 + d3
  eb =~ e1 + e2 + e3
  db ~ a*climate
  eb ~ bb*db
indirect := a*bb
context := bb - bw
"""


@pytest.fixture(scope="module")
def fit():
    return el.sem(TEXT, DATA, cluster="centre", estimator="MLR")


def test_every_method_of_a_fit_answers_or_is_refused_by_name(fit):
    names = [name for name in vars(Fit) if not name.startswith("_")]
    assert {"tidy", "effects", "factor_scores", "model", "table"} <= {*names, "model"}
    for name in (*names, "model"):
        if name in vars(TwoLevelFit):
            continue
        with pytest.raises(EmolaborError, match=f"^fit: '{name}' is of fits of one level"):
            getattr(fit, name)


# Every function of the public face that takes a fit, with what else it asks.
TAKE_A_FIT = {
    "compare": lambda fit: el.compare({"one": fit, "two": fit}),
    "confounding": lambda fit: el.confounding(fit, "db", "eb", "ew"),
    "interaction_lines": lambda fit: el.interaction_lines(fit, None),
    "interaction_size": lambda fit: el.interaction_size(fit, None),
    "johnson_neyman": lambda fit: el.johnson_neyman(fit, None),
    "levers": lambda fit: el.levers(fit, "eb", ["db"]),
    "lr_test": lambda fit: el.lr_test(fit, el.cfa("f =~ d1 + d2 + d3", DATA, estimator="MLR")),
    "product_terms": lambda fit: el.product_terms(fit, {"eb": None}),
    "rounding_bands": lambda fit: el.rounding_bands(fit),
    "simple_slopes": lambda fit: el.simple_slopes(fit, None),
    "verdicts": lambda fit: el.verdicts(fit, el.load_claims()),
}


@pytest.mark.parametrize("name", TAKE_A_FIT)
def test_functions_of_a_fit_refuse_one_of_two_levels(fit, name):
    with pytest.raises(EmolaborError, match="level"):
        TAKE_A_FIT[name](fit)


def test_every_public_function_of_a_fit_is_tried_above():
    of_a_fit = {
        name
        for name in dir(el)
        if inspect.isfunction(getattr(el, name))
        and {"fit", "fit0", "fits"} & set(inspect.signature(getattr(el, name)).parameters)
    }
    assert of_a_fit == set(TAKE_A_FIT)


def test_likelihood_ratio_test_of_levels():
    free = "level: 1; dw =~ d1 + a*d2 + b*d3; level: 2; db =~ d1 + c*d2 + d*d3"
    for estimator in ("ML", "MLR"):
        larger = el.sem(free, DATA, cluster="centre", estimator=estimator)
        equal = el.sem(free + "; a == c; b == d", DATA, cluster="centre", estimator=estimator)
        test = el.lr_test(equal, larger)
        assert test.df_diff == 2
        if estimator == "ML":
            assert test.chisq_diff == pytest.approx(2 * (larger.fit_measures().logl - equal.fit_measures().logl))
        else:
            assert test.method == "satorra_bentler_2001" and test.chisq_diff > 0
    other = el.sem("level: 1; dw =~ d1 + 0.4*d2 + d3; level: 2; db =~ d1 + d2 + d3", DATA, cluster="centre")
    same = el.sem(free + "; a == c; b == d", DATA, cluster="centre")
    with pytest.raises(EmolaborError, match="not nested"):
        el.lr_test(other, same)


@pytest.mark.slow
def test_intervals_of_indirect_and_contextual_associations(fit):
    tidy = fit.tidy().set_index("lhs").query("op == ':='")
    assert list(tidy.index) == ["indirect", "context"] and (tidy.level == 0).all()
    monte_carlo = fit.monte_carlo(20000, seed=1).ci().set_index("lhs").query("op == ':='")
    resampled = fit.bootstrap(200, seed=1)
    clusters = resampled.ci("bc").set_index("lhs").query("op == ':='")
    assert resampled.n_failed < 10
    for other in (monte_carlo, clusters):
        assert other.est.tolist() == pytest.approx(tidy.est.tolist())
        assert other.se.tolist() == pytest.approx(tidy.se.tolist(), rel=0.35)
    again = fit.bootstrap(60, seed=1, jobs=2).thetas
    assert np.array_equal(again, fit.bootstrap(60, seed=1).thetas, equal_nan=True)


def test_standardized_values_are_of_each_level(fit):
    standardized = fit.standardized().set_index(["lhs", "op", "rhs", "level"])
    tidy = fit.tidy().set_index(["lhs", "op", "rhs", "level"])
    assert standardized.est.tolist() == pytest.approx(tidy.std_all.tolist(), nan_ok=True)
    for at, factor, level in (("within", "dw", 1), ("between", "db", 2)):
        share = standardized.est[factor, "=~", "d1", level] ** 2
        assert fit.r2()[at, "d1"] == pytest.approx(share)


def test_moments_of_the_levels_add_up(fit):
    # The saturated moments of both levels together are those of the answers, but for how clusters are weighed.
    both = sum(fit.implied_cov(at).loc["d1", "d2"] for at in ("within", "between"))
    assert both == pytest.approx(DATA[["d1", "d2"]].cov().iloc[0, 1], rel=0.1)
    assert fit.residuals("within", "cor").to_numpy().diagonal() == pytest.approx(0, abs=1e-12)
    with pytest.raises(EmolaborError, match="at: found 'both'"):
        fit.residuals("both")


def test_wald_test_across_levels(fit):
    test = fit.wald_test("bw == bb")
    z = fit.tidy().set_index("lhs").z["context"]
    assert test.chisq == pytest.approx(z**2)


def test_summary_and_notebook_show_both_levels(fit):
    text = fit.summary()
    for line in ("Level 1 [within]:", "Level 2 [between]:", "SRMR (between covariance matrix)", "Defined Parameters:"):
        assert line in text
    assert "<table" in fit._repr_html_() and "60 clusters" in repr(fit)


def test_level_fit_finds_the_level_that_is_wrong():
    # Two factors within and between; the model has one at one of the levels (Ryu & West, 2009).
    rng = np.random.default_rng(3)
    J, n = 150, 10
    place = np.repeat(np.arange(J), n)
    names = ["y1", "y2", "y3", "y4", "y5", "y6"]
    pattern = np.kron(np.eye(2), np.ones((1, 3)))

    def answers(rng):
        root = np.linalg.cholesky([[1, 0.3], [0.3, 1]])
        between = rng.normal(size=(J, 2)) @ root.T @ pattern + 0.4 * rng.normal(size=(J, 6))
        within = rng.normal(size=(J * n, 2)) @ root.T @ pattern + rng.normal(size=(J * n, 6))
        return pd.DataFrame(between[place] + within, columns=names).assign(place=place)

    two = "{0}1 =~ y1 + y2 + y3; {0}2 =~ y4 + y5 + y6"
    one = "{0}1 =~ y1 + y2 + y3 + y4 + y5 + y6"
    data = answers(rng)
    wrong_between = f"level: 1; {two.format('w')}; level: 2; {one.format('b')}"
    wrong_within = f"level: 1; {one.format('w')}; level: 2; {two.format('b')}"
    for text, wrong, right in ((wrong_between, "between", "within"), (wrong_within, "within", "between")):
        fit = el.sem(text, data, cluster="place")
        levels = fit.level_fit().set_index("level")
        assert levels.cfi[wrong] < 0.8 and levels.rmsea[wrong] > 0.15
        assert levels.cfi[right] > 0.98 and levels.pvalue[right] > 0.001
        assert levels.df.tolist() == ([8, 9] if wrong == "between" else [9, 8])
        assert fit.fit_measures().rmsea < levels.rmsea[wrong]


def test_partly_saturated_fits_are_those_of_a_text_that_says_so(fit):
    names = ["d1", "d2", "d3", "e1", "e2", "e3", "climate"]
    saturated = "; ".join(f"{a} ~~ {b}" for i, a in enumerate(names) for b in names[i:])
    within = TEXT.split("level: 2")[0]
    by_hand = el.sem(f"{within}\nlevel: 2\n{saturated}; climate ~ 1", DATA, cluster="centre")
    row = fit.level_fit().set_index("level").loc["within"]
    assert row.chisq == pytest.approx(by_hand.fit_measures().chisq, abs=1e-6)
    assert row.df == by_hand.fit_measures().df


def test_intraclass_correlations_are_shares_of_the_saturated_variances():
    text = "level: 1; d1 ~~ d2; level: 2; d1 ~~ d2"
    fit = el.sem(text, DATA, cluster="centre")
    icc = fit.icc().set_index("name")
    tidy = fit.tidy().query("op == '~~' and lhs == rhs").set_index(["lhs", "level"]).est
    assert icc.icc["d1"] == pytest.approx(tidy["d1", 2] / (tidy["d1", 1] + tidy["d1", 2]), abs=1e-6)
    assert (icc.ci_lower < icc.icc).all() and (icc.icc < icc.ci_upper).all()


def test_factors_have_an_intraclass_correlation_where_they_are_measured_alike():
    alike = "level: 1; dw =~ d1 + a*d2 + b*d3; level: 2; db =~ d1 + a*d2 + b*d3"
    own = el.sem(alike, DATA, cluster="centre")
    row = own.icc().set_index("name").loc["dw / db"]
    tidy = own.tidy().query("op == '~~' and lhs == rhs").set_index("lhs").est
    assert row.icc == pytest.approx(tidy["db"] / (tidy["dw"] + tidy["db"]))
    apart = el.sem(alike.replace("a*d2 + b*d3", "d2 + d3", 1), DATA, cluster="centre")
    assert (apart.icc().kind == "observed").all()


def test_reliability_of_each_level_by_hand(fit):
    row = fit.reliability().set_index("factor").loc["db"]
    tidy = fit.tidy()
    loadings = tidy.query("op == '=~' and lhs == 'db'").est.sum()
    cov = fit.implied_cov("between").loc[["d1", "d2", "d3"], ["d1", "d2", "d3"]]
    errors = tidy.query("op == '~~' and level == 2 and lhs == rhs and lhs in ('d1', 'd2', 'd3')").est.sum()
    variance = (cov.to_numpy().sum() - errors) / loadings**2
    assert row.omega == pytest.approx(loadings**2 * variance / (loadings**2 * variance + errors))
    assert row.ci_lower < row.omega < row.ci_upper


def test_the_invariance_ladder_refuses_levels():
    with pytest.raises(EmolaborError, match=r"^model: the text has 'level:' blocks"):
        el.invariance(TEXT, DATA.assign(half=DATA.centre % 2), "half", cluster="centre")
