"""The start of every notebook: who answered, who stays, in which columns."""

import pandas as pd
import pytest

from emolabor.simulation import simulate_staff
from emolabor.study import open_study, sample_table

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    path = tmp_path_factory.mktemp("study") / "study_sample-simulated_data.csv"
    simulate_staff(400, seed=3).to_csv(path, index=False)
    return path


def test_careless_respondents_leave_the_answers_and_stay_with_everyone(path):
    study = open_study(path)
    assert 0 < study.screening["careless"].sum() < 40
    dispatched = pd.read_csv(path)["dispatch_type"] == "dispatched"
    assert len(study.everyone) == dispatched.sum() < 400  # the population asked about; others are a contrast
    assert len(study.answers) == len(study.kept.data) <= (dispatched.to_numpy() & ~study.screening["careless"]).sum()


def test_answers_are_turned_items_with_the_background(path):
    study = open_study(path)
    raw = study.kept.data
    assert (study.answers["ic4"].dropna() == 6 - raw["ic4"].dropna()).all()
    assert study.answers["centre"].equals(raw["centre"])
    assert "seconds" not in study.answers


def test_the_sample_says_whether_it_is_simulated(path, tmp_path):
    table = sample_table(open_study(path))
    assert table["data"] == "simulated"
    assert table["respondents"] == table["careless"] + table["contrast"] + table["kept"] == 400
    other = tmp_path / "mine.csv"
    other.write_bytes(path.read_bytes())
    assert sample_table(open_study(other))["data"] == "collected"


def test_a_file_without_centres_has_no_number_of_centres(tmp_path):
    path = tmp_path / "mine.csv"
    simulate_staff(300, seed=1).drop(columns=["centre"]).to_csv(path, index=False)
    study = open_study(path)
    table = sample_table(study)
    assert table["centres"] is None
    assert table["departments"] == study.kept.data["department"].nunique()


def test_no_respondent_is_printed(path):
    assert "C01" not in repr(open_study(path))
