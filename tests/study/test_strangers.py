"""Other people's studies, whole: from a folder outside the project, by an installed wheel, with few resamples."""

import json
import os
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path
from zipfile import ZipFile

import pytest
import strangers

import emolabor as el

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.whole


@pytest.fixture(scope="module")
def python(tmp_path_factory):
    """A Python of its own in which emolabor is a wheel; everything else is found where it is installed already."""
    place = tmp_path_factory.mktemp("installed")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(place)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    venv.create(place / "own", symlinks=True)
    (site,) = (place / "own" / "lib").glob("python*/site-packages")
    with ZipFile(next(place.glob("*.whl"))) as wheel:
        wheel.extractall(site)
    (site / "others.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    return place / "own" / "bin" / "python"


def run(python, folder, *arguments):
    """Run a study in its folder; return what was told and the results."""
    clean = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV")}
    program = "import sys; from emolabor.cli import main; sys.exit(main())"
    command = [python, "-c", program, "reproduce", "--study", "study.yaml", "--n-boot", "40", *arguments]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, env=clean)
    assert done.returncode == 0, done.stdout + done.stderr
    (place,) = (folder / "results").iterdir()
    return done.stdout, {path.stem: json.loads(path.read_text("utf-8"))["values"] for path in place.glob("[0-9]*.json")}


def skipped(told):
    return {line.split("): ")[1]: line for line in told.splitlines() if line.startswith("skipped")}


@pytest.fixture(scope="module")
def seven_points(python, tmp_path_factory):
    folder = strangers.seven_points(tmp_path_factory.mktemp("strangers") / "english")
    return folder, *run(python, folder, "--data", "answers.csv", "--language", "en")


@pytest.fixture(scope="module")
def two_moderations(python, tmp_path_factory):
    folder = strangers.two_moderations(tmp_path_factory.mktemp("strangers") / "中文")
    return folder, *run(python, folder, "--data", "answers.csv", "--language", "zh")


def test_a_study_in_english_on_seven_points_runs_or_says_what_it_does_not_have(seven_points):
    _, told, values = seven_points
    assert sorted(skipped(told)) == ["08_centres", "09_profiles"]
    assert "failed" not in told
    assert {"06_management_factor-leadership", "06_management_factor-autonomy", "07_structural_model"} <= set(values)
    assert not {"12_published_evidence", "14_engine_agreement"} & set(values)


def test_its_estimates_are_those_of_the_same_text_given_to_the_engine(seven_points):
    folder, _, values = seven_points
    instrument = el.load_instrument(folder / "instrument.yaml")
    staff = el.read_responses(folder / "answers.csv", instrument)
    kept = el.screen(staff)["careless"].to_numpy(dtype=bool)
    answers = el.scored_items(staff.data[~kept], instrument)
    text = "\n".join(
        [
            "leadership =~ leadership1 + leadership2 + leadership3 + leadership4",
            "autonomy =~ autonomy1 + autonomy2 + autonomy3",
            "engagement =~ engagement1 + engagement2 + engagement3",
            "strain =~ strain1 + strain2",
            "voice =~ voice1 + voice2 + voice3 + voice4",
            "engagement ~ leadership + autonomy",
            "strain ~ engagement",
            "voice ~ engagement",
        ]
    )
    fit = el.sem(text, answers, estimator="MLR", missing="fiml")
    paths = fit.tidy().query("op == '~'").set_index(["lhs", "rhs"])
    stored = values["07_structural_model"]["paths"]
    assert set(stored) == {"~".join(pair) for pair in paths.index}
    for (lhs, rhs), row in paths.iterrows():
        assert stored[f"{lhs}~{rhs}"]["est"] == pytest.approx(row["est"], rel=1e-6)
        assert stored[f"{lhs}~{rhs}"]["se"] == pytest.approx(row["se"], rel=1e-5)


def test_levers_of_another_outcome_stand_on_its_own_scale(seven_points):
    _, _, values = seven_points
    levels = values["10_levers"]["levels"]
    assert set(levels) == {"leadership", "autonomy"}
    assert {(one["lowest"], one["highest"]) for one in levels.values()} == {(1, 7)}
    assert all(way.endswith(">voice") for way in values["10_levers"]["ways"])


def test_a_study_in_chinese_with_two_moderations_has_a_verdict_for_each_claim(two_moderations):
    _, told, values = two_moderations
    assert "failed" not in told and sorted(skipped(told)) == []
    verdicts = values["07_structural_model"]["verdicts"]
    assert {one["verdict"] for one in verdicts.values()} <= {"at_least", "open", "below"}
    assert all(one["est"] is not None for one in verdicts.values())
    assert {"H2 resources*support>devotion", "H4 devotion*support>invention"} <= set(verdicts)


def test_its_clusters_are_its_own_columns(two_moderations):
    _, _, values = two_moderations
    assert values["08_centres"]["sample"]["school"] == 24 and values["08_centres"]["sample"]["district"] == 8
    assert set(values["08_centres"]["icc_second"]) == {"resources", "support", "devotion", "invention"}


def test_a_correlation_table_and_claims_of_ones_own_are_enough(python, tmp_path):
    folder = strangers.table_only(tmp_path / "table")
    told, values = run(python, folder, "--data", "table.csv", "--language", "en")
    assert set(values) == {"15_correlation_table"} and "failed" not in told


def test_a_language_that_the_study_is_not_written_in_is_refused(python, tmp_path):
    folder = strangers.table_only(tmp_path / "table")
    with pytest.raises(AssertionError, match="language: found 'zh'; allowed: en"):
        run(python, folder, "--data", "table.csv", "--language", "zh")
    assert not (folder / "results").exists()
