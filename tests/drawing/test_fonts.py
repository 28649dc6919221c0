from pathlib import Path

import pytest

from emolabor.drawing import font_folder, use_chinese_fonts

ROOT = Path(__file__).parents[2]
SHOWN = [
    *sorted((ROOT / "src/emolabor").rglob("*.yaml")),
    *sorted((ROOT / "paper").glob("*.md")),
    *sorted((ROOT / "paper").glob("*.yaml")),
    *sorted((ROOT / "paper").glob("*.bib")),
    *sorted((ROOT / "data/simulated").glob("*.csv")),
    *sorted((ROOT / "results/reference").glob("*.json")),
]


def characters(font):
    from fontTools.ttLib import TTFont

    return set(TTFont(font).getBestCmap())


@pytest.mark.parametrize("font", sorted(font_folder().glob("*.otf")), ids=lambda path: path.stem)
def test_every_character_we_show_is_in_the_font(font):
    held = characters(font)
    boxes = {
        f"{path.relative_to(ROOT)}: {letter}"
        for path in SHOWN
        for letter in set(path.read_text(encoding="utf-8"))
        if letter.isprintable() and ord(letter) not in held
    }
    assert not boxes
    assert held.issuperset(map(ord, "abcÉüβχ²−–≤≥→＜，。：（）“”《》"))


def test_fonts_are_small_and_their_licence_lies_beside():
    assert all(path.stat().st_size < 1.2e6 for path in font_folder().glob("*.otf"))
    assert "SIL OPEN FONT LICENSE" in (font_folder() / "OFL.txt").read_text(encoding="utf-8")


def test_matplotlib_draws_chinese_without_a_warning(recwarn):
    import matplotlib

    with matplotlib.rc_context():
        use_chinese_fonts()
        from matplotlib.figure import Figure

        figure = Figure()
        figure.text(0.1, 0.5, "情绪劳动 −0.25 χ²")
        figure.canvas.draw()
    assert not [str(warning.message) for warning in recwarn if "Glyph" in str(warning.message)]
