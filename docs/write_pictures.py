"""Draw the pictures of the READMEs from the results; for maintainers: ``python docs/write_pictures.py``.

The path diagram, the verdicts and the levers are drawn, in both languages, from the stored numbers of the reference,
as the notebooks draw them. With ``--run`` the whole study runs first, and what it prints at its end becomes the
picture of the closing table.

`docs/pictures/drawn_from.json` holds a checksum of the numbers each picture shows, so that a test finds an old one.
"""

import hashlib
import json
import sys
from pathlib import Path

import pandas as pd

from emolabor.drawing import path_diagram, save_figure
from emolabor.files import write_text
from emolabor.instrument import load_instrument
from emolabor.report import closing_picture, lever_figure, verdict_figure
from emolabor.study import closing_table, import_seconds, reproduce

ROOT = Path(__file__).resolve().parents[1]
PICTURES = ROOT / "docs" / "pictures"
REFERENCE = ROOT / "results" / "reference"
SMALLEST = 0.05  # the smallest association of interest, as in the notebook of the structural model
NOTE = {"en": "Simulated staff, standardized coefficients.", "zh": "模拟数据，标准化系数。"}


def drawings():
    """Return picture -> (the numbers it shows, a function of language and names that draws it)."""
    structural, levers = _values("07_structural_model"), _values("10_levers")
    paths = structural["paths"]
    ends = [key.split("~") for key in paths]
    tidy = pd.DataFrame(list(paths.values())).assign(op="~", lhs=[a for a, _ in ends], rhs=[b for _, b in ends])
    verdicts = pd.DataFrame(structural["verdicts"]).T.infer_objects()
    ranking = pd.DataFrame([levers["ranking"][factor] | row for factor, row in levers["levels"].items()])
    ranking = ranking.assign(factor=list(levers["levels"]), group="")
    return {
        "path_diagram": (
            [paths, structural["r2"]],
            lambda language, names: path_diagram(tidy, structural["r2"], language, names, note=NOTE[language]),
        ),
        "verdicts": (
            structural["verdicts"],
            lambda language, names: verdict_figure(verdicts, SMALLEST, language, names),
        ),
        "levers": (
            [levers["ranking"], levers["levels"]],
            lambda language, names: lever_figure(ranking, "proactive_service", language, names),
        ),
    }


def drawn_from():
    """Return picture -> checksum of the numbers it shows."""
    found = {}
    for name, (numbers, _) in drawings().items():
        text = json.dumps(numbers, sort_keys=True, ensure_ascii=False)
        found[name] = hashlib.sha256(text.encode("utf-8")).hexdigest()
    return found


def draw():
    """Draw all pictures but the closing table; return their paths."""
    instrument = load_instrument("window_staff")
    written = []
    for name, (_, drawing) in drawings().items():
        for language in ("en", "zh"):
            figure = drawing(language, instrument.names(language))
            written.append(save_figure(figure, PICTURES / f"{name}.{language}.png"))
    text = json.dumps(drawn_from(), indent=1, sort_keys=True) + "\n"
    return [*written, write_text(PICTURES / "drawn_from.json", text)]


def draw_closing_table():
    """Run the study and draw what it prints at its end; return the picture's path."""
    text = closing_table(reproduce(), import_seconds(), ROOT)
    print(text)
    closing_picture(text, PICTURES / "closing.png")
    return PICTURES / "closing.png"


def _values(notebook):
    return json.loads((REFERENCE / f"{notebook}.json").read_text(encoding="utf-8"))["values"]


if __name__ == "__main__":
    written = [draw_closing_table()] if "--run" in sys.argv[1:] else []
    for path in [*written, *draw()]:
        print("written:", path.relative_to(ROOT))
