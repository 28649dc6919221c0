"""The tutorial on answers and validation: every command runs, and what the page shows is what comes out."""

import pytest
from tutorial import in_both_languages, not_printed, walk

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("page", in_both_languages("from-answers-to-validation"))
def test_every_command_runs_and_shows_what_the_page_shows(page, tmp_path):
    shown = walk(page, tmp_path)
    assert not_printed(shown) == []
    assert len(shown) >= 9
