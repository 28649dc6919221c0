"""The name of a user's file may hold personal data: the paper and its properties do not tell it."""

import json

import pytest
from planting import IN_FILE_NAMES, traces_in_file

from emolabor.report import build_paper
from emolabor.study import Results

pytestmark = pytest.mark.slow


def test_the_paper_and_its_properties_tell_no_name_of_a_file(run_folder, paper_folder):
    named = f"/home/me/{' '.join(IN_FILE_NAMES)}.csv"
    results = Results("07_structural_model", run_folder / "mine", "en", data_path=named)
    stored = json.loads((run_folder / "07_structural_model.json").read_text(encoding="utf-8"))
    stored["parameters"] |= results.parameters
    (run_folder / "07_structural_model.json").write_text(json.dumps(stored), encoding="utf-8")
    manuscript = paper_folder / "manuscript.en.md"
    text = manuscript.read_text(encoding="utf-8") + "\nFile: {{ structural.parameters.data_path }}\n"
    manuscript.write_text(text, encoding="utf-8")
    written = build_paper(run_folder, ("en",), paper_folder)
    assert "(not shown)" in written[0].read_text(encoding="utf-8")
    assert {path.name: traces_in_file(path) for path in written} == {path.name: [] for path in written}
