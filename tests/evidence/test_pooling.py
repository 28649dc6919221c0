import dataclasses

import numpy as np
import pandas as pd
import pytest
from published_matrices import craft, made, read, whole

import emolabor as el
from emolabor.common.errors import EmolaborError
from emolabor.evidence.multivariate import pool_random
from emolabor.evidence.sampling import correlation_covariance
from emolabor.evidence.univariate import pool_cell, restricted_tau2

# metafor stops its search for tau at 1e-12; OpenMx at a relative change of 1e-9 or so of the likelihood.
METAFOR, OPENMX = 1e-8, 1e-6

SETS = {("craft", "REM"): craft, ("craft", "FEM"): lambda: whole(craft()), ("made", "REM"): made, ("made", "FEM"): made}


def table(key, r=0.3, n=100, names=("x", "y"), **more):
    cor = np.full((len(names), len(names)), r)
    np.fill_diagonal(cor, 1.0)
    return el.PublishedTable(key, pd.DataFrame(cor, names, names), n, **more)


@pytest.mark.parametrize("test", ["knha", "adhoc"])
def test_single_cells_are_metafor_s(test):
    cells = el.pool(craft(), test=test).cells.set_index(["a", "b"])
    expected = read("cells").query("test == @test").set_index(["a", "b"]).drop(columns="test")
    found = cells.loc[expected.index, list(expected)]
    np.testing.assert_allclose(found.astype(float), expected, rtol=0, atol=METAFOR)


@pytest.mark.parametrize(("name", "method"), SETS)
def test_the_first_stage_is_metasem_s(name, method):
    pooled = el.pool(SETS[name, method](), model="random" if method == "REM" else "fixed")
    expected = read("stage1").query("set == @name and method == @method")
    np.testing.assert_allclose(pooled.cells["r_joint"], expected["est"], rtol=0, atol=OPENMX)
    if method == "REM":
        np.testing.assert_allclose(pooled.cells["tau2_joint"], expected["tau2"], rtol=0, atol=OPENMX)
    own = read("stage1_acov").query("set == @name and method == @method")
    found = pooled.acov.to_numpy()[own["row"] - 1, own["col"] - 1]
    np.testing.assert_allclose(found, own["v"], rtol=0, atol=1e-7)


def craft_parts():
    """The correlations of each study and metafor's covariances of them."""
    own = read("rcalc_y")
    cells = list(dict.fromkeys(sorted(own["pair"])))
    lower = read("rcalc_v")
    v = np.zeros((len(own), len(own)))
    v[lower["row"] - 1, lower["col"] - 1] = v[lower["col"] - 1, lower["row"] - 1] = lower["v"]
    # A study that lacks a cell among its variables has no covariances there; metafor leaves such rows out.
    kept = ~np.isnan(v).any(axis=1)
    own, v = own[kept].reset_index(drop=True), v[np.ix_(kept, kept)]
    parts = []
    for _, rows in own.groupby("study", sort=False):
        places = np.array([cells.index(pair) for pair in rows["pair"]])
        parts.append((places, rows["y"].to_numpy(), v[np.ix_(rows.index, rows.index)]))
    return cells, own, parts


def test_covariances_of_correlations_are_metafor_s():
    _, own, parts = craft_parts()
    for (study, rows), (_, _, v) in zip(own.groupby("study", sort=False), parts, strict=True):
        cor = craft()[str(study)]
        names = list(cor.cor)
        i, j = np.array([[names.index(name) for name in pair.split(".")] for pair in rows["pair"]]).T
        # metafor divides by n - 1
        found = correlation_covariance(cor.cor.to_numpy(), i, j) / (cor.n - 1)
        np.testing.assert_allclose(found, v, rtol=0, atol=1e-12)


