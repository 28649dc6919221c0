"""Where lavaan 0.6-14 and the engine differ: who is right, on simulated answers (rows of docs/engine-agreement.md)."""

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import minimize
from scipy.special import ndtr

from emolabor.sem import polychoric_corners, polychoric_correlations, sem
from emolabor.sem.ordinal.polychoric import cell_probabilities, count_categories, thresholds_of


def _strong_answers():
    """Four items that correlate about .90, with two and three careless respondents in opposite corners."""
    rng = np.random.default_rng(11)
    f = rng.normal(size=(3000, 1))
    codes = np.digitize(f + 0.33 * rng.normal(size=(3000, 4)), [-1.5, -0.5, 0.5, 1.5]) + 1
    answers = pd.DataFrame(codes, columns=["u1", "u2", "u3", "u4"])
    answers.loc[:1, ["u1", "u2"]] = [1, 5]
    answers.loc[2:4, ["u2", "u3"]] = [5, 1]
    return answers


STRONG = _strong_answers()
# lavCor(answers, ordered = names(answers)), lavaan 0.6-14
FLOORED = {("u1", "u2"): 0.90100490, ("u2", "u3"): 0.90816273, ("u1", "u3"): 0.90113679}


@pytest.mark.parametrize("pair", FLOORED)
def test_a_floor_under_cell_probabilities_leaves_impossible_corners_out(pair):
    # lavaan takes no probability below sqrt(eps): such a cell has no slope, as if nobody were in it.
    counts, tables = count_categories(STRONG[list(pair)].to_numpy() - 1, np.array([5, 5]))
    first, second = thresholds_of(counts)

    def log_likelihood(rho):
        return float(np.sum(tables[0] * np.log(cell_probabilities(first[None], second[None], np.array([rho]))[0])))

    own = polychoric_correlations(STRONG).loc[pair]
    assert log_likelihood(own) > log_likelihood(FLOORED[pair]) + 0.4
    # at the maximum: a thousandth to either side is less likely
    assert log_likelihood(own) > max(log_likelihood(own - 0.001), log_likelihood(own + 0.001))
    found = polychoric_corners(STRONG).set_index(["item", "other"]).loc[pair]
    assert found.r == pytest.approx(own, abs=1e-10)
    assert found.r_without == pytest.approx(FLOORED[pair], abs=1e-6)


def test_corners_name_the_cells_and_are_warned_of():
    found = polychoric_corners(STRONG)
    assert found[["item", "other", "cells", "cases"]].to_numpy().tolist() == [
        ["u2", "u3", "5 and 1 (3 cases)", 3],
        ["u1", "u2", "1 and 5 (2 cases)", 2],
        ["u1", "u3", "1 and 5 (1 case)", 1],
    ]
    assert (found.change > 0).all() and found.change.iloc[0] == pytest.approx(0.013, abs=0.0005)
    (warning,) = [
        w for w in sem("f =~ u1 + u2 + u3 + u4", STRONG, ordered=True).warnings if w.code == "impossible_corner"
    ]
    assert "u2 with u3, 5 and 1 (3 cases): 0.895, without them 0.908" in warning
    assert polychoric_corners(STRONG.iloc[5:]).empty


def test_chisquare_moves_with_the_corners():
    # lavaan: 0.774 on 2 df, from its floored correlations
    assert sem("f =~ u1 + u2 + u3 + u4", STRONG, ordered=True).fit_measures()["chisq"] == pytest.approx(
        0.368, abs=0.001
    )


@pytest.mark.slow
def test_standardized_residuals_in_groups_have_variance_one():
    # With equalities over groups lavaan divides by errors that are up to a fifth too small. Chance of the
    # simulation: 12 correlated residuals of 250 replications, about 0.04 of a variance.
    rng = np.random.default_rng(5)
    squares = []
    for _ in range(250):
        values = 0.8 * rng.normal(size=(300, 1)) + 0.6 * rng.normal(size=(300, 4))
        answers = pd.DataFrame(values, columns=["x1", "x2", "x3", "x4"]).assign(side=np.arange(300) < 100)
        equal = ("loadings", "intercepts", "residuals")
        fit = sem("f =~ x1 + x2 + x3 + x4", answers, group="side", group_equal=equal)
        z = [fit.residuals("standardized", group).to_numpy()[np.triu_indices(4, 1)] for group in (1, 2)]
        squares.append(np.square(z))
    assert np.mean(squares) == pytest.approx(1, abs=0.15)


def test_scores_of_ordered_answers_with_a_covariate_are_the_posterior_mode():
    rng = np.random.default_rng(7)
    z = rng.normal(size=400)
    f = 0.6 * z + rng.normal(size=400)
    items = ["u1", "u2", "u3", "u4"]
    answers = pd.DataFrame({u: np.digitize(f + rng.normal(size=400), [-0.8, 0.1, 0.9]) for u in items}).assign(z=z)
    fit = sem("f =~ u1 + u2 + u3 + u4; f ~ z; z ~~ z", answers, ordered=items)
    scores = fit.factor_scores().to_numpy()[:, 0]
    tidy = fit.tidy().set_index(["lhs", "op", "rhs"]).est
    slope, spread = tidy["f", "~", "z"], tidy["f", "~~", "f"]
    for case in (0, 1, 2, 200):

        def minus_log_posterior(at, case=case):
            value = 0.5 * (at[0] - slope * z[case]) ** 2 / spread
            for u in items:
                cuts = [-np.inf, *(tidy[u, "|", f"t{k}"] for k in (1, 2, 3)), np.inf]
                ends = (np.array(cuts) - tidy["f", "=~", u] * at[0]) / np.sqrt(tidy[u, "~~", u])
                k = answers.loc[case, u]
                value -= np.log(ndtr(ends[k + 1]) - ndtr(ends[k]))
            return value

        best = minimize(minus_log_posterior, [0.0], tol=1e-10).x[0]
        assert scores[case] == pytest.approx(best, abs=1e-4)


def test_baseline_with_nearly_collinear_predictors_is_that_by_hand():
    # Of answers made like this lavaan 0.6-14 has a baseline of 247.6 where 119.8 is right; its own test is right.
    rng = np.random.default_rng(4)
    x = rng.normal(size=300)
    columns = {"x1": x, "x2": x + 1e-3 * rng.normal(size=300)}
    columns |= {"y1": 0.5 * x + rng.normal(size=300), "y2": 0.4 * x + rng.normal(size=300)}
    answers = pd.DataFrame(columns)
    y = answers[["y1", "y2"]] - answers[["y1", "y2"]].mean()
    design = np.column_stack([np.ones(300), answers.x1, answers.x2])
    rest = y - design @ np.linalg.lstsq(design, y)[0]
    by_hand = 300 * (np.log(y.var(ddof=0)).sum() - np.linalg.slogdet(rest.T @ rest / 300)[1])
    measures = sem("y1 ~ x1 + x2; y2 ~ x1 + x2", answers).fit_measures()
    # the determinant of the predictors loses six digits of sixteen on the way
    assert measures["baseline_chisq"] == pytest.approx(by_hand, rel=1e-6)
