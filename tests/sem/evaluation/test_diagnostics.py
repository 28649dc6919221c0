"""Modification indices, residuals and factor scores against lavaan 0.6-14 (tests/r/diagnostics.R)."""

import numpy as np
import pandas as pd
import pytest
from lavaan_cases import case_table, fitted, frame
from lavaan_reference import parameters

import emolabor as el
from emolabor.common.errors import EmolaborError

pytestmark = pytest.mark.slow

# lavaan's estimates are polished to about 1e-12; what is left is rounding, magnified where little information remains.
RELATIVE = 1e-6
CASES = case_table("diagnostics")
KEYS = ["lhs", "op", "rhs", "group"]
COLUMNS = ("mi", "epc", "sepc_lv", "sepc_all", "sepc_nox")
MOMENTS = ("cov", "mean")
# With equalities over groups lavaan standardizes a group's residuals as if they depended on its own moments only.
OVER_GROUPS = ("scalar", "scalar_fiml", "groups_gls", "groups_uls")


def expected_indices(name, fit):
    """lavaan's rows but for moments of fixed exogenous variables: their index is zero for any data (it has 1e-30)."""
    rows = parameters("diagnostics", name)
    rows = rows[~rows.op.isin([*MOMENTS, "score"])]
    fixed = set(fit.table.variables.fixed_x)
    among = np.array([{row.lhs, row.rhs} <= fixed for row in rows.itertuples()])
    assert (rows.mi[among] < 1e-20).all()
    return rows[~among]


@pytest.mark.parametrize("name", CASES)
def test_modification_indices_equal_lavaan(name):
    fit = fitted("diagnostics", name)
    own, expected = fit.modification_indices(), expected_indices(name, fit)
    assert own[KEYS].to_numpy().tolist() == expected[KEYS].to_numpy().tolist()
    for column in COLUMNS:
        # Of a variance lavaan standardizes the sign only; ours is the change in units of the variance.
        compared = ~((own.op == "~~") & (own.lhs == own.rhs)).to_numpy() | (column in ("mi", "epc"))
        value, other = (table[column].to_numpy()[compared] for table in (own, expected))
        np.testing.assert_allclose(value, other, rtol=RELATIVE, atol=1e-9, err_msg=column)


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("kind", ["raw", "cor", "normalized", "standardized"])
def test_residuals_equal_lavaan(name, kind):
    fit, rows = fitted("diagnostics", name), parameters("diagnostics", name)
    rows = rows[rows.op.isin(MOMENTS)]
    if kind not in rows:
        assert fit.estimator == "ULS"  # lavaan has no standard errors for its residuals
        return
    if kind == "standardized" and name in OVER_GROUPS:
        return
    for group, own in rows.groupby("group"):
        cov, mean = fit.residuals(kind, group), fit.residual_means(kind, group)
        value = [cov.loc[r.lhs, r.rhs] if r.op == "cov" else mean[r.lhs] for r in own.itertuples()]
        np.testing.assert_allclose(value, own[kind], rtol=RELATIVE, atol=1e-7)


def test_standardized_residuals_over_groups_are_z_statistics():
    # One equality over two groups, all else free: one degree of freedom, so the two groups' residuals are one z.
    data = frame("holzinger")
    fit = el.sem("x1 ~~ x1; x1 ~ c(m, m)*1", data, group="school")
    z = [fit.residual_means("standardized", group)["x1"] for group in (1, 2)]
    assert z[0] == pytest.approx(-z[1], rel=1e-8)
    first, second = (data.x1[data.school == school] for school in ("Pasteur", "Grant-White"))
    gap = (first.mean() - second.mean()) / np.sqrt(first.var(ddof=0) / len(first) + second.var(ddof=0) / len(second))
    assert z[0] == pytest.approx(gap, rel=0.01)  # the weights are taken at the implied moments: equal in large samples


