"""From cells to answers: a code or a label that is allowed is read, anything else becomes missing and is reported."""

from dataclasses import dataclass

import numpy as np

from emolabor.responses.codes import Numbers, meanings
from emolabor.responses.personal_contents import personal_content
from emolabor.responses.questions import question_of
from emolabor.responses.table import FORMULA, SEVERAL
from emolabor.responses.words import say
from emolabor.responses.written import (
    answer_code,
    as_number,
    describe,
    is_date,
    name_of,
    number_and_label,
    plain,
    same,
    says_no_answer,
    without_letter,
)

# What 问卷星 writes where a question was skipped by logic or left empty, in its number and text modes.
_LEFT_OUT = {"-3": "skipped", "-2": "empty", "(跳过)": "skipped", "(空)": "empty"}
_NO_CODE = frozenset({"无", "none"})  # what a respondent without a code is asked to write
UNCLEAR = ("not_allowed", "several", "formula")


@dataclass(frozen=True)
class Said:
    """What one cell says: its kind, the code or what is reported of it, and the number it holds.

    The kinds: code, label, mapped (by the user) are answers; number and numbered label are until `settle` says what the
    numbers mean; missing and declared are none; the others are kinds of finding.
    """

    kind: str
    value: object = None
    number: float | None = None


class Reader:
    """Reads the cells of one column.

    Parameters
    ----------
    question : Question
        What may be answered.
    values : dict
        What the user's mapping says: a cell's name to its code, None for missing.
    missing : frozenset of str
        Names of cells that the user's mapping declares missing.
    platform : str or None
        Whose export it is.
    column : Column
        The cells.
    """

    def __init__(self, question, values, missing, platform, column):
        self.question, self.column, self.platform = question, column, platform
        self.values, self._missing = values, missing
        self._folded, self._folded_missing = _folded(values), _folded(dict.fromkeys(missing, True))
        self._counts = column.counts().tolist()
        self._numbers = Numbers(question.codes, question.kind == "item", redefined=self._redefined())
        self.reason, self.explained = None, frozenset()
        self.said = [self._said(cell) for cell in column.cells]
        if question.kind == "item" and {*values.values()} == {None} and 2 * self.count("declared") > sum(self._counts):
            self.values, self._folded = {}, {}  # most would not have answered: the table was not filled in
            self.said = [self._said(cell) for cell in column.cells]
        for number, label in column.value_labels.items():  # what nobody chose tells the direction too
            code = self._label_code(plain(str(label))) if as_number(number) is not None else None
            if code is not None and name_of(number) not in self.values:
                self._numbers.known.setdefault(as_number(number), code)

    def numbers(self):
        """Return what the column says about its numbers, for `meanings`."""
        for said, count in zip(self.said, self._counts, strict=True):
            if said.kind == "number":
                self._numbers.counts[said.number] = self._numbers.counts.get(said.number, 0) + count
        return self._numbers

    def settle(self, table, reason):
        """Take the numbers for what the table says, the others for not understood."""
        self.reason = reason
        if self._numbers.known:  # labels tell what they mean
            self.explained = frozenset(table)
        for place, said in enumerate(self.said):
            if said.kind in ("number", "numbered label"):
                if said.number in table:
                    kind = "code" if said.kind == "number" else "label"
                    self.said[place] = Said(kind, table[said.number], said.number)
                else:
                    self.said[place] = Said("not_allowed", describe(self.column.cells[place]), said.number)

    def count(self, *kinds):
        """Count the rows whose cell is of any of these kinds."""
        return sum(n for n, said in zip(self._counts, self.said, strict=True) if said.kind in kinds)

    def unclear_cells(self):
        """List what is said by the different cells that are not understood."""
        return [said for said in self.said if said.kind in UNCLEAR]

    def unclear(self):
        """Return how many cells are not understood, and how many say something at all."""
        unclear = self.count(*UNCLEAR)
        return unclear, unclear + self.count("code", "label", "mapped")

    def answers(self, rows, findings, is_numeric):
        """Return the answers, one a row, and report what is none.

        Parameters
        ----------
        rows : ndarray
            Number of each row in the file.
        findings : Findings
            Receives what is not read.
        is_numeric : bool
            Whether the answers are numbers.

        Returns
        -------
        ndarray, shape (n,)
            Numbers, or else objects; NaN or None where there is no answer or no valid one.
        """
        self._note_column(findings)
        minority = self._minority()
        action = say("set_to_missing_allowed", allowed=self.question.allowed)
        answers = np.full(len(self.said) + 1, None, dtype=object)  # EMPTY, -1, reads the last one
        for place, said in enumerate(self.said):
            if said.kind in ("code", "label", "mapped"):
                answers[place] = said.value
            if said.kind in UNCLEAR or said.kind == minority:
                found, kind, what = said.value, said.kind, action
                if said.kind == minority:
                    cell = self.column.cells[place]
                    found, kind = say("the_label", label=cell) if minority == "label" else describe(cell), "mixed"
                    what = say("read_as", code=f"{said.value:g}" if isinstance(said.value, float | int) else said.value)
                findings.add(kind, found, what, self.question.key, rows[self.column.codes == place])
        return (answers.astype(float) if is_numeric else answers)[self.column.codes]

    def _said(self, cell):
        if self.question.read and not self.values and type(cell) in (float, int) and abs(cell) < 1e10:
            # Numbers that are all different, such as seconds, say nothing else; this keeps reading them fast.
            value = self.question.read(cell)
            if value is not None and not (self._missing and name_of(cell) in self._missing):
                return Said("code", value)
        name = name_of(cell)
        if not name or (self.platform == "wjx" and name in _LEFT_OUT):
            return Said("missing")
        if self.question.kind == "code" and name in _NO_CODE:
            return Said("missing")
        number, label = self._parts(cell, name)
        # What a mapping says of a number is not said of one that stands beside a label of the questionnaire.
        number_name = "" if number is None or (label and self._label_code(label) is not None) else name_of(number)
        if self.platform == "limesurvey" and isinstance(cell, str) and (code := answer_code(name)):
            number_name = name_of(code[1])
        for text in filter(None, (name, label, number_name)):
            if text in self._missing or same(text) in self._folded_missing:
                return Said("declared", text)
            if text in self.values or same(text) in self._folded:
                code = self.values.get(text, self._folded.get(same(text)))
                return Said("declared", text) if code is None else Said("mapped", code)
        if cell is FORMULA:
            return Said("formula", describe(cell))
        if cell is SEVERAL or (isinstance(cell, str) and ("┋" in cell or "→" in cell)):
            return Said("several", describe(SEVERAL))
        if personal_content(name):  # a telephone number is no respondent's number
            return Said("not_allowed", describe(cell))
        return self._by_questionnaire(cell, name, number, label)

    def _parts(self, cell, name):
        """Return the number and the label that a cell holds or that the file's labels give it; None and "" for none."""
        number = as_number(cell)
        if number is not None:
            return number, plain(str(self.column.value_labels.get(number, "")))
        if not isinstance(cell, str) or same(name) in self.question.labels or is_date(cell) or answer_code(name):
            return None, ""
        number, label = number_and_label(name)
        return number, label if number is not None else ""

    def _by_questionnaire(self, cell, name, number, label):
        is_text = as_number(cell) is None
        value = self.question.read(name if isinstance(cell, str) else cell) if self.question.read else None
        if value is not None and not label:
            return Said("code", value)
        code = self._label_code(label if number is not None else name) if is_text or label else None
        if code is not None:
            if number is not None:
                self._numbers.known[number] = code
            return Said("label" if is_text else "number", code, number)
        if value is not None:
            return Said("code", value)
        if isinstance(cell, str) and says_no_answer(label or name):
            return Said("declared", name)
        if number is None or not self.question.codes:
            return Said("not_allowed", describe(cell))
        if label and says_no_answer(label):
            return Said("declared", name)
        if label and self.question.labels and as_number(label) != number:
            self._numbers.unknown.add(number)
        return Said("numbered label" if label and is_text else "number", None, number)

    def _label_code(self, label):
        """Return the code that a label names, with or without a number or letter before it, else None."""
        labels = self.question.labels
        for text in filter(None, (label, number_and_label(label)[1], without_letter(label))):
            if same(text) in labels:
                return labels[same(text)]
        number = as_number(label)
        if number is None and not number_and_label(label)[1]:
            number = number_and_label(label)[0]
        return int(number) if number in self.question.codes else None

    def _redefined(self):
        numbers = {as_number(name): code for name, code in self.values.items()}
        return bool(self.question.codes) and any(
            number is not None and code is not None and number != code for number, code in numbers.items()
        )

    def answer_codes(self):
        """Return LimeSurvey's answer codes, such as A3: place of the cell to letters and number."""
        if self.platform != "limesurvey" or not self.question.codes:
            return {}
        return {
            place: code
            for place, cell in enumerate(self.column.cells)
            if self.said[place].kind == "not_allowed" and isinstance(cell, str) and (code := answer_code(plain(cell)))
        }

    def take_answer_codes(self):
        """Take answer codes for the numbers in them."""
        for place, (_, number) in self.answer_codes().items():
            self.said[place] = Said("number", None, number)

    def _minority(self):
        """Return the rarer of two ways of writing, label and number, in a column that holds both; else None."""
        as_code, as_label = self.count("code"), self.count("label")
        if not (as_code and as_label):
            return None
        return "label" if as_code >= as_label else "code"

    def _note_column(self, findings):
        key = self.question.key
        if any(said.kind in ("code", "label") and said.number not in (None, said.value) for said in self.said):
            findings.add("relabelled", say("other_codes"), say("read_by_labels"), key)
        if self.count("label") > self.count("code"):
            findings.add("labels", say("labels_of_answers"), say("read_as_codes"), key)
        declared = sorted({said.value for said in self.said if said.kind == "declared"})
        if declared:
            action = say("declared_missing", values=say("comma").join(declared[:12]))
            findings.add("declared", str(self.count("declared")), action, key)
        if self.platform == "wjx":
            marks = [_LEFT_OUT.get(name_of(cell)) for cell in self.column.cells]
            for what in ("skipped", "empty"):
                count = sum(n for n, mark in zip(self._counts, marks, strict=True) if mark == what)
                if count:
                    findings.add("left_out", say(f"marked_{what}", n=count), say("counted_as_missing"), key)


def settle(readers):
    """Settle what the numbers of all columns mean, block by block.

    Parameters
    ----------
    readers : list of Reader
        The columns.
    """
    blocks = {}
    for reader in readers:
        blocks.setdefault(reader.question.block, []).append(reader)
    for block in blocks.values():
        letters = {letters for reader in block for letters, _ in reader.answer_codes().values()}
        if letters in ({"A"}, {"AO"}):
            for reader in block:
                reader.take_answer_codes()
        for reader, (table, reason) in zip(block, meanings([reader.numbers() for reader in block]), strict=True):
            reader.settle(table, reason)


def reader_for(key, instrument, mapping, platform, column):
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
    column : Column
        Its cells.
    """
    return Reader(question_of(key, instrument), mapping.values_of(key), mapping.missing_of(key), platform, column)


def _folded(table):
    """Return a table by texts reduced with `same`: where two ways of writing one text are left, and no numbers."""
    folded = {}
    for name, value in table.items():
        if as_number(name) is None and same(name):
            folded.setdefault(same(name), set()).add(value)
    return {name: values.pop() for name, values in folded.items() if len(values) == 1}
