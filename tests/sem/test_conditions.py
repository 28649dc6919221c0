"""Conditions under which numbers were once wrong or silent: a row each with the input, the right value and its source.

The answers are simulated here. "lavaan": the value that lavaan 0.6-14 gives for the same text and the same answers, of
which its search leaves three digits after the point (hence the tolerances); "exact": it follows from the input.
"""

import copy
import pickle
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from emolabor.common.errors import EmolaborError
from emolabor.common.notices import CODES, Notice
from emolabor.measurement import (
    convergent_validity,
    efa,
    fornell_larcker,
    method_factor,
    omega_coefficients,
    reliability,
)
from emolabor.sem import compare, lr_test, sem
from emolabor.sem.specification.cautions import far_values

pytestmark = pytest.mark.filterwarnings("error")

DOCS = Path(__file__).parents[2] / "docs"


def _waves():
    """Five waves of one variable that is measured with error."""
    rng = np.random.default_rng(8)
    true, columns = rng.normal(size=500), {}
    for wave in range(1, 6):
        columns[f"y{wave}"] = true + 0.6 * rng.normal(size=500)
        true = 0.8 * true + 0.6 * rng.normal(size=500)
    return pd.DataFrame(columns).assign(side=np.where(np.arange(500) % 2, "a", "b"))


def _items():
    """Six items of one factor, the third the other way round, an outcome and a predictor."""
    rng = np.random.default_rng(0)
    f = rng.normal(size=300)
    frame = pd.DataFrame({f"x{i}": (-0.7 if i == 3 else 0.7) * f + rng.normal(size=300) for i in range(1, 7)})
    return frame.assign(w=0.4 * f + rng.normal(size=300), side=np.where(np.arange(300) % 2, "a", "b"))


def _regression():
    rng = np.random.default_rng(0)
    x1 = rng.normal(size=2000)
    x2 = 0.8 * x1 + 0.6 * rng.normal(size=2000)
    return pd.DataFrame({"x1": x1, "x2": x2, "y": x1 + rng.normal(size=2000)})


WAVES, ITEMS, SLOPES = _waves(), _items(), _regression()
ORDERED = ITEMS[["x1", "x2", "x4"]].apply(lambda column: pd.qcut(column, 4, labels=False))
HOLES = ITEMS.assign(x1=ITEMS.x1.where(np.arange(300) > 30))
SIMPLEX = "; ".join([f"t{k} =~ 1*y{k}" for k in range(1, 6)] + [f"t{k} ~ t{k - 1}" for k in range(2, 6)])
EQUAL = "; ".join(f"y{k} ~~ v*y{k}" for k in range(1, 6))
ONE = "f =~ x1 + a*x2 + b*x3 + c*x4; "
TWO = "y ~ a*x1 + b*x2; "
SHARED = "f =~ y1 + y2 + y3 + y4; m =~ y1; m ~~ 0.2*m; f ~~ 0*m"