@pytest.mark.parametrize("method", ["ML", "REML"])
def test_random_effects_are_metafor_s(method):
    cells, _, parts = craft_parts()
    stage = pool_random(parts, len(cells), np.zeros(len(cells), bool), method)
    expected = read("rma_mv").query("method == @method").set_index("pair").loc[cells]
    # optim's BFGS works on log variances, one of which runs away to zero: five digits of the others is what it gives.
    np.testing.assert_allclose(stage.pooled, expected["est"], rtol=0, atol=1e-5)
    np.testing.assert_allclose(stage.tau2, expected["tau2"], rtol=0, atol=1e-5)
    if method == "REML":
        np.testing.assert_allclose(np.sqrt(np.diag(stage.acov)), expected["se"], rtol=0, atol=1e-5)


def test_variance_of_true_values_at_its_bound():
    assert restricted_tau2(np.array([0.2, 0.2, 0.2]), np.full(3, 0.01)) == 0.0


def test_one_study_has_no_heterogeneity():
    pooled = el.pool({"a": table("a")})
    cell = pooled.cells.iloc[0]
    assert cell["k"] == 1 and cell[["tau", "q", "pi_lower", "tau2_joint"]].isna().all()
    z, reach = np.arctanh(0.3), 1.959963984540054 / np.sqrt(97)
    assert [cell["ci_lower"], cell["ci_upper"]] == pytest.approx([np.tanh(z - reach), np.tanh(z + reach)])
    assert any("1 of 1 cells come from one study" in note for note in pooled.notes)


def test_two_studies_that_agree_are_no_certainty():
    same = pool_cell([0.3, 0.3], [100, 100], test="knha"), pool_cell([0.3, 0.3], [100, 100], test="adhoc")
    assert same[0]["ci_upper"] - same[0]["ci_lower"] < 1e-9 < 0.5 < same[1]["ci_upper"] - same[1]["ci_lower"]


def test_samples_of_one_project_are_one_study():
    tables = {"a1": table("a1", 0.2, project="a"), "a2": table("a2", 0.4, project="a"), "b": table("b", 0.3)}
    joined, separate = el.pool(tables).cells.iloc[0], el.pool(tables, projects="separate").cells.iloc[0]
    assert (joined["k"], joined["samples"], separate["k"]) == (2, 3, 3)
    one = pool_cell([np.tanh(np.mean(np.arctanh([0.2, 0.4]))), 0.3], [197, 100])  # 1 / (97 + 97)
    assert joined["r"] == pytest.approx(one["r"], abs=1e-12) and joined["q"] == pytest.approx(one["q"], abs=1e-12)
    assert any("of one project (a)" in note for note in el.pool(tables).notes)


def test_correction_for_unreliability():
    alpha = pd.Series([0.64, 0.81], ["x", "y"])
    pooled = el.pool({"a": table("a", 0.3, alpha=alpha), "b": table("b", 0.3, 120, alpha=alpha)}, reliability=True)
    assert pooled.cor.loc["x", "y"] == pytest.approx(0.3 / 0.72)
    plain = el.pool({"a": table("a", 0.3), "b": table("b", 0.3, 120)})
    np.testing.assert_allclose(pooled.acov, plain.acov / 0.72**2, rtol=1e-9)


def test_cells_without_reliability_are_left_out_and_named():
    names = ["x", "y", "z"]
    alpha = pd.Series([0.8, 0.8, np.nan], names)
    pooled = el.pool({"a": table("a", names=names, alpha=alpha)}, reliability=True)
    assert pooled.missing == (("x", "z"), ("y", "z"))
    assert any("a (z)" in note for note in pooled.notes)


def test_missing_cells_are_named():
    tables = {"a": table("a", names=["x", "y"]), "b": table("b", names=["y", "z"])}
    pooled = el.pool(tables)
    assert pooled.missing == (("x", "z"),) and np.isnan(pooled.cor.loc["x", "z"])
    assert el.pool(tables, model="fixed").missing == pooled.missing


def test_order_of_tables_does_not_matter():
    tables = made()
    first, second = el.pool(tables), el.pool(dict(reversed(tables.items())))
    np.testing.assert_allclose(first.acov, second.acov, rtol=1e-7)


