"""Ordered answers: what is refused, what is warned of, and what the other methods of a fit make of them."""

import numpy as np
import pandas as pd
import pytest
from ordinal_data import ITEMS, ordinal_frame

import emolabor as el

MODEL = "f =~ a1 + a2 + a3 + a4"
STRUCTURAL = "f =~ a1 + a2 + a3 + a4; g =~ c1 + c2 + c3; g ~ a*f; b1 ~ b*g + c*f; ab := a*b"


def ordinal():
    return ordinal_frame("ordinal").copy()


@pytest.mark.parametrize("estimator", ["WLSMV", "DWLS"])
def test_estimators_of_ordered_answers_are_refused_for_continuous_ones(estimator):
    with pytest.raises(el.EmolaborError, match="is for ordered variables, and none is declared"):
        el.sem(MODEL, ordinal(), estimator=estimator)


@pytest.mark.parametrize("estimator", ["ML", "MLM", "MLR", "GLS", "ULS"])
def test_estimators_of_continuous_answers_are_refused_for_ordered_ones(estimator):
    with pytest.raises(el.EmolaborError, match="these are ordered: a1, a2, a3, a4; allowed: WLSMV, DWLS"):
        el.sem(MODEL, ordinal(), ordered=True, estimator=estimator)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"missing": "fiml"}, "allowed: listwise, pairwise"),
        ({"likelihood": "wishart"}, "likelihood"),
        ({"mean_structure": False}, "mean_structure"),
        ({"ordered": ["a1", "a9"]}, "'a9' is no column"),
        ({"ordered": 3}, "ordered: found 3; allowed: True or names"),
        ({"parameterization": "gamma"}, "parameterization: found 'gamma'; allowed: delta, theta"),
    ],
)
def test_options_that_do_not_go_with_ordered_answers_are_refused(options, words):
    with pytest.raises(el.EmolaborError, match=words):
        el.sem(MODEL, ordinal(), **{"ordered": True, **options})


def test_ordered_answers_need_the_data():
    cov = pd.DataFrame(np.eye(4) * 0.5 + 0.5, index=["a1", "a2", "a3", "a4"], columns=["a1", "a2", "a3", "a4"])
    with pytest.raises(el.EmolaborError, match="ordered: needs the data"):
        el.sem(MODEL, sample_cov=cov, n_obs=100, ordered=True)
    with pytest.raises(el.EmolaborError, match="pairwise"):
        el.sem(MODEL, ordinal(), missing="pairwise")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a1 | t5", "line 2, column 6: 'a1' has 5 categories, found t5; allowed: thresholds up to t4"),
        ("a1 | tau", "found 'tau' right of '|'; allowed: t1, t2"),
        ("f | t1", "'f' has no thresholds"),
        ("f ~*~ f", "'f' has no scale"),
        ("a1 ~~ 0.5*a1", "line 2, column 11: the residual variance of the ordered variable 'a1' follows from"),
        ("a1 ~*~ a2", "found 'a2'; allowed: 'a1 ~\\*~ a1'"),
    ],
)
def test_model_texts_that_do_not_fit_the_answers_are_refused(text, words):
    with pytest.raises(el.EmolaborError, match=words):
        el.sem(f"{MODEL}\n{text}", ordinal(), ordered=["a1", "a2", "a3", "a4"])


@pytest.mark.parametrize(
    ("column", "words"),
    [
        ([2] * 500, "one value only"),
        (np.arange(500) % 50, "50 categories; allowed: up to 20"),
        (["yes", "no"] * 250, "holds 'yes'"),
    ],
)
def test_columns_that_are_no_ordered_answers_are_refused(column, words):
    with pytest.raises(el.EmolaborError, match=words):
        el.sem(MODEL, ordinal().assign(a2=column), ordered=True)


def test_continuous_columns_that_carry_no_variance_of_their_own_are_refused():
    data = ordinal().assign(half=lambda d: np.arange(len(d)) % 2, twin=lambda d: 2 * d.z1)
    with pytest.raises(el.EmolaborError, match="'half' takes two values only; allowed: declare it in 'ordered'"):
        el.sem(f"{MODEL}; half ~ f", data, ordered=["a1", "a2", "a3", "a4"])
    with pytest.raises(el.EmolaborError, match="'z1' and 'twin' say the same"):
        el.sem(f"{MODEL}; z1 ~ f; twin ~ f", data, ordered=["a1", "a2", "a3", "a4"])


def test_more_rows_than_variables_are_needed():
    with pytest.raises(el.EmolaborError, match="4 rows with answers for 4 variables"):
        el.sem(MODEL, ordinal().assign(a1=lambda d: d.a1 % 2).iloc[:4], ordered=True)