# Condition: (text, answers, options, what is looked at, its right value, tolerance, source)
NUMBERS = {
    "one indicator, y ~~ y": (f"{SIMPLEX}; y2 ~~ y2; y3 ~~ y3; y4 ~~ y4", WAVES, {}, "chisq", 7.8167, 1e-3, "lavaan"),
    "one indicator, y ~~ v*y": (f"{SIMPLEX}; {EQUAL}", WAVES, {}, "chisq", 7.8488, 1e-3, "lavaan"),
    "one indicator, y ~~ start()*y": (f"{SIMPLEX}; y3 ~~ start(0.3)*y3", WAVES, {}, "df", 5, 0, "lavaan"),
    "one indicator, y ~~ 0*y": (f"{SIMPLEX}; y3 ~~ 0*y3", WAVES, {}, "df", 6, 0, "lavaan"),
    "one indicator, nobody wrote": (SIMPLEX, WAVES, {}, "df", 6, 0, "lavaan"),
    "one indicator, groups": (f"{SIMPLEX}; y3 ~~ c(a, b)*y3", WAVES, {"group": "side"}, "df", 10, 0, "lavaan"),
    "an indicator of two factors": (SHARED, WAVES, {}, "df", 2, 0, "lavaan"),
    "one first-order factor": ("f =~ y1 + y2 + y3; h =~ f; h ~ y4", WAVES, {}, "df", 2, 0, "lavaan"),
    "two bounds, one binds": (TWO + "100*a < 20; b > 2", SLOPES, {}, "a", -0.5872, 1e-4, "lavaan"),
    "two bounds in another order": (TWO + "b > 2; 100*a < 20", SLOPES, {}, "a", -0.5872, 1e-4, "lavaan"),
    "two bounds, both bind": (ONE + "a > 2; c < 0.1", ITEMS, {}, "chisq", 74.1112, 1e-3, "lavaan"),
    "bounds and an equality": (ONE + "a == 2*c; b > -0.2; a < 0.9", ITEMS, {}, "chisq", 51.7733, 1e-3, "lavaan"),
    "the same bound twice": (ONE + "a < 0.5; 100*a < 50", ITEMS, {}, "chisq", 21.1250, 1e-3, "exact: as once"),
    "bounds on a product": (ONE + "a*c < 0.3; a > 0.8", ITEMS, {}, "chisq", 28.4478, 1e-3, "lavaan"),
    "bounds, MLR": (ONE + "a*c == 0.5; b > -0.5", ITEMS, {"estimator": "MLR"}, "chisq", 13.2038, 1e-3, "lavaan"),
    "bounds, GLS": (ONE + "a > 2; c < 0.1", ITEMS, {"estimator": "GLS"}, "chisq", 50.7669, 1e-3, "lavaan"),
    "bounds, ULS": (ONE + "a*c == 0.5; b > -0.5", ITEMS, {"estimator": "ULS"}, "chisq", 25.0559, 1e-3, "lavaan"),
    "a high power": (ONE + "a^30 == c", ITEMS, {}, "chisq", 2.0824, 1e-3, "lavaan"),
    "a huge factor": (ONE + "1e300*a == 1e300", ITEMS, {}, "a", 1.0, 1e-9, "exact"),
    "a square that is zero": (ONE + "(a - c)^2 == 0", ITEMS, {}, "chisq", 2.0793, 1e-3, "exact: as a == c"),
}


@pytest.mark.parametrize("condition", NUMBERS)
def test_numbers(condition):
    text, answers, options, what, right, tolerance, _ = NUMBERS[condition]
    fit = sem(text, answers, **options)
    assert fit.converged
    found = fit.fit_measures().get(what)
    if found is None:
        found = fit.tidy().query(f"label == '{what}'").est.iloc[0]
    assert found == pytest.approx(right, abs=max(tolerance, 1e-12))


# Condition: (text, answers, options, what the refusal says). No number is made of what has no value.
REFUSED = {
    "root of a negative loading": (
        ONE + "sqrt(b) == 1",
        ITEMS,
        {},
        "'sqrt(b) == 1' has no finite value where the search",
    ),
    "log of a negative loading": (ONE + "log(b) > 0", ITEMS, {}, "'log(b) > 0' has no finite value where the search"),
    "through a definition": (ONE + "d := log(b); d > 0", ITEMS, {}, "'d > 0' has no finite value"),
    "division by zero": (ONE + "a == 1/0", ITEMS, {}, "'a == 1/0' has no finite value"),
    "bound by a division by zero": (ONE + "a > 1/0", ITEMS, {}, "'a > 1/0' has no finite value"),
    "defined by a division by zero": (ONE + "d := 1/0; a == d", ITEMS, {}, "'a == d' has no finite value"),
    "division by a difference": (ONE + "a < 1/(b - b)", ITEMS, {}, "has no finite value"),
    "log of nothing": (ONE + "log(0*a) == 1", ITEMS, {}, "has no finite value"),
    "no value, MLR": (ONE + "log(b) > 0", ITEMS, {"estimator": "MLR"}, "has no finite value"),
    "no value, ULS": (ONE + "sqrt(b) == 1", ITEMS, {"estimator": "ULS"}, "has no finite value"),
    "no value, FIML": (ONE + "sqrt(b) == 1", HOLES, {"missing": "fiml"}, "has no finite value"),
    "no value, ordered": ("f =~ x1 + a*x2 + x4; sqrt(-a) == 1", ORDERED, {"ordered": True}, "has no finite value"),
    "bounds apart": (ONE + "a > c; c > a + 1", ITEMS, {}, "contradict each other"),
    "mean of 1e9": ("w ~ x1; w ~ 1", ITEMS.assign(x1=ITEMS.x1 + 1e9), {}, "subtract a constant near it"),
    "mean of 1e6, FIML": ("w ~ x1", HOLES.assign(w=HOLES.w + 1e8), {"missing": "fiml"}, "subtract a constant near it"),
}


