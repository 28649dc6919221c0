"""What is reported of a fit: no table of a robust fit shows an unscaled test or plain indices alone."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from lavaan_reference import public_data

import emolabor as el
from emolabor.sem import reported_measures
from emolabor.study import fit_table

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
DATA = public_data("holzinger")
MODEL = "visual =~ x1 + x2 + x3; textual =~ x4 + x5 + x6; speed =~ x7 + x8 + x9"
INDICES = ("cfi", "tli", "rmsea", "rmsea_ci_lower", "rmsea_ci_upper")


def holes(data):
    return data.mask(np.add.outer(np.arange(len(data)), np.arange(data.shape[1])) % 19 == 0)


def cut(data):
    return data.loc[:, "x1":"x9"].apply(lambda column: pd.cut(column, 4, labels=False))


# Estimator -> arguments, end of the test's names, end of the indices' names.
KINDS = {
    "ML": ({}, "", ""),
    "GLS": ({"estimator": "GLS"}, "", ""),
    "MLM": ({"estimator": "MLM"}, "_scaled", "_robust"),
    "MLR": ({"estimator": "MLR"}, "_scaled", "_robust"),
    "ML, incomplete": ({"data": holes(DATA.loc[:, "x1":"x9"]), "missing": "fiml"}, "", "_robust"),
    "MLR, incomplete": (
        {"data": holes(DATA.loc[:, "x1":"x9"]), "missing": "fiml", "estimator": "MLR"},
        "_scaled",
        "_robust",
    ),
    "WLSMV": ({"data": cut(DATA), "ordered": True}, "_scaled", "_robust"),
    "WLSMV, a scale free": (
        {"model": MODEL.replace("x3", "1*x3") + "; x3 ~*~ NA*x3", "data": cut(DATA), "ordered": True},
        "_scaled",
        "_scaled",
    ),
    "DWLS": ({"data": cut(DATA), "ordered": True, "estimator": "DWLS"}, "", ""),
}


def fitted(kind):
    return el.sem(**{"model": MODEL, "data": DATA, **KINDS[kind][0]})


def shows_the_unscaled_alone(row):
    """Whether a row of a robust fit has the plain test, or plain indices, and not the others beside them."""
    return any(
        name in row and not {f"{name}_scaled", f"{name}_robust"} & set(row) for name in ("chisq", "pvalue", *INDICES)
    )


@pytest.mark.parametrize("kind", KINDS)
def test_the_estimator_decides_what_is_reported_and_the_names_say_so(kind):
    _, test, indices = KINDS[kind]
    fit = fitted(kind)
    measures, reported = fit.fit_measures(), reported_measures(fit)
    names = [f"chisq{test}", "df", f"pvalue{test}", *(name + indices for name in INDICES), "srmr"]
    names += [name for name in ("aic", "bic") if name in measures]
    assert reported.index.tolist() == names
    pd.testing.assert_series_equal(reported, measures[names].astype(float), check_names=False)


@pytest.mark.parametrize("kind", ["MLM", "MLR", "MLR, incomplete", "WLSMV", "WLSMV, a scale free"])
def test_every_table_of_a_robust_fit_says_that_its_test_is_scaled(kind):
    fit = fitted(kind)
    assert not shows_the_unscaled_alone(fit_table(fit))
    assert not shows_the_unscaled_alone(el.compare({"main": fit}).dropna(axis=1))
    line = repr(fit)
    assert f"scaled chi-square {reported_measures(fit)['chisq_scaled']:.3f} on" in line
    assert "robust CFI" in line or "scaled CFI" in line
    assert shows_the_unscaled_alone(fit.fit_measures()[["chisq", "df"]])  # the test of this file can fail


def test_the_ladder_and_the_validation_report_judge_by_what_is_reported():
    found = el.invariance(MODEL, DATA, "school", estimator="MLR", steps=["configural"])
    reported = reported_measures(found.fits["configural"])
    assert found.table.loc["configural", ["chisq", "cfi", "rmsea"]].tolist() == [
        reported[name] for name in ("chisq_scaled", "cfi_robust", "rmsea_robust")
    ]
    assert "scaled chi-square, robust CFI and RMSEA" in found.summary()
    staff, scale = el.simulate_staff(n=300, seed=1), el.load_scale("emotional_exhaustion")
    row = el.validation_report(staff, scale).tables["fit"].iloc[0]
    items = ["ex1", "ex2", "ex3", "ex4"]
    other = reported_measures(el.cfa(f"f =~ {' + '.join(items)}", staff[items].dropna(), std_lv=True, estimator="MLR"))
    assert row["chisq"] == pytest.approx(other["chisq_scaled"], rel=1e-6)
    assert row["cfi"] == pytest.approx(other["cfi_robust"], rel=1e-6)


def tables(values, path=()):
    """Every stored row that holds a chi-square of a model, with its place."""
    if isinstance(values, dict):
        if any(name.startswith("chisq") and name not in ("chisq_diff",) for name in values):
            yield path, values
        for name, part in values.items():
            yield from tables(part, (*path, name))


# Tables of plain maximum likelihood, which their notebook says; the ladder's are scaled, and its notebook says so.
PLAIN = {
    ("04_measurement_model", "marker"),
    ("05_invariance", "ladder"),
    ("10_levers", "fit"),
    ("11_robustness", "second_opinion_fit"),
}


def test_no_stored_table_of_a_robust_fit_shows_the_unscaled_test_alone():
    seen = 0
    for path in sorted((ROOT / "results" / "reference").glob("*.json")):
        content = json.loads(path.read_text(encoding="utf-8"))
        if content["parameters"].get("estimator") != "MLR":
            continue
        for place, row in tables(content["values"]):
            if (content["notebook"], place[0]) not in PLAIN and "df" in row:
                assert not shows_the_unscaled_alone(row), (path.name, place)
                seen += 1
    assert seen == 12  # 04: fit and 3 rivals; 07 and 13: fit; 11: 6 rivals
