"""The tutorial on adapting a scale: every command runs in an empty folder and prints what the page shows."""

import pandas as pd
import pytest
from tutorial import DOCS, in_both_languages, not_printed, walk

from emolabor.instrument import load_instrument
from emolabor.scales import load_scale

pytestmark = pytest.mark.slow

PAGES = in_both_languages("adapting-a-scale")


@pytest.fixture(scope="module", params=PAGES)
def walked(request, tmp_path_factory):
    """Walk through the page: the folder, and what it shows beside what was printed."""
    folder = tmp_path_factory.mktemp("tutorial")
    return folder, walk(request.param, folder)


def test_the_page_prints_what_it_shows(walked):
    assert not_printed(walked[1]) == []
    assert len(walked[1]) >= 4


def test_the_record_is_whole(walked):
    scale = load_scale(walked[0] / "online_service.yaml")
    steps = [entry["step"] for entry in scale.adaptation]
    assert steps[:3] == ["start", "rewording", "rewording"]
    assert {"forward_translation", "back_translation", "committee", "cognitive_interview", "expert_rating"} <= set(
        steps
    )
    old = {item.key: item.text for item in load_scale("proactive_service").items}
    assert [item.key for item in scale.items if item.text != old[item.key]] == ["ps1", "ps2"]


def test_the_questionnaires_hold_the_new_wording_in_their_languages(walked):
    folder = walked[0]
    items = load_instrument(folder / "survey.yaml").items("zh")["text"]
    survey = pd.read_excel(folder / "survey.xlsx", sheet_name="survey").astype(str)
    labels = set(survey.to_numpy().ravel())
    assert set(items) <= labels
    assert "I put sample forms online in advance to spare people mistakes." in labels
    text = (folder / "survey.txt").read_text(encoding="utf-8")
    assert all(item in text for item in items)


SAID = ["the ratings are **simulated**", "评分是**模拟**的"]


@pytest.mark.parametrize(("page", "said"), [*zip(PAGES, SAID, strict=True)])
def test_simulated_ratings_are_called_simulated(page, said):
    page = (DOCS / page).read_text(encoding="utf-8")
    assert said in page
    assert "ratings-simulated.csv" in page
