"""The order of groups: that of a categorical, else that of appearance; labels beside their numbers."""

import numpy as np
import pandas as pd
import pytest

import emolabor as el


@pytest.fixture(scope="module")
def data():
    rng = np.random.default_rng(1)
    group = np.array(["b", "a", "c"] * 60)
    x = rng.normal(size=180)
    return pd.DataFrame({"x": x, "y": (group == "a") * x + rng.normal(size=180), "g": group})


@pytest.mark.parametrize(
    ("column", "order"),
    [
        (lambda g: g, ["b", "a", "c"]),
        (lambda g: pd.Categorical(g, ["c", "a", "none", "b"]), ["c", "a", "b"]),
        (lambda g: pd.Categorical(g, ["a", "b", "c"], ordered=True), ["a", "b", "c"]),
    ],
)
def test_labels_follow_the_stated_order(data, column, order):
    frame = data.assign(g=column(data.g))
    fit = el.sem("y ~ c(b1, b2, b3)*x", frame, group="g")
    rows = fit.tidy().query("op == '~'")
    assert rows.group_label.tolist() == order and rows.group.tolist() == [1, 2, 3]
    for label, row in zip(order, rows.itertuples(), strict=True):
        alone = el.sem("y ~ x", data[data.g == label], mean_structure=True).tidy().est[0]
        assert row.label == f"b{row.group}" and row.est == pytest.approx(alone, abs=1e-7)


def test_defined_parameters_belong_to_no_group(data):
    tidy = el.sem("y ~ c(b1, b2, b3)*x\nd := b1 - b2", data, group="g").tidy()
    assert tidy.group_label.iloc[-1] == "" and tidy.columns[-1] == "group_label"


def test_one_group_has_no_label(data):
    assert "group_label" not in el.sem("y ~ x", data).tidy()
