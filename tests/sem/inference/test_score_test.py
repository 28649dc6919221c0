"""Score tests of equality constraints against lavaan 0.6-14 (tests/r/tests.R, ladder.R)."""

import numpy as np
import pytest
from lavaan_cases import case_table, frame, options
from lavaan_reference import measures, parameters

import emolabor as el
from emolabor import EmolaborError

# Converged to rounding on both sides: only the square of the gradient's rounding is left.
RELATIVE = 1e-6
CASES = {name: case for name, case in case_table("tests").items() if case["score"]}
# Latent means that scalar invariance frees are not identified once every intercept is released; lavaan's df counts
# all constraints.
NOT_IDENTIFIED = {name: 3 for name in CASES if "scalar" in name}


@pytest.mark.parametrize("name", CASES)
def test_equal_lavaan(name):
    case = CASES[name]
    fit = el.sem(case["model0"], frame(case["data"]), **options(case["options0"]))
    expected, total = parameters("tests", name), measures("tests", name)
    test = fit.score_test()
    assert test.chisq == pytest.approx(total.score_total_statistic, rel=RELATIVE)
    assert test.df == total.score_total_df - NOT_IDENTIFIED.get(name, 0)
    np.testing.assert_allclose(test.constraints.chisq, expected.score_statistic, rtol=RELATIVE)
    np.testing.assert_allclose(test.constraints.pvalue, expected.score_pvalue, rtol=1e-5)
    if not name.startswith("explicit"):
        assert [f"{row.lhs} 1" for row in test.constraints.itertuples()] == expected.lhs.tolist()
        assert [f"{row.rhs} {row.group}" for row in test.constraints.itertuples()] == expected.rhs.tolist()


def test_a_tie_is_tested_as_by_the_difference_of_the_fits_in_a_large_sample():
    data = el.simulate_staff(n=5000, seed=2)
    tied = el.sem("f =~ ex1 + a*ex2 + a*ex3 + ex4", data)
    free = el.sem("f =~ ex1 + ex2 + ex3 + ex4", data)
    test = tied.score_test().constraints.loc[0]
    assert (test.lhs, test.rhs, test.group, test.df) == ("f=~ex2", "f=~ex3", 1, 1)
    # Score and likelihood-ratio statistics agree but for terms that vanish with the sample size.
    assert test.chisq == pytest.approx(el.lr_test(tied, free).chisq_diff, rel=0.1)


def test_written_constraints_come_first_and_in_words():
    data = frame("holzinger")
    text = "visual =~ x1 + a*x2 + b*x3; textual =~ x4 + c*x5 + c*x6; 2*(a - b) == exp(0) - 1"
    names = el.sem(text, data).score_test().constraints
    assert names.lhs.tolist() == ["2 * (a - b)", "textual=~x5"]
    assert names.rhs.tolist() == ["exp(0) - 1", "textual=~x6"]


def test_units_of_measurement_do_not_matter():
    data = frame("holzinger")
    text = "visual =~ x1 + x2 + x3; textual =~ x4 + x5 + x6; visual ~ a*ageyr; textual ~ b*ageyr"
    tests = []
    for unit in (1.0, 100.0):
        other = data.assign(ageyr=data.ageyr / unit, x1=data.x1 * unit)
        tied = el.sem(f"{text}; a == {unit}*b", other).score_test()
        tests.append((tied.chisq, tied.df))
    assert tests[0] == pytest.approx(tests[1], rel=1e-6)


def test_constraints_that_follow_from_others_gain_nothing():
    data = frame("holzinger")
    text = "visual =~ x1 + a*x2 + b*x3; textual =~ x4 + c*x5 + x6; a == b; b == c; a == c"
    test = el.sem(text, data).score_test()
    assert test.df == 2 and test.constraints.chisq.isna().all()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("f =~ x1 + x2 + x3 + x4", "no equality constraint"),
        ("f =~ x1 + a*x2 + a*x3 + b*x4; b > 10", "binds"),
    ],
)
def test_fits_without_constraints_to_release_are_refused(text, found):
    with pytest.raises(EmolaborError, match=found):
        el.sem(text, frame("holzinger")).score_test()
