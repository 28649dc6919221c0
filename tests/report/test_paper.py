import json

import pytest

from emolabor.common.errors import EmolaborError
from emolabor.report import fill, load_results


@pytest.fixture
def results(run_folder):
    return load_results(run_folder)


def test_numbers_come_from_results_and_the_used_keys_are_told(results):
    filled = fill(
        'β = {{ structural.paths["exhaustion~surface_acting"].std_all:.2b }}, {{ structural.fit.df:d }}', results
    )
    assert filled.text == "β = .41, 84"
    assert filled.used == {'structural.paths["exhaustion~surface_acting"].std_all', "structural.fit.df"}


@pytest.mark.parametrize(
    ("stored", "key"), [("cfi", "cfi"), ("cfi_robust", "cfi_robust"), ("cfi_scaled", "cfi_scaled")]
)
def test_a_fit_measure_is_found_under_the_name_that_the_estimator_gives_it(results, stored, key):
    results.values["structural"]["fit"] = {stored: 0.91234, "df": 84}
    filled = fill("CFI = {{ reported structural.fit.cfi:.3b }}", results)
    assert (filled.text, filled.used) == ("CFI = .912", {f"structural.fit.{key}"})


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "{{ structural.fit.cfl:.3f }}",
            r"draft.md, line 2: unknown key 'structural.fit.cfl' \(nearest: structural.fit.cfi",
        ),
        ("{{ reported structural.fit.cfl:.3f }}", r"unknown key 'structural.fit.cfl'"),
        ("{{ reported nothing.at.all:.3f }}", r"unknown key 'nothing.at.all'"),
        ("{{ structural.fit }}", "holds no single value"),
        ("{{ structural.fit.cfi }}", "draft.md, line 2: format ''"),
        ("{{ structural.fit.cfi:.3f", "does not close"),
        ("{{ a + b }}", "cannot read 'a \\+ b'"),
        ("{{ largest structural.fit cfi:.2f }}", "'structural.fit' holds no table"),
        ("{{ smallest structural.paths beta:.2f }}", "'structural.paths' holds nothing under 'beta'; allowed: std_all"),
        ("{{ ref nothing }}", "no table or figure 'nothing'"),
    ],
)
def test_a_mistake_names_file_line_and_key(results, text, message):
    with pytest.raises(EmolaborError, match=message):
        fill(f"First line.\n{text}", results, source="draft.md")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{{ largest structural.paths std_all:.2b }}", ".41"),
        ("{{ smallest structural.paths std_all:.2b }}", "−.26"),
        ("{{ count structural.paths verdict }}", "3"),
        ("{{ count structural.paths verdict open }}", "2"),
        ("{{ count structural.paths verdict below }}", "0"),
    ],
)
def test_ends_and_counts_of_a_column(results, text, expected):
    filled = fill(text, results)
    assert (filled.text, filled.used) == (expected, {"structural.paths"})


def test_a_table_without_rows_counts_none(results):
    results.values["structural"]["truth"] = {}
    assert fill("{{ count structural.truth covered True }}", results).text == "0"


def test_parameters_of_a_run_are_results(results):
    assert fill("{{ structural.parameters.n_boot:,d }}", results).text == "5,000"


def test_values_that_do_not_exist_stop_the_text(tmp_path):
    (tmp_path / "03_scale_quality.json").write_text('{"values": {"a": {"b": null}}}', encoding="utf-8")
    with pytest.raises(EmolaborError, match="no single value"):
        fill("{{ scale.a.b:.2f }}", load_results(tmp_path))


@pytest.mark.parametrize("text", ["{{ a.b:.2f }}", "{{ a.c.d:.2f }}", "{{ largest a.e f:.2f }}"])
def test_values_that_collected_answers_do_not_have_are_dashes(tmp_path, text):
    values = {"a": {"b": None, "e": {}, "sample": {"data": "collected"}}}
    (tmp_path / "03_scale_quality.json").write_text(json.dumps({"values": values["a"]}), encoding="utf-8")
    assert fill(text.replace("a.", "scale."), load_results(tmp_path)).text == "–"


def test_a_notebook_that_ran_for_each_factor_has_its_values_under_each(tmp_path):
    for name, size in {"06_management_factor-role_clarity": 0.2, "06_management_factor-unit_guidance": 0.3}.items():
        (tmp_path / f"{name}.json").write_text(f'{{"values": {{"paths": {{"est": {size}}}}}}}', encoding="utf-8")
    text = "{{ management.role_clarity.paths.est:.1f }}, {{ management.unit_guidance.paths.est:.1f }}"
    assert fill(text, load_results(tmp_path)).text == "0.2, 0.3"


def test_a_folder_without_results_is_refused(tmp_path):
    with pytest.raises(EmolaborError, match="no result file"):
        load_results(tmp_path)
