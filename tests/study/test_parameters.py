import pytest

from emolabor.common.errors import EmolaborError
from emolabor.study.parameters import check_value, choose_parameters, notebook_parameters

KNOWN = {
    "03_scale_quality": {"language": "zh", "data_path": "../data/a.csv"},
    "07_structural_model": {"language": "zh", "seed": 1},
}


def test_parameters_are_read_from_the_notebook(project):
    assert notebook_parameters(project / "notebooks" / "01_first.ipynb") == {
        "seed": 1,
        "language": "zh",
        "results_dir": "../results/default",
    }


def test_a_parameter_goes_to_the_notebooks_that_take_it_and_only_where_it_differs(tmp_path):
    chosen = choose_parameters(KNOWN, {"seed": "2", "language": "zh"}, tmp_path)
    assert chosen == {"03_scale_quality": {}, "07_structural_model": {"seed": 2}}


def test_an_unknown_parameter_is_refused_with_notebooks_and_what_they_allow(tmp_path):
    message = "'sed' is unknown; allowed: 03_scale_quality: language, data_path; 07_structural_model: language, seed"
    with pytest.raises(EmolaborError, match=message):
        choose_parameters(KNOWN, {"sed": "2"}, tmp_path)


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("language", "de", "allowed: zh, en"),
        ("estimator", "ML2", "estimator: found 'ML2'; allowed: ML"),
        ("seed", "one", "seed: found 'one'; allowed: a whole number, at least 0"),
        ("seed", True, "seed"),
        ("seed", "1.5", "seed"),
        ("n_boot", "0", "n_boot: found '0'; allowed: a whole number, at least 1"),
        ("data_path", "nowhere.csv", "data_path: nowhere.csv is not a file"),
    ],
)
def test_a_wrong_value_is_refused_with_what_is_allowed(name, value, message):
    with pytest.raises(EmolaborError, match=message):
        check_value(name, value)


def test_a_path_is_rewritten_to_be_seen_from_the_notebooks(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.csv").write_text("")
    chosen = choose_parameters(KNOWN, {"data_path": "mine.csv"}, tmp_path / "notebooks")
    assert chosen["03_scale_quality"] == {"data_path": "../mine.csv"}


def test_a_parameter_of_earlier_versions_is_refused_with_what_took_its_place():
    with pytest.raises(
        EmolaborError, match=r"parameter 'smallest_effect': .*; allowed: the study file's entry 'smallest'"
    ):
        choose_parameters(KNOWN, {"smallest_effect": "0.1"}, "notebooks")
