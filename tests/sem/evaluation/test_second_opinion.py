"""What semopy answers, and when it cannot be asked."""

import logging

import numpy as np
import pandas as pd
import pytest
from lavaan_reference import cases, public_data

import emolabor as el

pytestmark = pytest.mark.slow

# semopy's optimiser stops where the discrepancy changes by less than 1e-13, that is at estimates right to about the
# root of it on the scale of the data (variances up to 8 here); the chi-square is right to the tolerance times n.
ESTIMATES, CHISQ = 2e-5, 1e-8
MEASURED = "visual =~ x1 + x2 + x3\ntextual =~ x4 + x5 + x6"
HS = MEASURED + "\nspeed =~ x7 + x8 + x9"
DATA = public_data("holzinger")
LAVAAN_CASES = {case["case"]: case for case in cases("ml")}
ASKED = {
    "marker": dict(model=HS),
    "unit variances": dict(model=HS, std_lv=True),
    "NA* frees a loading": dict(model=HS.replace("x1 +", "NA*x1 +") + "\nvisual ~~ 1*visual"),
    "robust errors": dict(model=HS, estimator="MLR"),
    "unrestricted means": dict(model=HS, mean_structure=True),
    "shared labels": dict(model=HS.replace("+ x2 + x3", "+ a*x2 + a*x3")),
    "second order": dict(model=HS + "\ng =~ visual + textual + speed"),
    "outcomes and residuals": dict(model=MEASURED + "\ntextual ~ visual\nx9 ~ visual + x8\nx8 ~~ x8\nx1 ~~ x9"),
    "latent and observed outcomes": dict(model="visual =~ x1 + x2 + x3\nx4 ~ visual + x7\nx5 ~ x4 + visual\nx7 ~~ x7"),
    "fixed values": dict(model=HS + "\nvisual ~~ 0*speed\nx2 ~~ 0.1*x3\nx1 ~~ 0.5*x1"),
    "just identified": dict(model="f =~ x1 + x2 + x3"),
    "names semopy would misread": dict(
        model="START =~ x1 + x2 + .y; 速度 =~ x7 + x8 + x9", data=DATA.rename(columns={"x3": ".y"})
    ),
    "covariances instead of data": dict(model=HS, data=None, sample_cov=DATA.loc[:, "x1":"x9"].cov(), n_obs=301),
    "Wishart": dict(model=HS, likelihood="wishart"),
    "democracy": dict(model=LAVAAN_CASES["pd"]["model"], data=public_data("democracy")),
}


@pytest.mark.parametrize("name", ASKED)
def test_semopy_finds_the_same(name, capsys):
    fit = el.sem(**{"data": DATA, **ASKED[name]})
    opinion = fit.second_opinion()
    assert opinion.asked and opinion.reason == ""
    tidy = fit.tidy()
    free = tidy[(tidy.se > 0) & (tidy.op != "~1")]
    assert set(zip(free.lhs, free.op, free.rhs, strict=True)) >= set(
        zip(opinion.table.lhs, opinion.table.op, opinion.table.rhs, strict=True)
    )
    assert len(opinion.table) == free.label.replace("", np.nan).nunique() + (free.label == "").sum()
    assert opinion.largest_difference == np.abs(opinion.table.est - opinion.table.theirs).max() <= ESTIMATES
    assert opinion.chisq["emolabor"] == fit.fit_measures().chisq
    assert opinion.chisq["semopy"] == pytest.approx(opinion.chisq["emolabor"], rel=CHISQ, abs=1e-8)
    assert capsys.readouterr() == ("", "")


NOT_ASKED = {
    "groups": (dict(model=HS, group="school"), "2 groups"),
    "estimator": (dict(model=HS, estimator="ULS"), "the estimator is ULS"),
    "missing answers": (dict(model=HS, data=DATA.mask(DATA == DATA.max()), missing="fiml"), "answers are missing"),
    "covariates": (dict(model=HS + "\nvisual ~ ageyr"), "observed exogenous variables (ageyr)"),
    "constraints": (dict(model=HS.replace("x2 +", "a*x2 +") + "\na < 2"), "constraints (==, < or >)"),
    "means": (dict(model="i =~ 1*x1 + 1*x2 + 1*x3; i ~ 1; x1 + x2 + x3 ~ 0*1"), "restricts means"),
    "not identified": (dict(model="f =~ x1 + x2"), "no solution to compare with: the model is not identified"),
}


@pytest.mark.parametrize("name", NOT_ASKED)
def test_semopy_is_not_asked_what_it_cannot_answer(name):
    arguments, reason = NOT_ASKED[name]
    opinion = el.sem(**{"data": DATA, **arguments}).second_opinion()
    assert not opinion.asked and reason in opinion.reason
    assert opinion.table.empty and np.isnan(opinion.largest_difference) and opinion.chisq == {}
    assert repr(opinion) == f"semopy was not asked: {opinion.reason}"
    assert opinion.reason.split(" (")[0] in opinion._repr_html_()


def test_a_negative_variance_is_out_of_semopys_reach():
    names = ["x1", "x2", "x3"]
    cov = pd.DataFrame([[1, 0.9, 0.9], [0.9, 1, 0.65], [0.9, 0.65, 1]], index=names, columns=names)
    opinion = el.sem("f =~ x1 + x2 + x3", sample_cov=cov, n_obs=200).second_opinion()
    assert not opinion.asked and "the variance of x1 is negative" in opinion.reason


def test_shown_the_same_every_time_with_three_decimals():
    first, second = (el.sem(HS, DATA).second_opinion() for _ in range(2))
    assert repr(first) == repr(second) and first._repr_html_() == second._repr_html_()
    assert repr(first).splitlines()[0] == "semopy estimated the same 21 free parameters: largest difference below 1e-05"
    assert "0x" not in repr(first) and " id=" not in first._repr_html_()
    assert "0.554   0.554" in repr(first) and "<td>0.554</td>" in first._repr_html_()


def test_logging_is_left_as_it_was():
    before = logging.root.manager.disable
    el.sem(HS, DATA, std_lv=True).second_opinion()
    assert logging.root.manager.disable == before
