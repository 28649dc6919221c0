"""From cells to answers: a code or a label that is allowed is read, anything else becomes missing and is reported."""

import re
import unicodedata

import numpy as np

from emolabor.responses.personal_contents import personal_content
from emolabor.responses.table import FORMULA, Unreadable

NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?")
_DURATION = re.compile(r"(?:([0-9]{1,9})小时)?(?:([0-9]{1,9})分钟?)?(?:([0-9]{1,9}(?:\.[0-9]+)?)秒)?")
_ANSWER_CODE = re.compile(r"AO?0*([1-9][0-9]?)")
# What 问卷星 writes where a question was skipped by logic or left empty, in its number and text modes.
_LEFT_OUT = {"-3": "skipped", "-2": "empty", "(跳过)": "skipped", "(空)": "empty"}

_NO_CODE = {"无", "none"}  # what a respondent without a code is asked to write


def same(text):
    """Reduce a wording to what two ways of writing it share: letters and digits, without width, case and blanks."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", text)).casefold()


def as_number(cell):
    """Return the number that a cell is or writes plainly, else None.

    Examples
    --------
    >>> as_number("3"), as_number(3.5), as_number("1e0")
    (3.0, 3.5, None)
    """
    if isinstance(cell, str):
        return float(cell) if NUMBER.fullmatch(cell) and len(cell) < 300 else None
    return float(cell) if isinstance(cell, int | float) and abs(cell) < 1e300 else None


def seconds(cell):
    """Return the seconds of a written time such as 2分3秒, else None.

    Examples
    --------
    >>> seconds("123秒"), seconds("1小时2分3秒"), seconds("120")
    (123.0, 3723.0, None)
    """
    match = _DURATION.fullmatch(cell.replace(" ", "")) if isinstance(cell, str) else None
    if not match or not any(match.groups()):
        return None
    hours, minutes, rest = (float(part or 0) for part in match.groups())
    return 3600 * hours + 60 * minutes + rest


class Reader:
    """Reads the cells of one item or background variable.

    Parameters
    ----------
    key : str
        The item or variable.
    allowed : str
        What is allowed, in words.
    code : callable
        Cell to code, or None where it is no code.
    labels : dict
        Wording reduced by `same` to code.
    values : dict
        What the user's mapping says: a cell's text to code.
    missing : frozenset of str
        Texts of cells that the user's mapping declares missing.
    platform : str or None
        Whose export it is.
    """

    def __init__(self, key, allowed, code, labels, values=None, missing=frozenset(), platform=None):
        self.key, self.allowed, self._code, self._labels = key, allowed, code, labels
        self._values, self._missing, self._platform = values or {}, missing, platform

    def read(self, column, rows, findings):
        """Return the answers, one a row, and report what is none.

        Parameters
        ----------
        column : Column
            The cells.
        rows : ndarray
            Number of each row in the file.
        findings : Findings
            Receives what is not read.

        Returns
        -------
        ndarray of object or float, shape (n,)
            Codes; None where there is no answer or no valid one.
        """
        kinds, values = self._interpret(column)
        counts = column.counts()
        as_code, as_label = (
            sum(counts[i] for i, kind in enumerate(kinds) if kind == name) for name in ("code", "label")
        )
        # Two ways of writing in one column may mean two things: what most cells do not use is not read.
        minority = ("label" if as_code >= as_label else "code") if as_code and as_label else None
        self._note_column(column, as_label > as_code, findings)
        answers = np.full(len(column.cells) + 1, None, dtype=object)  # EMPTY, -1, reads the last one
        for place, (kind, value) in enumerate(zip(kinds, values, strict=True)):
            if kind == minority:
                cell = column.cells[place]
                kind, value = "mixed", f"the label {cell}" if kind == "label" else describe(cell)
            if kind in ("code", "label"):
                answers[place] = value
            elif kind != "missing":
                found = rows[column.codes == place]
                findings.add(kind, value, f"set to missing (allowed: {self.allowed})", self.key, found)
        return answers[column.codes]

    def _interpret(self, column):
        """For each cell what it is (code, label, missing, or a kind of finding) and its code or description."""
        relabelled = self._by_value_labels(column)
        pairs = [self._cell(cell, relabelled) for cell in column.cells]
        return [kind for kind, _ in pairs], [value for _, value in pairs]

    def _cell(self, cell, relabelled):
        number = as_number(cell)
        text = _text(cell, number)
        if text in self._missing or (self._platform == "wjx" and text in _LEFT_OUT):
            return "missing", None
        if text in self._values:
            return "code", self._values[text]
        if number in relabelled:
            return "code", relabelled[number]
        if cell is FORMULA:
            return "formula", FORMULA.what
        if isinstance(cell, str) and ("┋" in cell or "→" in cell):
            return "several", "several answers"
        if personal_content(text):  # a telephone number is no respondent's number
            return "not_allowed", describe(cell)
        code = self._code(cell)
        if code is None and self._platform == "limesurvey" and isinstance(cell, str):
            code = self._code(_ANSWER_CODE.sub(r"\1", cell)) if _ANSWER_CODE.fullmatch(cell) else None
        if code is not None:
            return "code", code
        if isinstance(cell, str) and same(cell) in self._labels:
            return "label", self._labels[same(cell)]
        return "not_allowed", describe(cell)

    def _by_value_labels(self, column):
        """Return number to code, where the file's own labels are the questionnaire's but its numbers are not."""
        known = {number: self._labels.get(same(str(label))) for number, label in column.value_labels.items()}
        known = {
            float(number): code for number, code in known.items() if code is not None and as_number(number) is not None
        }
        same_codes = all(self._code(number) == code for number, code in known.items())
        return {} if same_codes or len(set(known.values())) < len(set(self._labels.values())) else known

    def _note_column(self, column, labels, findings):
        if self._by_value_labels(column):
            findings.add("relabelled", "codes other than the questionnaire's", "read by their labels", self.key)
        if labels:
            findings.add("labels", "the labels of the answers", "read as codes", self.key)
        if self._platform == "wjx":
            marks = [_LEFT_OUT.get(_text(cell, as_number(cell))) for cell in column.cells]
            for what in ("skipped", "empty"):
                count = sum(n for n, mark in zip(column.counts(), marks, strict=True) if mark == what)
                if count:
                    findings.add("left_out", f"cells marked as {what}: {count}", "counted as missing", self.key)


def describe(cell):
    """Show a short number; of anything else, which may be about a person, only the kind and the length.

    Examples
    --------
    >>> describe("6"), describe("张三"), describe("13800138000")
    ('6', 'text of 2 characters', 'a number of 11 characters')
    """
    if isinstance(cell, Unreadable):
        return cell.what
    if not isinstance(cell, str | int | float):
        return "a date"
    text = f"{cell:.10g}" if isinstance(cell, float) else str(cell)
    if as_number(cell) is not None:
        return text if len(text) <= 4 else f"a number of {len(text)} characters"
    kind = personal_content(text)
    return f"what looks like {kind}" if kind else f"text of {len(text)} characters"


def reader_for(key, instrument, mapping, platform):
    """Return the reader of an item, an attention check or a background variable.

    Parameters
    ----------
    key : str
        One of `instrument.columns`.
    instrument : Instrument
        What was asked.
    mapping : Mapping
        What the user says about values.
    platform : str or None
        Whose export it is.
    """
    values, missing = mapping.values_of(key), mapping.missing
    for variable in instrument.background:
        if variable.key == key:
            if variable.kind == "code":
                missing |= _NO_CODE
            return Reader(key, *_background(variable), values, missing, platform)
    for scale in instrument.scales:
        checks = [check.key for check in instrument.attention_checks if check.after == scale.key]
        if key in [item.key for item in scale.items] + checks:
            form = scale.response_format
            labels = {
                same(text): code for texts in form.labels.values() for code, text in zip(form.codes, texts, strict=True)
            }
            return Reader(key, f"1 to {form.points}", _one_of(form.codes), labels, values, missing, platform)
    raise KeyError(key)


def _background(variable):
    """Return what is allowed in words, the function that reads a code, and the labels."""
    if variable.kind == "number":
        low, high = variable.minimum, variable.maximum

        def number(cell):
            value = as_number(cell)
            if value is None and variable.key == "seconds":
                value = seconds(cell)
            inside = value is not None and (low is None or low <= value) and (high is None or value <= high)
            return value if inside else None

        words = [f"from {low}"] * (low is not None) + [f"to {high}"] * (high is not None)
        return " ".join(["a number", *words]), number, {}
    if variable.kind == "code":
        pattern = re.compile(variable.pattern)
        return f"a code like {variable.pattern}", lambda cell: cell if _matches(pattern, cell) else None, {}
    labels = {same(text): code for code, names in variable.values.items() for text in names.values()}
    codes = list(variable.values)
    allowed = ", ".join(map(str, codes))
    if all(isinstance(code, int) for code in codes):
        return allowed, _one_of(codes), labels

    def choice(cell):
        return str(cell) if str(cell) in map(str, codes) else None

    return allowed, choice, labels


def _one_of(codes):
    allowed = frozenset(map(float, codes))

    def code(cell):
        value = as_number(cell)
        return value if value in allowed else None

    return code


def _matches(pattern, cell):
    return isinstance(cell, str) and pattern.fullmatch(cell)


def _text(cell, number):
    """Write a cell as a mapping file names it: whole numbers without a point."""
    return str(int(number)) if number is not None and number.is_integer() else str(cell)