@pytest.mark.parametrize("condition", REFUSED)
def test_refused(condition):
    text, answers, options, said = REFUSED[condition]
    with pytest.raises(EmolaborError) as refusal:
        sem(text, answers, **options)
    assert said in str(refusal.value)


@pytest.mark.parametrize("constraint", ["a*a == -1", "exp(a) == 0", "a > 1e30", "a*c > 2; a < 0.1; c < 0.1; c > 0"])
def test_what_cannot_be_met_did_not_converge(constraint):
    assert sem(ONE + constraint, ITEMS).problems[0].code in ("constraints_unmet", "not_converged")


def test_covariates_of_ordered_answers_may_go_with_each_other():
    # A null predictor that correlates with a real one: its slope is 0 given the other, and not where it is held apart.
    rng = np.random.default_rng(3)
    z = rng.normal(size=2000)
    w, f = 0.6 * z + 0.8 * rng.normal(size=2000), 0.5 * z + 0.8 * rng.normal(size=2000)
    cuts = [-0.8, 0, 0.7]
    answers = pd.DataFrame({f"u{i}": np.digitize(0.8 * f + 0.6 * rng.normal(size=2000), cuts) for i in range(4)})
    answers, text, items = answers.assign(z=z, w=w), "f =~ u0 + u1 + u2 + u3\nf ~ z + w\n", ["u0", "u1", "u2", "u3"]
    for lines in ("", "z ~~ z; w ~~ w; z ~~ w"):
        fit = sem(text + lines, answers, ordered=items)
        assert fit.warnings == ()
        slope = fit.tidy().query("op == '~' and rhs == 'w'").iloc[0]
        assert abs(slope.est) < 3 * slope.se
    apart = sem(text + "z ~~ z; w ~~ w", answers, ordered=items)
    assert [warning.code for warning in apart.warnings] == ["held_uncorrelated"]
    assert "'z ~~ w'" in apart.warnings[0]


def _doubled(answers):
    return pd.concat([answers.assign(side="a"), answers.assign(side="b")], ignore_index=True)


PERFECT = {
    "ML": (ITEMS, {}),
    "MLM": (ITEMS, {"estimator": "MLM"}),
    "MLR": (ITEMS, {"estimator": "MLR"}),
    "GLS": (ITEMS, {"estimator": "GLS"}),
    "MLR, tiny units": (ITEMS[["x1", "x2", "x4"]] * 1e-9, {"estimator": "MLR"}),
    "FIML": (HOLES, {"missing": "fiml", "estimator": "MLR"}),
    "WLSMV": (ORDERED, {"ordered": True}),
    "WLSMV, theta": (ORDERED, {"ordered": True, "parameterization": "theta"}),
    "WLSMV, two categories": ((ITEMS[["x1", "x2", "x4"]] > [0.4, -0.3, 0.1]).astype(int), {"ordered": True}),
    "WLSMV, pairwise": (ORDERED.mask(HOLES.x1.isna()), {"ordered": True, "missing": "pairwise"}),
    "DWLS": (ORDERED, {"ordered": True, "estimator": "DWLS"}),
}


@pytest.mark.parametrize("condition", PERFECT)
def test_two_equal_groups_fit_perfectly_when_held_equal(condition):
    answers, options = PERFECT[condition]
    fits = [
        sem("f =~ x1 + x2 + x4", _doubled(answers), group="side", group_equal=equal, **options)
        for equal in ((), ("loadings",), ("loadings", "intercepts"))
    ]
    for fit in fits[1:]:
        measures = fit.fit_measures().drop(["chisq_shift_parameter", "baseline_chisq_shift_parameter"], errors="ignore")
        tests = measures[measures.index.str.match(r"(chisq|pvalue|rmsea_(ci|pvalue))") & measures.notna()]
        # Rounding leaves chi-squares of 1e-12; a scaled and shifted test of 0 is its shift.
        assert measures.pvalue == pytest.approx(1, abs=1e-9) and (tests >= 0).all()
        assert 0.9 < measures.get("pvalue_scaled", 1.0) <= 1
        assert measures[["rmsea_ci_upper", "cfi"]].tolist() == [0, 1]
    if fits[1].fit_measures().df < fits[2].fit_measures().df:
        test = lr_test(fits[2], fits[1])
        assert test.chisq_diff >= 0 and 0.9 < test.pvalue <= 1


