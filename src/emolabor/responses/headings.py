"""What a heading may say: the key of a question, or its wording, among what platforms write around them."""

import html
import re
import unicodedata
from functools import lru_cache

from emolabor.instrument.form import make_form
from emolabor.instrument.instrument import CONSENT
from emolabor.instrument.losses import short
from emolabor.instrument.words import WORDS
from emolabor.responses.written import same

_TAG = re.compile(r"<[^>]{0,200}>")
# What a platform or a person writes before a question: "Q1. ", "5. ", "1、", "第1题(", "(3) ", "Q1_2: ", "A2b. ", "③".
_NUMBER = re.compile(
    r"\s*(?:第\s*[0-9]+\s*题\s*[(:：、.]?"
    r"|[(\[][0-9]+[)\]]"
    r"|[A-Z]{0,8}[0-9]+[A-Z]?(?:[._-][0-9]+|[(（][0-9]+[)）])*\s*[、.．:：)\]]"
    r"|(?:题目?|问题|Question)\s*[0-9]+\s*[、.．:：)]?"
    r"|Q?[0-9]+(?:[._-][0-9]+)*\s"
    r"|[①-⑳]|[一二三四五六七八九十]{1,3}、|[A-Z][.)]\s)\s*",
    re.IGNORECASE,
)
_OPENING = {")": "(", "]": "[", "】": "【"}
_ONE_WIDTH = str.maketrans("（）［］", "()[]")
# What stands between a question and its row, or between two languages.
_PARTING = re.compile(r"—+|-+|_+|[|/>:：\n]|[?？。!！.]\s*\.?(?=\s|[^\W0-9])")
_SEPARATOR = re.compile(r"\s*[-/:.|>~#+→—–]+\s*|__+")
_BESIDE = re.compile(rf"{CONSENT}(\. .*)?|Consent_text|Introduction|Instruction_\w+")
_OWN_GROUP = re.compile(r"Page_(?:[0-9]+|background)[\W_]+")
_LONGEST, _PIECES = 2_000, 60


class Keys:
    """Finds the keys of an instrument in headings.

    Parameters
    ----------
    instrument : Instrument
        What was asked.
    """

    def __init__(self, instrument):
        self._exact = dict.fromkeys(instrument.columns)
        self._plain = _unambiguous((_plain(key), key) for key in instrument.columns)
        self._short = _unambiguous((short(key).casefold(), key) for key in instrument.columns)
        self._consents = set(map(same, WORDS["agree"].values()))
        self._own = {
            f"Table_{table.key}_{number}": row.key
            for table in own_tables(instrument)
            for number, row in enumerate(table.rows, start=1)
        }

    def named(self, name):
        """Return the key that a heading is, whatever its case and blanks, or that our own Qualtrics form gives it."""
        if name in self._exact:
            return name
        return self._own.get(name) or self._plain.get(_plain(name))

    def inside(self, name, names, platform):
        """Return the key in a compound name: group/key in any separator, question[key], question_key.

        Parameters
        ----------
        name : str
            The heading.
        names : collection of str
            All headings: where there is a column "question", its columns "question/option" are no items.
        platform : str or None
            Whose export it is.
        """
        if bracket := re.fullmatch(r"[^\[\]]*\[([^\[\]]+)\](\[[^\[\]]*\])?", name):
            return self.named(bracket[1]) or self._short.get(bracket[1].casefold())
        if own := _OWN_GROUP.match(name):
            return self.named(name[own.end() :])
        if platform == "limesurvey":
            return self._short.get(name.casefold()) or self._short.get(name.rsplit("_", 1)[-1].casefold())
        parts = list(_SEPARATOR.finditer(name))
        if parts and name[: parts[-1].start()] not in names:
            return self.named(name[parts[-1].end() :])
        return None

    def is_beside(self, name):
        """Tell whether our own form has this column beside the answers: the consent, or a text that is only shown."""
        end = _SEPARATOR.split(name)[-1]
        return bool(_BESIDE.fullmatch(end)) or any(text in self._consents for text in texts_in(name))

    def before_text(self, name, names, platform):
        """Return the key of a heading that gives code and text: "key. wording", "question[key]. wording"."""
        code, dot, _ = name.partition(". ")
        return (self.named(code) or self.inside(code, names, platform)) if dot else None


def own_tables(instrument):
    """Return the tables of the form that our own writers make of an instrument; none where wording is withheld."""
    return () if any(scale.unwritten for scale in instrument.scales) else make_form(instrument).tables


def number_in(name):
    """Return the number of the question that a heading begins with ("3、...", "第3题(...", "Q3_1"), or None.

    Examples
    --------
    >>> number_in("12、性别"), number_in("性别")
    (12, None)
    """
    match = re.match(r"\s*(?:第|Q)?\s*([0-9]{1,5})", name, re.IGNORECASE)
    return int(match[1]) if match else None


@lru_cache(maxsize=20_000)  # the rows in which headings are looked for are looked at more than once
def texts_in(text):
    """List the wordings that a heading may hold, reduced by `same`, the likeliest first.

    The whole; what is left without a number before it, or without brackets after it (the kind of question, a hint);
    what stands in such brackets, and what follows a dash, a colon or the end of a sentence (the row of a table).

    Parameters
    ----------
    text : str
        The heading.

    Returns
    -------
    tuple of str
        Without repetitions and without empty ones.

    Examples
    --------
    >>> texts_in("3、您怎么看？—我愿意 [单选题]*")[-2:]
    ('您怎么看我愿意', '我愿意')
    """
    pieces = [html.unescape(_TAG.sub("", unicodedata.normalize("NFC", text[:_LONGEST]))).translate(_ONE_WIDTH)]
    for piece in pieces:  # grows while it is walked through
        if len(pieces) > _PIECES:
            break
        piece = piece.strip(" \t*＊")
        if number := _NUMBER.match(piece):
            pieces.append(piece[number.end() :])
        if split := _last_bracket(piece):
            pieces += split
        if piece.startswith("[") and "]" in piece:  # LimeSurvey's label in SPSS: "[row] question"
            pieces.append(piece[1 : piece.index("]")])
        if piece.endswith(")"):
            pieces.append(piece[:-1])  # "第1题(wording)" has lost its opening bracket
        pieces += [piece[match.end() :] for match in _PARTING.finditer(piece)]
    return tuple(text for text in dict.fromkeys(map(same, pieces)) if text)


def _last_bracket(text):
    """Part a text that ends with a bracket into what is before and what is in it."""
    opening, depth = _OPENING.get(text[-1:]), 0
    if opening is None:
        return ()
    for place in range(len(text) - 1, -1, -1):
        depth += (text[place] == text[-1]) - (text[place] == opening)
        if not depth:
            return (text[:place], text[place + 1 : -1])
    return ()


@lru_cache(maxsize=20_000)
def _plain(name):
    """Reduce a name to what people keep of it: letters and digits, but "mn1_1" is not "mn11"."""
    name = unicodedata.normalize("NFKC", name).strip().casefold()
    return re.sub(r"(?<![0-9])[_\s]+|[_\s]+(?![0-9])", "", name)


def _unambiguous(pairs):
    """Map each form to its key, leaving out forms that two keys share."""
    keys = {}
    for form, key in pairs:
        keys.setdefault(form, set()).add(key)
    return {form: several.pop() for form, several in keys.items() if len(several) == 1}