HALF = pd.Series([0.5, 0.5], ["x", "y"])
NOT_POSITIVE = pd.DataFrame([[1, 0.9, -0.9], [0.9, 1, 0.9], [-0.9, 0.9, 1]], list("xyz"), list("xyz"))


def test_all_faults_are_named_at_once():
    tables = {
        "a": table("a", n=None),
        "b": el.PublishedTable("b", NOT_POSITIVE, 100),
        "c": table("c", names=["x", "x"]),
        "d": dataclasses.replace(table("d"), ecological=True),
        "e": table("e", n=3),
        "f": "a table",
        "g": el.PublishedTable("g", np.eye(2), 100),
        "h": table("h", alpha=pd.Series([1.3, 0.9], ["x", "y"])),
        "i": table("i", alpha=pd.Series([0.8], ["x"])),
        "j, k": table("j"),
    }
    with pytest.raises(EmolaborError) as error:
        el.pool(tables)
    lines = str(error.value).splitlines()
    assert [line[0] for line in lines] == list("abcdefghij")
    wanted = ["N is missing", "not positive definite", "x twice", "group of people", "at least 4", "PublishedTable"]
    wanted += ["cor as ndarray", "alpha of x: found 1.3", "every variable of the table", "a comma"]
    assert all(words in line for words, line in zip(wanted, lines, strict=True))
    assert "without x they are" in lines[1]


@pytest.mark.parametrize(
    ("tables", "arguments", "message"),
    [
        ({}, {}, "tables: found"),
        ({"a": table("a")}, {"model": "mixed"}, "model: found 'mixed'"),
        ({"a": table("a", names=["x"])}, {}, "no correlation that could be pooled"),
        ({"a": table("a")}, {"reliability": True}, "no table gives the reliabilities"),
        (
            {"a": table("a", 0.7, alpha=pd.Series([0.5, 0.5], ["x", "y"]))},
            {"reliability": True},
            "is 1.40 when corrected",
        ),
    ],
)
def test_what_cannot_be_pooled_is_refused(tables, arguments, message):
    with pytest.raises(EmolaborError, match=message):
        el.pool(tables, **arguments)


def test_a_fixed_model_asks_for_whole_matrices():
    with pytest.raises(EmolaborError, match="lacks the correlation"):
        el.pool(craft() | {"z": holed()}, model="fixed")


def holed():
    cor = table("z", names=["acog", "asom", "conf"]).cor.copy()
    cor.loc["acog", "conf"] = cor.loc["conf", "acog"] = np.nan
    return el.PublishedTable("z", cor, 50)


def test_influence_is_what_leaving_out_does():
    pooled = el.pool(made())
    rest = el.pool({key: own for key, own in made().items() if key != "2"})
    change = rest.cells["r_joint"] - pooled.cells["r_joint"]
    row = pooled.influence().loc["2"]
    assert row["largest"] == pytest.approx(change[change.abs().idxmax()], abs=1e-9)
    assert row["cook"] == pytest.approx(change @ np.linalg.solve(pooled.acov, change), rel=1e-6)
    left = pooled.leave_one_out().query("left_out == '2'")
    np.testing.assert_allclose(left["r"], rest.cells["r"], atol=1e-12)


def test_rounding_is_carried_through():
    tables = {
        key: table(key, r, n, rounding={"correlation": 0.005}) for key, r, n in (("a", 0.2, 90), ("b", 0.31, 200))
    }
    cell = el.pool(tables).cells.iloc[0]
    exact = [pool_cell([0.2 + side, 0.31 + side], [90, 200])["r"] for side in (-0.005, 0.005)]
    assert [cell["rounding_lower"], cell["rounding_upper"]] == pytest.approx(exact)
    rng = np.random.default_rng(1)
    inner = [pool_cell(np.array([0.2, 0.31]) + rng.uniform(-0.005, 0.005, 2), [90, 200])["r"] for _ in range(50)]
    assert exact[0] < min(inner) and max(inner) < exact[1]
    assert el.pool({"a": table("a")}).cells.iloc[0][["rounding_lower", "rounding_upper"]].nunique() == 1