def test_what_an_improper_solution_cannot_give_is_told():
    # The thresholds of a3 are held in the wrong order, which the least squares do not mind.
    fit = el.sem(f"{MODEL}; a3 | 0.5*t1 + -0.5*t2", ordinal(), ordered=True)
    assert "the thresholds of a3 do not increase" in fit.problems
    for ask in (fit.factor_scores, lambda: fit.simulate(10)):
        with pytest.raises(el.EmolaborError, match="thresholds of 'a3' do not increase"):
            ask()


def test_a_model_without_anything_to_free_has_no_indices():
    fit = el.sem("a1 ~ a2; a2 ~~ a2", ordinal(), ordered=True)
    assert fit.modification_indices().empty and len(fit.local_fit()) == 1


def test_a_category_that_a_group_does_not_use_is_refused():
    data = ordinal()
    data.loc[(data.side == "west") & (data.a3 == 5), "a3"] = 4
    with pytest.raises(el.EmolaborError, match=r"group west: nobody chose 5 of 'a3'.*join neighbouring"):
        el.sem(MODEL, data, ordered=True, group="side")


def test_ordered_categoricals_and_thresholds_in_the_text_declare_ordered_answers():
    data = ordinal()
    names = ["a1", "a2", "a3", "a4"]
    expected = el.sem(MODEL, data, ordered=names).tidy()
    words = {i: f"{'very ' * i}much" for i in range(1, 6)}
    told = data.assign(
        **{name: pd.Categorical(data[name].map(words), list(words.values()), ordered=True) for name in names}
    )
    pd.testing.assert_frame_equal(el.sem(MODEL, told).tidy(), expected)
    text = "; ".join(f"{name} | t1" for name in names)
    by_text = el.sem(f"{MODEL}; {text}", data)
    assert by_text.estimator == "WLSMV"
    assert by_text.fit_measures().chisq == pytest.approx(el.sem(MODEL, data, ordered=True).fit_measures().chisq)


def test_unevenly_spaced_and_yes_no_answers_are_ordered_answers():
    data = ordinal()
    expected = el.sem("f =~ a1 + a2 + b1 + b2", data, ordered=True).tidy().est
    uneven = data.assign(a1=data.a1.map({1: -2.5, 2: 0, 3: 0.01, 4: 7, 5: 99}), b1=data.b1 == 2)
    assert el.sem("f =~ a1 + a2 + b1 + b2", uneven, ordered=True).tidy().est.equals(expected)


def test_names_that_are_not_in_the_model_do_no_harm():
    fit = el.sem(MODEL, ordinal(), ordered=["a1", "a2", "a3", "a4", "c1"])
    assert [name for name, _ in fit.table.ordered] == ["a1", "a2", "a3", "a4"]


@pytest.mark.parametrize("kind", [np.array, pd.Index, pd.Series, set, tuple])
def test_names_of_ordered_answers_come_in_any_collection(kind):
    expected = el.sem(MODEL, ordinal(), ordered=["a1", "a2", "a3", "a4"]).tidy()
    assert el.sem(MODEL, ordinal(), ordered=kind(["a1", "a2", "a3", "a4"])).tidy().equals(expected)


def test_the_data_are_not_changed():
    data = ordinal_frame("gaps")
    before = data.copy()
    el.sem(MODEL, data, ordered=True, missing="pairwise")
    pd.testing.assert_frame_equal(data, before)


def test_sparse_and_empty_categories_are_warned_of():
    data = ordinal()
    data.loc[data.a1 == 5, "a1"] = 4
    data.loc[:2, "a1"] = 5
    fit = el.sem(MODEL, data, ordered=True)
    assert any(warning.startswith("fewer than 5 cases chose 5 of a1 (3)") for warning in fit.warnings)
    sparse = el.sem("p ~~ q; q ~~ r; p ~~ r", ordinal_frame("sparse"), ordered=True)
    assert any("fewer than 5 cases chose 4 of r (1)" in warning for warning in sparse.warnings)
    assert any("p with q: 1 of 4" in warning for warning in sparse.warnings)


def test_two_answers_to_the_same_question_are_warned_of():
    fit = el.sem("f =~ a1 + a2 + a3 + twin", ordinal().assign(twin=ordinal().a1), ordered=True)
    assert any("the correlation behind a1 and twin is 0.99" in warning for warning in fit.warnings)


def test_missing_answers_left_out_pair_by_pair_are_told():
    text = el.sem(MODEL, ordinal_frame("gaps"), ordered=True, missing="pairwise").summary()
    assert "Missing answers, left out pair by pair" in text
    assert "missing completely at random" in text
    assert "Missing" not in el.sem(MODEL, ordinal(), ordered=True).summary()


