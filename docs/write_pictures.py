"""Draw the pictures of the READMEs from the results; for maintainers: ``python docs/write_pictures.py``.

The argument map is drawn from the claims; the path diagram, the verdicts and the levers, in both languages, from the
stored numbers of the reference, as the paper draws them. With ``--run`` the whole study runs first, and what it prints
at its end becomes the picture of the closing table; a file that holds what a whole run printed does the same:
``docs/write_pictures.py FILE``.

`docs/pictures/drawn_from.json` holds a checksum of the numbers each picture shows, so that a test finds an old one.
"""

import hashlib
import json
import sys
from pathlib import Path

from emolabor.common.files import write_text
from emolabor.drawing import save_figure
from emolabor.drawing.style import style
from emolabor.instrument import load_instrument
from emolabor.report import argument_map, closing_picture
from emolabor.report.pictures import KINDS
from emolabor.study import closing_table, reproduce
from emolabor.theory import load_claims

ROOT = Path(__file__).resolve().parents[1]
PICTURES = ROOT / "docs" / "pictures"
REFERENCE = ROOT / "results" / "reference"
NOTE = {"en": "Simulated staff", "zh": "模拟数据"}


def drawings():
    """Return picture -> (the kind of figure, the stored numbers it shows)."""
    structural, levers = _stored("07_structural_model"), _stored("10_levers")
    values, ranking = structural["values"], levers["values"]
    return {
        "path_diagram": ("paths", {"rows": values["paths"], "r2": values["r2"]}),
        "verdicts": ("verdicts", {"rows": values["verdicts"]}),
        "levers": ("levers", {"rows": ranking["ranking"], "levels": ranking["levels"], "ways": ranking["ways"]}),
    }


def drawn_from():
    """Return picture -> checksum of the numbers it shows."""
    found = {}
    for name, (_, stored) in drawings().items():
        text = json.dumps(stored, sort_keys=True, ensure_ascii=False)
        found[name] = hashlib.sha256(text.encode("utf-8")).hexdigest()
    return found


def draw():
    """Draw all pictures but the closing table; return their paths."""
    instrument = load_instrument("window_staff")
    written = []
    for language in ("en", "zh"):
        figure = argument_map(load_claims(), language, instrument.names(language))
        written.append(save_figure(figure, PICTURES / f"argument_map.{language}.png"))
    for name, (kind, stored) in drawings().items():
        for language in ("en", "zh"):
            figure = KINDS[kind](stored, language, instrument.names(language))
            with style():
                figure.suptitle(NOTE[language], x=0.99, ha="right", fontsize=9)
            written.append(save_figure(figure, PICTURES / f"{name}.{language}.png"))
    text = json.dumps(drawn_from(), indent=1, sort_keys=True) + "\n"
    return [*written, write_text(PICTURES / "drawn_from.json", text)]


def draw_closing_table(source):
    """Draw what a whole run prints at its end: of a run made now, or as a file holds it; return the picture's path."""
    if source == "--run":
        text = closing_table(reproduce(language="zh"), ROOT)
        print(text)
    else:
        text = Path(source).read_text(encoding="utf-8")
    closing_picture(text[text.index("notebook  ") :], PICTURES / "closing.png")
    return PICTURES / "closing.png"


def _stored(notebook):
    return json.loads((REFERENCE / f"{notebook}.json").read_text(encoding="utf-8"))


if __name__ == "__main__":
    for path in [*map(draw_closing_table, sys.argv[1:]), *draw()]:
        print("written:", path.relative_to(ROOT))
