"""What may be answered to a question: its codes, its labels in all languages, the form of a free answer."""

import re
from dataclasses import dataclass

from emolabor.instrument.patterns import LONGEST_CODE
from emolabor.responses.words import say
from emolabor.responses.written import as_number, same, seconds


@dataclass(frozen=True)
class Question:
    """What may be answered to an item, an attention check or a background variable.

    Attributes
    ----------
    key : str
        The item or variable.
    kind : str
        "item", or the kind of the variable: "choice", "number" or "code".
    allowed : str
        What is allowed, in words.
    codes : tuple of int
        The codes, where they are whole numbers; else empty.
    labels : dict
        Wording reduced by `same` to code.
    read : callable
        Cell to answer, or None where it is none; for what has no numbers as codes.
    block : str
        Questions with the same word here were asked together, with the same codes and labels.
    """

    key: str
    kind: str
    allowed: str
    codes: tuple
    labels: dict
    read: object
    block: str


def question_of(key, instrument):
    """Return what may be answered to an item, an attention check or a background variable.

    Parameters
    ----------
    key : str
        One of `instrument.columns`.
    instrument : Instrument
        What was asked.

    Returns
    -------
    Question
        With its codes and labels.
    """
    for variable in instrument.background:
        if variable.key == key:
            return _background(variable)
    for scale in instrument.scales:
        checks = [check.key for check in instrument.attention_checks if check.after == scale.key]
        if key in [item.key for item in scale.items] + checks:
            form = scale.response_format
            texts = list((form.labels or {}).values())
            labels = _labels({code: [one[code - 1] for one in texts] for code in form.codes})
            return Question(
                key, "item", say("allowed_points", points=form.points), tuple(form.codes), labels, None, scale.key
            )
    raise KeyError(key)


def _labels(texts):
    """Map each label, reduced by `same`, to its code; labels of two languages may stand in one cell."""
    labels = {}
    for code, names in texts.items():
        pairs = [one + other for one in names for other in names if one != other]
        labels |= {same(text): code for text in (*names, *pairs)}
    return labels


def _background(variable):
    if variable.kind == "number":
        low, high = variable.minimum, variable.maximum

        def number(cell):
            value = as_number(cell)
            if value is None and variable.key == "seconds":
                value = seconds(cell)
            inside = value is not None and (low is None or low <= value) and (high is None or value <= high)
            return value if inside else None

        allowed = say("allowed_number")
        allowed += "" if low is None else say("allowed_from", low=low)
        allowed += "" if high is None else say("allowed_to", high=high)
        return Question(variable.key, "number", allowed, (), {}, number, variable.key)
    if variable.kind == "code":
        pattern = re.compile(variable.pattern)

        def code(cell):
            is_short = isinstance(cell, str) and len(cell) <= LONGEST_CODE
            return cell if is_short and pattern.fullmatch(cell) else None

        allowed = say("allowed_code", pattern=variable.pattern)
        return Question(variable.key, "code", allowed, (), {}, code, variable.key)
    labels = _labels({code: list(names.values()) for code, names in variable.values.items()})
    codes = list(variable.values)
    allowed = ", ".join(map(str, codes))
    if all(isinstance(code, int) for code in codes):
        return Question(variable.key, "choice", allowed, tuple(codes), labels, None, variable.key)

    def choice(cell):
        return str(cell) if str(cell) in map(str, codes) else None

    return Question(variable.key, "choice", allowed, (), labels, choice, variable.key)
