"""Where a table starts: the rows of headings, among titles, blank rows and second rows of headings."""

import json
from dataclasses import dataclass

from emolabor.responses.table import heading
from emolabor.responses.written import same

ROWS = 30  # how many of a file's rows are looked at
_STARTS = 12  # among them, how many may come before the headings
_BLOCK = 3  # rows of headings at most: codes, texts, import numbers
ENOUGH = 3  # a row that names so many columns is one of headings
_RESPONSES = {"response", "openendedresponse", "回复", "开放式回复"}  # SurveyMonkey, under a question without rows


@dataclass(frozen=True)
class Header:
    """A table's headings.

    Attributes
    ----------
    names : list of str
        One a column.
    labels : list of str
        What a second row of headings says; empty where there is none.
    first : int
        Place of the first row below the headings, from 0.
    row : int
        Number of the first row of headings, from 1.
    known : int
        How many of the questionnaire's columns are among the headings.
    """

    names: list
    labels: list
    first: int
    row: int
    known: int


def find_header(rows, known, at=None):
    """Find the rows of headings.

    The row that names most of the questionnaire's columns is one; where none names any, the first row that is filled
    like a table. A row above or below belongs to it if it holds headings too: the texts under the codes (Qualtrics),
    rows of a question under the question (SurveyMonkey, merged cells), import numbers.

    Parameters
    ----------
    rows : list of list
        The first rows of a file, cells of any kind.
    known : callable
        From names and labels to the number of the questionnaire's columns among them.
    at : int, optional
        Number of the row of headings from 1, where the user says so.

    Returns
    -------
    Header
        With empty names where nothing is filled.
    """
    rows = [[heading(cell) for cell in row] for row in rows]
    counts = {}

    def count(place):
        if place not in counts:
            counts[place] = known(rows[place], [""] * len(rows[place]))
        return counts[place]

    start = _start(rows, count) if at is None else at - 1
    if not 0 <= start < len(rows):
        return Header([], [], len(rows), 1, 0)
    block = [start]

    def together(block):
        return known(*_joined([rows[place] for place in block]))

    if at is None and start:
        above = [start - 1, start]
        if _is_upper(rows[start - 1], rows[start]) or together(above) > count(start):
            block = above
    while block[-1] + 1 < len(rows) and len(block) < _BLOCK and _is_lower(rows, block, count, together):
        block.append(block[-1] + 1)
    names, labels = _joined([rows[place] for place in block if not _imports(rows[place])])
    return Header(names, labels, block[-1] + 1, block[0] + 1, known(names, labels))


def _start(rows, count):
    """Return the place of the row that names most of the questionnaire's columns, else of the first full row."""
    filled = [sum(map(bool, row)) for row in rows]
    best = None
    for place in range(min(_STARTS, len(rows))):
        if best is not None and count(best) >= ENOUGH and not count(place):
            break  # below the headings the answers begin
        if count(place) > (0 if best is None else count(best)):
            best = place
    if best is not None:
        return best
    full = max(filled, default=0) / 2
    return next((place for place, number in enumerate(filled) if number and number >= full), -1)


def _is_upper(row, below):
    """Tell whether a row belongs to the headings below it: it names columns that have none there, or nearly all."""
    places = [place for place, text in enumerate(row) if text]
    beside = [place for place in places if not "".join(below[place : place + 1])]
    texts = {row[place] for place in places if not _is_number(row[place])}
    return bool(beside) or len(texts) >= max(2, 0.8 * sum(map(bool, below)))


def _is_lower(rows, block, count, together):
    """Tell whether the row below a block of headings holds headings too."""
    above, row = rows[block[0]], rows[block[-1] + 1]
    if _imports(row):
        return True
    filled = [(above[place] if place < len(above) else "", text) for place, text in enumerate(row) if text]
    repeated = sum(bool(same(text)) and same(text) == same(upper) for upper, text in filled)
    if repeated >= 2:
        return True
    if len(block) > 1:
        return False
    if count(block[-1] + 1) >= max(2, count(block[0]) / 2):
        return True
    if count(block[-1] + 1) and together([block[0], block[0] + 1]) >= count(block[0]) + 2:
        return True
    if filled and sum(same(text) in _RESPONSES for _, text in filled) >= len(filled) / 2:
        return True
    return bool(filled) and not any(_is_number(text) for _, text in filled) and _spans(above, row)


def _spans(above, row):
    """Tell whether headings of several columns stand above headings of one: the gaps of the upper row are filled."""
    gaps = [place for place in range(len(row)) if place and not "".join(above[place : place + 1])]
    return bool(gaps) and all(row[place] for place in gaps) and not row[0]


def _joined(block):
    """Write each column's heading and label."""
    width = max(map(len, block), default=0)
    block = [row + [""] * (width - len(row)) for row in block]
    names = list(block[0]) if block else []
    labels = list(block[1]) if len(block) > 1 else [""] * width
    for place in range(width):
        if labels[place] and not names[place]:  # a merged heading stands in the first of its columns
            over = next((left for left in range(place - 1, -1, -1) if block[0][left]), None)
            inside = over is not None and all(labels[over : place + 1])
            names[place] = f"{block[0][over]} - {labels[place]}" if inside else labels[place]
            if inside and names[over] == block[0][over]:
                names[over] = f"{block[0][over]} - {labels[over]}"
    return names, labels


def _imports(row):
    """Tell whether a row holds Qualtrics' import numbers."""
    texts = [text for text in row if text]
    return bool(texts) and sum(_is_import(text) for text in texts) > len(texts) / 2


def _is_import(text):
    if not text.startswith("{"):
        return False
    try:
        return "ImportId" in json.loads(text)
    except ValueError:
        return False


def _is_number(text):
    try:
        float(text)
    except ValueError:
        return False
    return True
