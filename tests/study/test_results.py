import json

import numpy as np
import pandas as pd
import pytest

from emolabor.common.errors import EmolaborError
from emolabor.study import Results
from emolabor.study.execution import STAGE


@pytest.fixture
def results(tmp_path):
    return Results("07_structural_model", tmp_path, "en", seed=1, data_path="/somewhere/else/mine.csv")


def test_a_frame_is_stored_by_row_and_column_with_ten_digits_and_shown_with_three_decimals(results):
    frame = pd.DataFrame({"est": [2 / 3], "n": [12]}, index=["exhaustion~surface_acting"])
    table = results.show("paths", frame)
    assert results.values["paths"] == {"exhaustion~surface_acting": {"est": 0.6666666667, "n": 12}}
    assert table.frame.iloc[0].tolist() == ["0.667", "12"]
    assert frame.loc["exhaustion~surface_acting", "est"] == 2 / 3


def test_labels_change_what_is_shown_and_not_what_is_stored(results):
    table = results.show("r2", pd.Series({"exhaustion": 0.5}), {"exhaustion": "Emotional exhaustion"})
    assert table.frame.index.tolist() == ["Emotional exhaustion"]
    assert results.values["r2"] == {"exhaustion": 0.5}


def test_numpy_and_missing_values_become_plain_ones(results):
    results.show(
        "all", pd.Series([np.int64(3), np.float32(0.5), np.bool_(True), np.nan, None, pd.NA], index=list("abcdef"))
    )
    assert results.values["all"] == {"a": 3, "b": 0.5, "c": True, "d": None, "e": None, "f": None}
    assert [type(value) for value in results.values["all"].values()][:3] == [int, float, bool]


@pytest.mark.parametrize("value", [np.inf, -np.inf, [1, 2], 1j])
def test_what_a_file_cannot_hold_is_refused_with_its_place(results, value):
    with pytest.raises(EmolaborError, match=r"07_structural_model: fit\[cfi\]\.value"):
        results.show("fit", pd.Series({"cfi": value}, dtype=object))


def test_a_key_is_used_once(results):
    results.show("fit", pd.Series({"cfi": 0.9}))
    with pytest.raises(EmolaborError, match="'fit' is taken"):
        results.show("fit", pd.Series({"cfi": 0.9}))


def test_rows_need_unique_keys(results):
    with pytest.raises(EmolaborError, match="unique"):
        results.show("fit", pd.Series([1, 2], index=["a", "a"]))


def test_an_unknown_language_is_refused(tmp_path):
    with pytest.raises(EmolaborError, match="language: found 'de'; allowed: zh, en"):
        Results("07_structural_model", tmp_path, "de")


def test_the_file_is_sorted_whole_and_names_no_folder(results, tmp_path):
    results.show("b", pd.Series({"z": 1, "a": 0.1}))
    results.show("a", pd.Series({"词": "支持"}))
    results.save()
    text = (tmp_path / "07_structural_model.json").read_text(encoding="utf-8")
    content = json.loads(text)
    assert text.endswith("}\n")
    assert "支持" in text
    assert list(content["values"]) == ["a", "b"]
    assert list(content["values"]["b"]) == ["a", "z"]
    assert content["parameters"] == {"data_path": "mine.csv", "language": "en", "seed": 1}


def test_stored_values_do_not_depend_on_the_language(tmp_path):
    stored = []
    for language in ("zh", "en"):
        results = Results("12_published_evidence", tmp_path, language)
        results.show("fit", pd.DataFrame({"cfi": [0.9], "text_zh": ["好"], "text_en": ["good"]}, index=["one_factor"]))
        stored.append(results.values)
    assert stored[0] == stored[1]


def test_a_figure_is_saved_twice_and_shown_as_png(results, tmp_path):
    from matplotlib.figure import Figure

    figure = Figure()
    figure.add_axes((0, 0, 1, 1)).plot([1, 2])
    shown = results.figure("line", figure)
    assert shown.data.startswith(b"\x89PNG")
    assert sorted(path.name for path in (tmp_path / "figures").iterdir()) == [
        "07_structural_model_line.png",
        "07_structural_model_line.svg",
    ]
    assert shown.data == results.figure("line", figure).data


def test_a_notebook_run_by_hand_keeps_what_other_parameters_gave(tmp_path, monkeypatch):
    given = {"seed": 1, "data_path": "/somewhere/else/mine.csv"}
    results = Results("07_structural_model", tmp_path, "en", **given)
    results.show("r2", pd.Series({"exhaustion": 0.5}))
    results.save()
    Results("07_structural_model", tmp_path, "en", **given)
    kept = (tmp_path / "07_structural_model.json").read_bytes()
    with pytest.raises(
        EmolaborError, match=r"results_dir: 07_.*other parameters \(language 'en', now 'zh'; seed 1, now 2"
    ):
        Results("07_structural_model", tmp_path, "zh", **given | {"seed": 2})
    assert (tmp_path / "07_structural_model.json").read_bytes() == kept
    Results("07_structural_model", tmp_path / "mine", "en", **given | {"seed": 2})
    monkeypatch.setenv(STAGE, str(tmp_path))  # a run has a stage of its own, and its folder's rule
    Results("07_structural_model", tmp_path, "en", **given | {"seed": 2})