def test_equal_thresholds_of_equal_margins_have_a_test_of_zero():
    fit = sem("f =~ x1 + x2 + x4; x1 | a*t1 + t2 + t3; x2 | a*t1 + t2 + t3", ORDERED, ordered=True)
    found = fit.fit_measures()[["chisq_scaled", "df", "pvalue_scaled", "rmsea_ci_upper_scaled"]]
    assert found.tolist() == pytest.approx([0, 1, 1, 0], abs=1e-6) and found.chisq_scaled >= 0


@pytest.mark.parametrize("options", [{}, {"estimator": "MLR"}, {"group": "side"}, {"cluster": "team"}])
def test_a_resample_without_a_rare_value_counts_as_failed(options):
    rng = np.random.default_rng(1)
    n = 60
    answers = pd.DataFrame(rng.normal(size=(n, 3)), columns=["x", "m", "y"])
    answers = answers.assign(rare=np.isin(np.arange(n), [0, 31]) * 1.0, side=np.where(np.arange(n) % 2, "a", "b"))
    answers = answers.assign(team=np.arange(n) // 2)
    answers.loc[5:11, "y"] = np.nan
    draws = sem("m ~ x + rare; y ~ m + x + rare", answers, missing="fiml", **options).bootstrap(60, seed=2)
    assert 0 < draws.n_failed < 60
    assert draws.ci()[["ci_lower", "ci_upper"]].notna().all(axis=None)


CODED = ITEMS[["x1", "x2", "x4"]].clip(-2, 2).round().add(3)
# Condition: (text, answers, options, code of the warning, what it says)
WARNED = {
    "a label for two groups": (
        "f =~ x1 + x2 + x4; w ~ b*f",
        ITEMS,
        {"group": "side"},
        "equal_over_groups",
        "b (w ~ f); c(b1, b2)* gives each group its own",
    ),
    "an intercept's label for two groups": ("w ~ m*1", ITEMS, {"group": "side"}, "equal_over_groups", "m (w ~ 1)"),
    "random predictors": ("w ~ x1 + x2; x1 ~~ x1; x2 ~~ x2", ITEMS, {}, "held_uncorrelated", "'x1 ~~ x2'"),
    "a random and a fixed predictor": ("w ~ x1 + x2; x1 ~~ x1", ITEMS, {}, "held_uncorrelated", "x1 and x2"),
    "a factor beside a fixed predictor": (
        "f =~ x1 + x2 + x4; w ~ f + x5 + x6",
        ITEMS,
        {},
        "held_uncorrelated",
        "'f ~~ x5; f ~~ x6; x5 ~~ x6'",
    ),
    "an exogenous answer is missing": (
        "w ~ x1",
        ITEMS.assign(x1=ITEMS.x1.where(np.arange(300) > 8)),
        {"missing": "fiml"},
        "exogenous_missing",
        "9 of 300 rows were left out for a missing exogenous variable (x1 in 9)",
    ),
    "a label like a column": ("w ~ x6*x1", ITEMS, {}, "label_is_variable", "'x6*x1' names a coefficient"),
    "a label like a factor": ("f =~ x1 + x2 + x4; w ~ f*x5", ITEMS, {}, "label_is_variable", "the label f"),
    "55 and 99": (
        "f =~ x1 + x2 + x4",
        CODED.assign(x1=CODED.x1.mask(ITEMS.w > 2, 99), x2=CODED.x2.mask(ITEMS.w > 2.2, 55)),
        {},
        "missing_codes",
        "99 in x1",
    ),
    "99, ordered": (
        "f =~ x1 + x2 + x4",
        CODED.assign(x1=CODED.x1.mask(ITEMS.w > 1, 99)),
        {"ordered": True},
        "missing_codes",
        "99 in x1",
    ),
}


@pytest.mark.parametrize("condition", WARNED)
def test_warned(condition):
    text, answers, options, code, said = WARNED[condition]
    fit = sem(text, answers, **options)
    found = [warning for warning in fit.warnings if warning.code == code]
    assert len(found) == 1 and said in found[0]
    assert f"Warning: {found[0]} [{code}]" in fit.summary()


@pytest.mark.parametrize(
    ("text", "options"),
    [
        ("f =~ x1 + x2 + x4; w ~ c(b1, b2)*f", {"group": "side"}),
        ("w ~ x1 + x2; x1 ~~ x1 + x2; x2 ~~ x2", {}),
        ("w ~ x1 + x2; x1 ~~ 0*x2", {}),
        ("w ~ x1 + x2", {}),
        ("f =~ x1 + x2 + x4; g =~ x5 + x6; w ~ f + g", {}),
    ],
)
def test_nothing_to_warn_of(text, options):
    assert sem(text, ITEMS, **options).warnings == ()


@pytest.mark.parametrize(
    ("values", "far"),
    [
        ([1, 2, 3, 4, 5, 9], [9]),
        ([1, 2, 3, 4, 5, 55], [55]),
        ([1, 2, 3, 4, 5, -9, 97, 98, 99], [-9, 97, 98, 99]),
        ([0, 1, 9], [9]),
        ([*range(18, 66), 999], [999]),
        ([*np.linspace(1, 5, 40), -99], [-99]),
        ([1, 2, 3, 4, 5, 6, 7, 9], []),
        ([1, 2, 3, 4, 5, 0], []),
        ([1, 5], []),
        ([0, 1, 2, 3, 10], []),
        ([18, 33, 44, 65, 99], []),
        ([100, 200, 300, 400], []),
    ],
)
def test_far_values(values, far):
    assert far_values(np.repeat(np.array(values, float), 10)) == far


def test_scales_say_what_is_wrong_with_their_items():
    turned, own = ITEMS.assign(x1=-ITEMS.x1), {"a": ["x1", "x2", "x4"]}
    for found in (reliability(turned, own), omega_coefficients(turned, own)):
        assert (
            found.problems["a"].startswith("x1 goes against the other items") and "[keyed_apart]" in found.problems["a"]
        )
    assert reliability(ITEMS, own).problems["a"] == ""
    assert "99 in x1" in reliability(CODED.assign(x1=CODED.x1.mask(ITEMS.w > 2, 99)), own).problems["a"]
    two = {"a": ["x1", "x2", "x4"], "b": ["x5", "x6"]}
    assert "a: x1 goes against" in convergent_validity(turned, two, n_resamples=20).problems["a"]


def test_convergent_validity_names_the_dimension_that_failed():
    rest = np.column_stack([np.ones(300), ITEMS[["x1", "x2", "x4"]]])
    alone = np.random.default_rng(1).normal(size=(300, 2))
    alone -= rest @ np.linalg.lstsq(rest, alone)[0]  # two items that share nothing with the others
    answers = ITEMS.assign(u=alone[:, 0], v=alone[:, 1])
    for ask in (convergent_validity, fornell_larcker):
        with pytest.raises(EmolaborError, match="dimension lost: the factor model is not identified"):
            ask(answers, {"found": ["x1", "x2", "x4"], "lost": ["u", "v"]})


def test_a_notice_is_its_sentence():
    notice = sem("w ~ x6*x1", ITEMS).warnings[0]
    assert isinstance(notice, str) and notice.startswith("the label x6") and notice.code in CODES
    for copied in (pickle.loads(pickle.dumps(notice)), copy.deepcopy(notice)):
        assert (copied, copied.code) == (notice, notice.code) and isinstance(copied, Notice)


@pytest.mark.parametrize("name", ["problems-and-warnings.md", "problems-and-warnings.zh-CN.md"])
def test_the_page_has_every_code(name):
    rows = re.findall(r"^\| `(\w+)` \|", (DOCS / name).read_text(encoding="utf-8"), re.MULTILINE)
    assert rows == list(CODES)


def test_tables_name_the_items_and_the_code_of_a_problem():
    # Two dimensions of one factor correlate beyond 1 in a small sample: the dimensions' own names, and the code.
    rng = np.random.default_rng(0)
    f = rng.normal(size=60)
    noise = [0.05, 2, 2]
    columns = [f + spread * rng.normal(size=60) for spread in noise] + list(rng.normal(size=(3, 60)) + 0.3 * f)
    answers = pd.DataFrame(dict(zip("pqrstu", columns, strict=True)))
    found = method_factor(answers, {"warm": ["p", "q", "r"], "cold": ["s", "t", "u"]}).table.problems["factors"]
    assert found.startswith("the correlation of warm and cold is beyond 1") and "[correlation_beyond_one]" in found
    note = compare({"one": sem("a =~ p + q + r; b =~ s + t + u", answers)}).note["one"]
    assert "the correlation of a and b is beyond 1" in note and "[correlation_beyond_one]" in note
    (heywood,) = efa(answers, 2).problems
    assert heywood.code == "unique_variance_at_bound" and "[unique_variance_at_bound]" in str(efa(answers, 2).summary())
