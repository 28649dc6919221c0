import pandas as pd
import pytest

from emolabor.instrument import load_instrument
from emolabor.sem import sem
from emolabor.simulation import simulate_staff
from emolabor.study import (
    claims_table,
    construct_correlations,
    fit_table,
    instrument_table,
    parameter_table,
)
from emolabor.theory import load_claims


@pytest.fixture(scope="module")
def fit():
    model = """
    f =~ sa1 + sa2 + sa3 + sa4
    g =~ ex1 + ex2 + ex3 + ex4
    g ~ a*f
    f__g := a
    """
    return sem(model, simulate_staff(300, seed=2))


def test_fit_names_the_problems_of_an_improper_solution():
    names = ["x1", "x2", "x3"]
    cov = pd.DataFrame([[1, 0.8, 0.7], [0.8, 1, 0.3], [0.7, 0.3, 1]], index=names, columns=names)
    table = fit_table(sem("f =~ x1 + x2 + x3", sample_cov=cov, n_obs=200))
    assert table["admissible"] is False
    assert "negative" in table["problems"]


def test_parameters_are_named_as_in_the_model_text(fit):
    tidy = fit.tidy()
    assert parameter_table(fit, "~").index.tolist() == ["g~f"]
    assert parameter_table(fit, ":=").index.tolist() == ["f>g"]
    loadings = parameter_table(fit, "=~")
    assert loadings.index[:2].tolist() == ["f=~sa1", "f=~sa2"]
    assert loadings["std_all"].tolist() == tidy.loc[tidy["op"] == "=~", "std_all"].tolist()
    assert (loadings["std_lower"] < loadings["std_all"]).all() and (loadings["std_all"] < loadings["std_upper"]).all()


def test_correlations_stand_in_the_lower_triangle():
    dimensions = {"f": ["sa1", "sa2", "sa3"], "g": ["ex1", "ex2", "ex3"], "h": ["ps1", "ps2", "ps3"]}
    fit = sem(
        "\n".join(f"{key} =~ {' + '.join(items)}" for key, items in dimensions.items()), simulate_staff(300, seed=2)
    )
    tidy = fit.tidy().set_index(["lhs", "op", "rhs"])["std_all"]
    table = construct_correlations(fit, ["h", "f", "g"])
    assert table.loc["f", "h"] == tidy["f", "~~", "h"]
    assert table.loc["g", "f"] == tidy["f", "~~", "g"]
    assert table.notna().sum().sum() == 3


def test_claims_show_their_paths_and_the_untestable_have_none():
    table = claims_table(load_claims())
    assert table.loc["C03", "paths"].endswith("surface_acting>exhaustion>proactive_service (-)")
    assert (table["paths"] == "").equals(table["kind"] == "none")


def test_constructs_are_counted_with_the_claims_that_name_them():
    instrument, claims = load_instrument("window_staff"), load_claims()
    table = instrument_table(instrument, claims)
    assert table["items"].to_dict() == {key: len(items) for key, items in instrument.dimensions().items()}
    assert table["reverse"].sum() == len(instrument.reversed_items)
    naming = [claim.id for claim in claims if any("marginalisation" in path.key for path in claim.paths)]
    assert table.loc["marginalisation", "claims"] == len(naming)
