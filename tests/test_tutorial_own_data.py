"""The tutorial on one's own data: every command runs in an empty folder and prints what the page shows."""

import json
import re
import shutil

import pytest
from tiny_project import PROJECT
from tutorial import DOCS, in_both_languages, not_printed, walk

from emolabor.study import project_root

pytestmark = pytest.mark.whole

PAGES = in_both_languages("your-own-data")


@pytest.fixture(scope="module", params=PAGES)
def walked(request, tmp_path_factory):
    """Walk through the page beside a copy of the notebooks: the folder, and what it shows beside what was printed."""
    folder = tmp_path_factory.mktemp("tutorial")
    shutil.copytree(project_root() / "notebooks", folder / "notebooks")
    (folder / "pyproject.toml").write_text(PROJECT)
    return folder, walk(request.param, folder)


def test_the_page_prints_what_it_shows(walked):
    assert not_printed(walked[1]) == []
    assert len(walked[1]) >= 6


def test_each_run_left_its_results_in_a_folder_of_its_own(walked):
    names = {
        path.parent.relative_to(walked[0]).as_posix(): path.name for path in walked[0].rglob("results/*/[0-9]*.json")
    }
    assert names == {
        "my_study/results/pilot-simulated": "03_scale_quality.json",
        "my_study/results/my_claims": "15_correlation_table.json",
        "my_study/results/answers-simulated": "07_structural_model.json",
        "voice_study/results/answers-simulated": "07_structural_model.json",
        "results/table-simulated": "15_correlation_table.json",
    }


def test_the_claims_judged_are_the_page_s_own(walked):
    path = walked[0] / "my_study" / "results" / "my_claims" / "15_correlation_table.json"
    verdicts = json.loads(path.read_text(encoding="utf-8"))["values"]["verdicts"]
    assert list(verdicts) == [
        "H1 institutional_clarity>exhaustion",
        "H2 institutional_clarity>role_clarity>proactive_service",
    ]


@pytest.mark.parametrize(("page", "word"), [*zip(PAGES, ["**simulated**", "**模拟"], strict=True)])
def test_simulated_answers_are_called_simulated(page, word):
    page = (DOCS / page).read_text(encoding="utf-8")
    assert page.count(word) >= 2
    assert set(re.findall(r"[\w-]+\.csv", page, re.ASCII)) == {
        "pilot-simulated.csv",
        "table-simulated.csv",
        "answers-simulated.csv",
    }
