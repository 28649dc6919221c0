import pytest

from emolabor.common.errors import EmolaborError
from emolabor.drawing.formats import show


@pytest.mark.parametrize(
    ("value", "spec", "language", "text"),
    [
        (0.9531, ".3b", "en", ".953"),
        (0.9531, ".3b", "zh", "0.953"),
        (1.0017, ".3b", "en", "1.002"),
        (-0.256, ".2b", "en", "−.26"),
        (-0.001, ".2b", "en", ".00"),
        (0.0004, "p", "en", "< .001"),
        (0.0004, "p", "zh", "< 0.001"),
        (0.0123, "p", "en", "= .012"),
        (1.0, "p", "en", "> .999"),
        (1754.0, ",d", "en", "1,754"),
        (16, "", "en", "16"),
        (0.423, ".0%", "zh", "42%"),
        (None, ".2f", "en", "–"),
        ("at_least", "", "en", "at_least"),
    ],
)
def test_shown_as_journals_print_it(value, spec, language, text):
    assert show(value, spec, language) == text


@pytest.mark.parametrize(("value", "spec"), [(0.5, ""), (0.5, "d"), ("at_least", ".2f"), (True, ""), (0.5, ".2q")])
def test_a_format_that_does_not_fit_is_refused(value, spec):
    with pytest.raises(EmolaborError, match="allowed"):
        show(value, spec)
