"""The model of a correlation table: read as printed, freed of measurement error, refused with the line.

Tolerance 1e-7: maximum likelihood converged to a gradient below 1e-8 against closed forms of the same moments.
"""

import numpy as np
import pandas as pd
import pytest

from emolabor.analysis import (
    correlation_table,
    is_correlation_table,
    read_correlation_table,
    score_model,
    verdicts,
)
from emolabor.common.errors import EmolaborError
from emolabor.instrument import load_instrument
from emolabor.responses import Staff, score
from emolabor.sem import sem
from emolabor.simulation import simulate_staff
from emolabor.theory import CONSTRUCT_GROUPS, load_claims, measured_claims

NAMES = ("surface_acting", "exhaustion", "proactive_service")
TABLE = """variable,n,sd,alpha,surface_acting,exhaustion,proactive_service
surface_acting,240,0.8,0.81,1,0.4,-0.1
exhaustion,236,0.9,0.90,0.4,1,-0.3
proactive_service,240,0.7,,-0.1,-0.3,1
"""
TOLERANCE = 1e-7


@pytest.fixture
def write(tmp_path):
    def run(text, name="table.csv"):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return run


def fitted(table):
    claims = measured_claims(load_claims(), table.cor)
    fit = sem(score_model(table, claims, CONSTRUCT_GROUPS), sample_cov=table.covariance, n_obs=table.n)
    return claims, fit, fit.tidy().set_index(["lhs", "op", "rhs"])


def test_a_table_is_read_as_printed_with_the_smallest_number_of_respondents(write):
    table = read_correlation_table(write(TABLE))
    assert table.n == 236
    assert table.covariance.loc["surface_acting_score", "exhaustion_score"] == pytest.approx(0.4 * 0.8 * 0.9)
    assert np.isnan(table.alpha["proactive_service"])


def test_a_known_reliability_corrects_the_correlation_of_two_constructs(write):
    """Spearman's (1904) correction: r / sqrt(reliability of one times that of the other)."""
    text = "\n".join(",".join(line.split(",")[:6]) for line in TABLE.splitlines()[:3])
    _, fit, tidy = fitted(read_correlation_table(write(text)))
    assert fit.admissible
    std = tidy.loc[("exhaustion", "~", "surface_acting"), "std_all"]
    assert std == pytest.approx(0.4 / np.sqrt(0.81 * 0.90), abs=TOLERANCE)


def test_without_reliabilities_and_deviations_the_paths_are_those_of_least_squares(write):
    frame = pd.read_csv(write(TABLE)).drop(columns=["sd", "alpha"])
    _, _, tidy = fitted(read_correlation_table(write(frame.to_csv(index=False))))
    # The claims let exhaustion lead to proactive service, and surface acting to it by way of exhaustion alone.
    assert tidy.loc[("exhaustion", "~", "surface_acting"), "std_all"] == pytest.approx(0.4, abs=TOLERANCE)
    assert tidy.loc[("proactive_service", "~", "exhaustion"), "std_all"] == pytest.approx(-0.3, abs=TOLERANCE)


def test_the_table_of_answers_has_their_scores_and_judges_the_claims_that_it_can():
    instrument = load_instrument("window_staff")
    staff = Staff(simulate_staff(300, seed=2), pd.DataFrame(), instrument)
    table = correlation_table(staff)
    scores = score(staff).dropna()
    assert table.n == len(scores)
    pd.testing.assert_frame_equal(table.cor, scores.corr())
    claims, fit, _ = fitted(table)
    judged = verdicts(fit, claims)["verdict"]
    assert fit.admissible
    assert judged["C02 surface_acting>exhaustion"] == "at_least"
    moderations = [f"{claim.id} {path.key}" for claim in claims for path in claim.paths if path.moderator]
    assert set(judged[moderations]) == {"not_estimated"}


def test_claims_about_what_the_table_lacks_are_not_measured_and_say_what_is_lacking(write):
    claims, fit, _ = fitted(read_correlation_table(write(TABLE)))
    table = verdicts(fit, claims)
    row = table.loc["C01 role_pressure>surface_acting"]
    assert row[["verdict", "lacking"]].tolist() == ["not_measured", "role_pressure"]
    assert table.loc["C02 surface_acting>exhaustion", "verdict"] != "not_measured"


def test_a_correlation_table_is_known_by_its_first_heading(write):
    assert is_correlation_table(write(TABLE))
    assert is_correlation_table(write("\ufeff" + TABLE))
    assert not is_correlation_table(write("respondent,ex1\n1,2\n"))
    assert not is_correlation_table(write(TABLE, "table.txt"))
    assert not is_correlation_table("none.csv")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (",n,", ",cases,", r"table\.csv, line 1: found variable, cases, sd, .*; allowed: variable, n"),
        (
            "exhaustion,236",
            "tiredness,236",
            r"line 1: found other columns than rows; allowed: variable, n, any of mean",
        ),
        ("0.4,1,-0.3", "0.4,1,-0.2", r"table\.csv line 4: not symmetric: proactive_service with exhaustion"),
        ("0.4,1,-0.3", "0.4,0.9,-0.3", r"line 3: exhaustion with itself is 0.9, must be 1"),
        ("0.4,1,-0.3", "0.4,1,x", r"line 3: column proactive_service: found 'x'; allowed: a number or blank"),
        (",0.90,", ",1.2,", r"table\.csv, line 3: alpha: found 1.2; allowed: a number above 0, at most 1"),
        (",0.9,0.90", ",0,0.90", r"line 3: sd: found 0; allowed: a number above 0"),
        (",236,", ",1,", r"line 3: n: found 1; allowed: a number at least 2"),
        (",236,", ",,", r"column n does not say .*; allowed: a whole number in every row"),
    ],
)
def test_what_is_no_correlation_table_is_refused_with_its_line(old, new, message, write):
    assert old in TABLE
    with pytest.raises(EmolaborError, match=message):
        read_correlation_table(write(TABLE.replace(old, new, 1)))
