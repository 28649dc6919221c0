"""How stored values are written on the page: words for codes, numbers with at most three decimals."""

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from importlib import resources

import pandas as pd
import yaml

LANGUAGES = ("zh", "en")


def load_words():
    """Read the table heads and codes that are shown in words.

    Returns
    -------
    dict
        language -> code -> word.

    Examples
    --------
    >>> load_words()["en"]["std_all"]
    'Standardised'
    """
    text = resources.files(__package__).joinpath("words.yaml").read_text(encoding="utf-8")
    words = yaml.safe_load(text)
    return {language: {code: word[language] for code, word in words.items()} for language in LANGUAGES}


def rounded(value, decimals=3):
    """Write a stored number with a fixed number of decimals, halves away from zero.

    The rounding is decimal and starts from the 10 stored digits, so that a number that stands exactly on a
    half, such as the mean 3.4125, is written alike on every machine.

    Parameters
    ----------
    value : int or float
        A stored number.
    decimals : int
        Decimals wanted.

    Returns
    -------
    str
        Without a sign when nothing but zeros is left.

    Examples
    --------
    >>> rounded(3.4125), rounded(-0.0001)
    ('3.413', '0.000')
    """
    text = str(Decimal(repr(value)).quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP))
    return text.lstrip("-") if float(text) == 0 else text


def shown(value, is_whole, is_p):
    """Write one stored value for the page: whole numbers plainly, others with three decimals."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if is_whole:
        return str(int(value))
    if is_p and value < 0.0005:
        return "<0.001"
    return rounded(value)


def worded(text, words):
    """Put words in place of a code, or of each code in a key that joins several with ~, >, *, = or &.

    Examples
    --------
    >>> worded("exhaustion~surface_acting", {"exhaustion": "Exhaustion", "surface_acting": "Surface acting"})
    'Exhaustion ~ Surface acting'
    """
    if text in words or not re.search(r"[~>*=]|\w&\w", text):
        return words.get(text, text)
    spaced = re.sub("([~>*=&]+)", r" \1 ", text)
    return re.sub(r"\w+", lambda code: words.get(code[0], code[0]), spaced)


@dataclass(frozen=True)
class Table:
    """A table ready to be shown whole in a notebook: pandas would cut long ones and long texts short."""

    frame: pd.DataFrame

    def __repr__(self):
        return self.frame.to_string()

    def _repr_html_(self):
        return self.frame.to_html(border=0)


def table_of(stored, is_series, words, language):
    """Write stored values as a table of text.

    Of columns that hold one text in both languages, such as reason_zh and reason_en, one is shown.

    Parameters
    ----------
    stored : dict
        row -> column -> stored value.
    is_series : bool
        True when the rows are different measures (fit measures): each then decides for itself whether it is a
        whole number or a p value; in a frame a column decides.
    words : dict
        Code -> what is shown for it, in rows, columns and cells.
    language : {"zh", "en"}
        Language of the table.

    Returns
    -------
    Table

    Examples
    --------
    >>> table_of({"a": {"est": 0.12345, "n": 3.0}, "b": {"est": 1.0, "n": 4.0}}, False, {"est": "Estimate"}, "en")
      Estimate  n
    a    0.123  3
    b    1.000  4
    """
    cells = {}
    others = tuple(f"_{other}" for other in LANGUAGES if other != language)
    for column in next(iter(stored.values()), {}):
        if column.endswith(others):
            continue
        values = {row: columns[column] for row, columns in stored.items()}
        whole = {row: float(value).is_integer() for row, value in values.items() if type(value) in (int, float)}
        cells[worded(column.removesuffix(f"_{language}"), words)] = [
            shown(
                worded(str(value), words) if isinstance(value, (bool, str)) else value,
                is_whole=whole.get(row, False) if is_series else all(whole.values()),
                is_p="pvalue" in (row if is_series else column),
            )
            for row, value in values.items()
        ]
    return Table(pd.DataFrame(cells, index=[worded(row, words) for row in stored]))