@pytest.mark.parametrize("name", [name for name in CASES if name != "path"])
@pytest.mark.parametrize("method", ["regression", "bartlett"])
def test_factor_scores_equal_lavaan(name, method):
    rows = parameters("diagnostics", name)
    rows = rows[rows.op == "score"]
    if method not in rows:
        assert name == "single"  # lavaan cannot invert a residual covariance matrix with a zero in it
        return
    scores = fitted("diagnostics", name).factor_scores(method)
    expected = rows[method].to_numpy()
    value = np.array([scores.loc[int(row.rhs) - 1, row.lhs] for row in rows.itertuples()])
    # Where a case answered no indicator of a factor, or a factor has none, lavaan fills in a constant.
    undetermined = np.isnan(value)
    if undetermined.any():
        assert method == "bartlett" and ("fiml" in name or name == "second_order")
    assert undetermined.mean() < 0.3
    np.testing.assert_allclose(value[~undetermined], expected[~undetermined], rtol=RELATIVE, atol=1e-9)


def test_bartlett_scores_where_an_indicator_has_no_residual_variance():
    scores = fitted("diagnostics", "single").factor_scores("bartlett")
    data = frame("holzinger")
    np.testing.assert_allclose(scores.textual, data.x4 - data.x4.mean(), atol=1e-9)


def test_scores_keep_the_index_and_order_of_the_data():
    data = frame("holzinger").sample(frac=1, random_state=3)
    data.loc[data.index[5], "x1"] = np.nan
    model = "f =~ x1 + x2 + x3 + x4"
    scores = el.sem(model, data, group="school", group_equal="loadings").factor_scores()
    assert scores.index.tolist() == data.index.delete(5).tolist()
    assert el.sem(model, data, missing="fiml").factor_scores().index.equals(data.index)


def test_indices_where_a_variable_is_only_in_a_covariance_are_score_tests():
    # lavaan's modindices() has 2.706, 5.709 and 8.750 here; its lavTestScore(add = ...) has the values below, and the
    # chi-square falls by 0.761, 11.123 and 10.267 when the loadings are freed.
    text = "visual =~ x1 + x2 + x3; textual =~ x4 + x5 + x6; x9 ~ textual + sex; textual ~ visual; x8 ~~ x9"
    fit = el.sem(text, frame("holzinger"))
    mi = fit.modification_indices(op="=~").set_index(["lhs", "rhs"]).mi
    found = [mi["visual", "x4"], mi["visual", "x5"], mi["textual", "x1"]]
    assert found == pytest.approx([0.719, 10.126, 10.314], abs=5e-4)
    freed = el.sem(f"{text}; visual =~ x5", frame("holzinger"))
    assert el.lr_test(fit, freed).chisq_diff == pytest.approx(11.123, abs=1e-3)


def test_an_index_foretells_the_refit():
    data = el.simulate_staff(n=5000, seed=3)
    text = "a =~ ex1 + ex2 + ex3 + ex4; b =~ ps1 + ps2 + ps3"
    fit = el.sem(text, data)
    row = fit.modification_indices(op="~~", largest=1).loc[0]
    freed = el.sem(f"{text}; {row.lhs} ~~ {row.rhs}", data)
    # A score statistic and its predicted change are first-order: exact but for terms that vanish with the misfit.
    assert row.mi == pytest.approx(el.lr_test(fit, freed).chisq_diff, rel=0.1)
    estimate = freed.tidy().set_index(["lhs", "op", "rhs"]).est[row.lhs, "~~", row.rhs]
    assert row.epc == pytest.approx(estimate, rel=0.1)


def test_the_table_can_be_cut_and_sorted():
    fit = fitted("diagnostics", "cfa_ml")
    everything, large = fit.modification_indices(), fit.modification_indices(minimum=10)
    assert (large.mi >= 10).all() and len(large) == (everything.mi >= 10).sum() > 0
    top = fit.modification_indices(largest=3)
    assert top.mi.tolist() == sorted(everything.mi, reverse=True)[:3]
    with pytest.raises(EmolaborError, match="op: found ':='"):
        fit.modification_indices(op=":=")


