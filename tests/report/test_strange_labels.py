"""Labels are drawn as they are written: no sign in them is mathematics, hides them or stops the drawing."""

import warnings

import pytest
from matplotlib.text import Text

from .test_long_labels import FIGURES, labels_of, text_boxes

pytestmark = pytest.mark.slow

STRANGE = {
    "mathematics": "$x^2$ of {}",
    "broken mathematics": r"$\frac{{1$ {}",
    "one dollar": "5$ {}",
    "escaped dollar": r"\$a\$ {}",
    "underscore first": "_{}",
    "markup": "<b>#{}</b> `c` @d &amp; %",
    "backslash": r"\alpha {} \\",
}


def drawn(figure, labels):
    """The keys whose labels are seen, wherever their lines were broken."""
    seen = ["".join(text.split()) for text, *_ in text_boxes(figure)]
    return {key for key, label in labels.items() if any("".join(label.split()) in text for text in seen)}


@pytest.mark.parametrize("pattern", STRANGE.values(), ids=STRANGE)
@pytest.mark.parametrize("name", FIGURES)
def test_a_label_is_drawn_as_it_is(name, pattern):
    keys = labels_of(0, "en")
    plain, strange = ({key: shape.format(f"q{key}z") for key in keys} for shape in ("{}", pattern))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        figure = FIGURES[name]("en", strange)
        found = drawn(figure, {key: label.replace("$", r"\$") for key, label in strange.items()})
        for text in figure.findobj(Text):
            if text.get_parse_math():
                assert text.get_text().replace(r"\$", "").count("$") in (0, 2)  # its own $R^2$
        found |= drawn(figure, strange)
    assert found == drawn(FIGURES[name]("en", plain), plain)
