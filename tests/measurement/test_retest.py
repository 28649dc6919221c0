import numpy as np
import pandas as pd
import pytest

from emolabor.common.errors import EmolaborError
from emolabor.measurement import retest

from .reference import R, own

REFERENCE = pd.read_csv(R / "agreement.csv").set_index(["case", "what"])["value"]
CLOSED = 1e-9
CASES = {"two": own("retest")[["t1", "t2"]], "three": own("retest")}


@pytest.mark.parametrize("kind", ["agreement", "consistency"])
@pytest.mark.parametrize("case", CASES)
def test_coefficients_and_intervals_are_those_of_psych(case, kind):
    found = retest(CASES[case]).loc[kind]
    for measure in ("icc", "lower", "upper", "icc_mean", "sem"):
        assert found[measure] == pytest.approx(REFERENCE[f"{case} {kind}", measure], abs=CLOSED), measure


def test_the_smallest_detectable_change_follows_from_the_error_of_measurement():
    for case, scores in CASES.items():
        assert retest(scores).loc["agreement", "mdc"] == pytest.approx(
            REFERENCE[f"{case} agreement", "mdc"], abs=CLOSED
        )


def test_the_published_example_of_shrout_and_fleiss():
    # Shrout & Fleiss (1979), Table 2: six targets, four judges; ICC(2,1) = .29, ICC(3,1) = .71, of means .62 and .91.
    ratings = [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]
    found = retest(pd.DataFrame(ratings))
    np.testing.assert_array_equal(found["icc"].round(2), [0.29, 0.71])
    np.testing.assert_array_equal(found["icc_mean"].round(2), [0.62, 0.91])


def test_a_shift_of_everybody_costs_agreement_but_not_consistency():
    scores = own("retest")[["t1", "t2"]]
    moved = scores.assign(t2=scores["t2"] + 1)
    before, after = retest(scores), retest(moved)
    assert after.loc["agreement", "icc"] < before.loc["agreement", "icc"] - 0.1
    assert after.loc["consistency", "icc"] == pytest.approx(before.loc["consistency", "icc"])


def test_the_same_scores_again_agree_wholly():
    first = own("retest")["t1"]
    found = retest(pd.DataFrame({"t1": first, "t2": first}))
    assert (found[["icc", "lower", "upper"]] == 1).all(axis=None) and (found["mdc"] == 0).all()


def test_bad_input_is_named():
    with pytest.raises(EmolaborError, match="scores: found 1 item; allowed: at least 2"):
        retest(own("retest")[["t1"]])
    with pytest.raises(EmolaborError, match="level: found 95; allowed: a number between 0 and 1"):
        retest(own("retest"), level=95)