def test_the_summary_has_lavaans_blocks_for_ordered_answers():
    text = el.sem(MODEL, ordinal(), ordered=True).summary()
    for words in ("Thresholds:", "a1|t1", "Scales y*:", "Shift parameter", "simple second-order correction", "Delta"):
        assert words in text
    assert el.sem(MODEL, ordinal(), ordered=True)._repr_html_().count("<table") > 3


def test_effects_and_explained_variance_are_those_of_the_parameters():
    fit = el.sem(STRUCTURAL, ordinal(), ordered=True)
    tidy, effects = fit.tidy().set_index("label"), fit.effects()
    indirect = effects[(effects.kind == "indirect") & (effects.source == "f") & (effects.target == "b1")].iloc[0]
    assert indirect.est == pytest.approx(tidy.est["ab"])
    assert indirect.se == pytest.approx(tidy.se["ab"], rel=1e-6)
    variance = fit.tidy().set_index(["lhs", "op", "rhs"]).est
    assert fit.r2()["b1"] == pytest.approx(1 - variance["b1", "~~", "b1"])
    assert fit.implied_cov().loc["a1", "a1"] == pytest.approx(1.0)


def test_resamples_estimate_thresholds_and_correlations_anew():
    fit = el.sem(STRUCTURAL, ordinal(), ordered=True)
    draws = fit.bootstrap(60, seed=1)
    assert draws.n_failed == 0
    frame = draws.ci("bca")
    own = fit.tidy()
    free = own.se > 0
    ratio = frame.se[: len(own)][free].to_numpy() / own.se[free].to_numpy()
    # 60 resamples tell a standard error to about 10 %; three of these and the heavy tails of loadings
    assert 0.6 < ratio.min() and ratio.max() < 1.6
    assert 0.9 < np.median(ratio) < 1.1
    with pytest.raises(el.EmolaborError, match="allowed: 'nonparametric' with ordered ones"):
        fit.bootstrap(10, kind="bollen_stine")


def test_resamples_of_incomplete_answers_are_those_of_the_seed():
    fit = el.sem(MODEL, ordinal_frame("gaps"), ordered=True, missing="pairwise")
    assert fit.bootstrap(6, seed=2).ci("percentile").equals(fit.bootstrap(6, seed=2).ci("percentile"))
    data = ordinal_frame("sparse")
    draws = el.sem("p ~~ q; q ~~ r; p ~~ r", data, ordered=True).bootstrap(20, seed=1)
    assert 0 < draws.n_failed < 20  # one person chose the last category of r: some resamples lose it


def test_monte_carlo_second_opinion_and_comparison_know_ordered_answers():
    fit = el.sem(MODEL, ordinal(), ordered=True)
    assert len(fit.monte_carlo(100).ci()) == len(fit.tidy())
    assert "WLSMV" in fit.second_opinion().reason
    table = el.compare({"ordered": fit, "numbers": el.sem(MODEL, ordinal())})
    assert table.estimator.tolist() == ["WLSMV", "ML"]
    assert np.isnan(table.aic["ordered"])


def test_nested_models_of_ordered_answers_are_compared_and_others_refused():
    data = ordinal()
    one = el.sem("f =~ a1 + a2 + a3 + a4 + c1 + c2 + c3", data, ordered=True)
    two = el.sem("f =~ a1 + a2 + a3 + a4; g =~ c1 + c2 + c3", data, ordered=True)
    test = el.lr_test(one, two)
    assert (test.method, test.df_diff) == ("satorra_2000", 1)
    assert test.pvalue < 1e-6
    turned = el.sem("g =~ c3 + c1 + c2; f =~ a4 + a1 + a2 + a3", data, ordered=True)
    assert el.lr_test(one, turned).chisq_diff == pytest.approx(test.chisq_diff, rel=1e-6)
    other = el.sem("f =~ a1 + a2 + c1; g =~ a3 + a4 + c2 + c3; c1 ~~ c2", data, ordered=True)
    with pytest.raises(el.EmolaborError, match="not nested"):
        el.lr_test(two, other)
    plain = [el.sem(fit.text, data, ordered=True, estimator="DWLS") for fit in (one, two)]
    assert el.lr_test(*plain).method == "standard"


def test_an_improper_solution_is_told():
    data = ordinal_frame("four").assign(y=lambda d: d.x1 + np.random.default_rng(1).standard_normal(len(d)) / 5)
    fit = el.sem("f =~ x1 + x2 + x3; y ~ f", data, ordered=ITEMS)
    assert any("the variance of" in problem for problem in fit.problems)
    assert not fit.admissible