def test_local_fit_ranks_both_halves():
    fit = fitted("diagnostics", "groups")
    table = fit.local_fit(5)
    assert table["rank"].tolist() == [1, 2, 3, 4, 5]
    assert table.mi.tolist() == fit.modification_indices(largest=5).mi.tolist()
    first = table.loc[0]
    left, right = first.pair.split(" ~~ ")
    assert first.residual == fit.residuals("cor", first.pair_group).loc[left, right]
    assert abs(first.residual) == max(np.abs(fit.residuals("cor", g).to_numpy()).max() for g in (1, 2))


@pytest.mark.parametrize("name", ["cfa_ml", "mimic_means", "cfa_fiml", "scalar_fiml", "equal"])
def test_log_likelihoods_of_cases_add_up(name):
    fit = fitted("diagnostics", name)
    table = fit.casewise()
    assert len(table) == fit.n_obs
    assert table.log_likelihood.sum() == pytest.approx(fit.fit_measures()["logl"], rel=1e-12)


def test_distances_are_those_of_the_textbook():
    table, data = fitted("diagnostics", "cfa_ml").casewise(), frame("holzinger")[[f"x{i}" for i in range(1, 10)]]
    gaps = data - data.mean()
    expected = np.einsum("ni,ij,nj->n", gaps, np.linalg.inv(data.cov()), gaps)
    np.testing.assert_allclose(table.mahalanobis, expected, rtol=1e-10)
    # Of 301 complete cases the distances add up to (n - 1) p.
    assert table.mahalanobis.sum() == pytest.approx(300 * 9, rel=1e-10)


def test_cook_s_distance_is_that_of_the_refit_without_the_case():
    fit, data = fitted("diagnostics", "cfa_ml"), frame("holzinger")
    cook, inverse = fit.casewise().cook, np.linalg.inv(fit.vcov())
    for case in cook.sort_values().index[[0, 150, -2, -1]]:
        moved = fit.estimate.theta - el.sem(fit.text, data.drop(index=case)).estimate.theta
        # One Newton step without refitting: a tenth is what the curvature of 301 cases leaves.
        assert cook[case] == pytest.approx(moved @ inverse @ moved, rel=0.1)


def test_implied_moments_by_group():
    fit = fitted("diagnostics", "scalar")
    data = frame("holzinger")
    for group, school in ((1, "Pasteur"), (2, "Grant-White")):
        own = data.loc[data.school == school, fit.table.variables.observed]
        pd.testing.assert_series_equal(
            fit.implied_mean(group) + fit.residual_means("raw", group), own.mean(), check_names=False
        )
        pd.testing.assert_frame_equal(fit.implied_cov(group) + fit.residuals("raw", group), own.cov(ddof=0))
    with pytest.raises(EmolaborError, match="group: found 3"):
        fit.implied_mean(3)


@pytest.mark.parametrize(
    ("ask", "found"),
    [
        (lambda fit: fit.residuals("bentler"), "kind: found 'bentler'"),
        (lambda fit: fit.factor_scores("ten berge"), "method: found 'ten berge'"),
        (lambda fit: fit.local_fit(0), "largest: found 0"),
        (lambda fit: fit.factor_scores(), "no cases"),
        (lambda fit: fit.casewise(), "no cases"),
    ],
)
def test_mistakes_are_named(ask, found):
    data = frame("holzinger")[["x1", "x2", "x3", "x4"]]
    fit = el.sem("f =~ x1 + x2 + x3 + x4", sample_cov=data.cov(), n_obs=301)
    with pytest.raises(EmolaborError, match=found):
        ask(fit)


def test_what_needs_latent_variables_or_likelihood_says_so():
    data = frame("holzinger")
    with pytest.raises(EmolaborError, match="no latent variable"):
        el.sem("x1 ~ x2", data).factor_scores()
    with pytest.raises(EmolaborError, match="found the estimator ULS"):
        fitted("diagnostics", "cfa_uls").casewise()
