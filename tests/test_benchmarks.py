"""The benchmark scripts run on tiny settings and write their tables; no time is asserted."""

import csv
import importlib
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

BENCHMARKS = Path(__file__).parents[1] / "benchmarks"


@pytest.fixture
def script(monkeypatch):
    """Import a script of benchmarks/ as `python benchmarks/<name>.py` does."""
    monkeypatch.syspath_prepend(BENCHMARKS)
    monkeypatch.delitem(sys.modules, "coverage", raising=False)  # a test tool of the same name
    yield importlib.import_module
    for name in [name for name, module in sys.modules.items() if _is_in_benchmarks(module)]:
        del sys.modules[name]


def _is_in_benchmarks(module):
    return Path(getattr(module, "__file__", None) or "").parent == BENCHMARKS


def rows(path):
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_engine_writes_a_row_for_each_piece_of_work(script, tmp_path, monkeypatch):
    engine = script("engine")
    monkeypatch.setattr(engine.shutil, "which", lambda name: None)  # without R, as where it is not installed
    engine.main(["--quick", "--rounds", "1", "--folder", str(tmp_path)])
    table = rows(tmp_path / "engine.csv")
    aims = [
        "0.06",
        "0.04",
        "0.03",
        "0.02",
        "0.08",
        "0.04",
        "0.01",
        "0.002",
        "0.08",
        "0.07",
        "0.08",
        "0.1",
        "0.05",
        "0.05",
        "0.15",
        "0.3",
        "0.15",
    ]
    assert [row["to_reach"] for row in table] == aims
    assert all(float(row["emolabor_ms"]) > 0 and row["lavaan_ms"] == "" for row in table)
    page = (tmp_path / "engine.md").read_text(encoding="utf-8")
    assert all(row["work"] in page for row in table)


def test_every_piece_of_work_is_known_to_the_r_script(script):
    text = (BENCHMARKS / "engine.R").read_text(encoding="utf-8")
    assert all(f"  {work.key} = function" in text for work in script("engine").all_work(1))


def test_personality_items_have_about_ninety_patterns_and_an_eighth_of_the_rows_incomplete(script):
    holes = script("cases").personality_items().isna()
    assert 0.10 < holes.any(axis=1).mean() < 0.13
    assert 80 <= len(holes.drop_duplicates()) <= 100


def test_measurement_writes_a_row_for_each_piece_of_work(script, tmp_path):
    script("measurement").main(["--quick", "--folder", str(tmp_path)])
    table = rows(tmp_path / "measurement.csv")
    assert len(table) == 6 and all(float(row["seconds"]) > 0 for row in table)


def test_growth_writes_its_parts(script, tmp_path):
    script("growth").main(["--quick", "--folder", str(tmp_path)])
    table = rows(tmp_path / "growth.csv")
    assert list(dict.fromkeys(row["part"] for row in table)) == ["indicators", "cases", "resamples", "memory", "survey"]
    words = ("work", "way", "converged", "resamples")
    assert all(float(row["value"]) > 0 for row in table if row["measure"] not in words)
    assert {row["value"] for row in table if row["measure"] == "converged"} == {"True"}


def test_coverage_writes_shares_for_each_method(script, tmp_path):
    script("coverage").main(["--quick", "--folder", str(tmp_path)])
    table = rows(tmp_path / "coverage.csv")
    assert {row["method"] for row in table} == {
        *("Wald, ML", "Wald, MLR", "Wald, FIML", "Monte Carlo"),
        *("Bootstrap, percentile", "Bootstrap, bc", "Bootstrap, bca"),
        *("Bootstrap, FIML, percentile", "Bootstrap, FIML, bca"),
    }
    assert all(0 <= float(row["coverage"]) <= 1 for row in table)


def test_the_population_of_the_coverage_study_has_the_true_values_it_states(script):
    coverage = script("coverage")
    data = coverage.draw(coverage.np.random.default_rng(1), 200_000)
    table = coverage.covered(coverage.el.sem(coverage.MODEL, data).tidy())
    heavy = coverage.draw(coverage.np.random.default_rng(1), 200_000, heavy=True)
    expected = coverage.truth().set_index(["lhs", "op", "rhs"])
    for sample in (data, heavy):
        found = coverage.el.sem(coverage.MODEL, sample, mean_structure=True).tidy().set_index(["lhs", "op", "rhs"])
        # Four standard errors (N = 200,000, heavy tails) are about .02 raw; a wrong population is off by more.
        assert (found.est - expected.value).abs().max() < 0.02
        standardized = expected.std_value[expected.kind != "variance"]
        assert (found.std_all - standardized).abs().max() < 0.02
    assert set(table) == {"loading", "variance", "path", "indirect effect"}


def test_ordinal_coverage_writes_shares_for_each_kind_of_answers(script, tmp_path):
    script("coverage_ordinal").main(["--quick", "--folder", str(tmp_path)])
    table = rows(tmp_path / "coverage_ordinal.csv")
    assert len({row["data"] for row in table}) == 5
    assert all(0 <= float(row["coverage"]) <= 1 for row in table)


def test_the_ordinal_population_has_the_true_values_it_states(script):
    study = script("coverage_ordinal")
    drawn = study.draw(study.np.random.default_rng(1), 100_000).to_numpy()
    standard = drawn / study.np.sqrt(study.LOADINGS**2 + study.RESIDUALS)
    for cuts in study.CUTS.values():
        fit = study.el.sem(study.MODEL, study.frame(study.np.searchsorted(cuts, standard)), ordered=True)
        found = study.truth(cuts).merge(fit.tidy(), on=["lhs", "op", "rhs"])
        # four standard errors of the least sure parameter
        assert (found.est - found.value).abs().max() < 0.04


def test_answers_writes_speed_and_detection(script, tmp_path):
    script("answers").main(["--quick", "--folder", str(tmp_path)])
    table = rows(tmp_path / "answers.csv")
    assert {row["part"] for row in table} == {"speed", "detection"}
    assert all(float(row["value"]) > 0 for row in table if row["measure"] == "seconds")
    assert all(0 <= float(row["value"]) <= 1 for row in table if row["measure"] in ("recall", "precision"))


def test_large_writes_a_row_for_each_estimator(script, tmp_path):
    script("large").main(["--quick", "--folder", str(tmp_path)])
    table = rows(tmp_path / "large.csv")
    assert [row["estimator"] for row in table] == ["ML", "MLR"]
    assert all(float(row["peak_mb"]) > 0 for row in table)


def test_coverage_with_few_clusters_writes_a_row_for_each_kind(script, tmp_path):
    script("coverage_clusters").main(["--quick", "--folder", str(tmp_path)])
    table = rows(tmp_path / "coverage_clusters.csv")
    assert {row["clusters"] for row in table} == {"12", "24", "48"}
    assert {row["interval"] for row in table} == {"t", "normal"} and len(table) >= 60


def test_coverage_of_levels_writes_a_row_for_each_interval_and_parameter(script, tmp_path):
    script("coverage_levels").main(["--quick", "--folder", str(tmp_path)])
    table = rows(tmp_path / "coverage_levels.csv")
    assert {row["centres"] for row in table} == {"40", "100", "200"}
    assert {row["interval"] for row in table} == {"ML, Wald", "ML, Monte Carlo", "MLR, Wald", "FIML, Wald"}
    assert all(0 <= float(row["coverage"]) <= 1 and int(row["samples"]) <= 4 for row in table)
