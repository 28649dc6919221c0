"""How people and programs write an answer: a number, a time, a label, or a number and a label together."""

import html
import re
import unicodedata
from datetime import date, datetime, time, timedelta

from emolabor.responses.personal_contents import digits_of, personal_content
from emolabor.responses.scripts import simplified
from emolabor.responses.table import Unreadable
from emolabor.responses.words import say

_NUMBER = re.compile(r"[+-]?[0-9]+(?:[.][0-9]+|,0+)?")  # 3,0 has a decimal comma; 3,5 could be two answers
_EXACT = 1e15  # a number of more digits than a spreadsheet holds
_UNIT = "分|點|点|星|级|級|points?|pts?|stars?"
_NUMBER_WITH_UNIT = re.compile(rf"([+-]?[0-9]{{1,3}})\s*(?:{_UNIT})", re.IGNORECASE)
_NUMBER_FIRST = re.compile(
    r"[(\[【〔<]?\s*([+-]?[0-9]{1,3})(?:\.0+)?\s*[)\]】〕>]?[\s\-‐-―.、。:=,|_/·)]*(?=[^\W\d_])(.+)", re.DOTALL
)
_NUMBER_LAST = re.compile(
    r"(.+?)(?:\s*[(\[【〔<]\s*([+-]?[0-9]{1,3})(?:\.0+)?\s*[)\]】〕>]|[\s\-‐-―:=,|_/·]*(?<![0-9])([0-9]{1,3}))"
    rf"\s*(?:{_UNIT})?",
    re.DOTALL | re.IGNORECASE,
)
_LETTER_FIRST = re.compile(r"[(\[]?[A-Za-z][)\].、:\s\-‐-―]+(.+)", re.DOTALL)
_QUOTED = re.compile(r"=?\"(.*)\"|['’‘`´](?=[+-]?[0-9])(.*)", re.DOTALL)
_ANSWER_CODE = re.compile(r"([A-Z]{1,2})(0|0*[1-9][0-9]?)")

_DAYS, _HOURS, _MINUTES, _SECONDS = (
    "天|日|days?|d",
    "小时|小時|时|時|hours?|hrs?|h",
    "分钟?|分鐘?|minutes?|mins?|m",
    "秒钟?|秒鐘?|seconds?|secs?|s",
)
_WORDED_TIME = re.compile(
    rf"(?:([0-9]{{1,9}})(?:{_DAYS}),?)?(?:([0-9]{{1,9}})(?:{_HOURS}),?)?(?:([0-9]{{1,9}})(?:{_MINUTES}),?)?"
    rf"(?:([0-9]{{1,9}}(?:[.][0-9]+)?)(?:{_SECONDS}))?",
    re.IGNORECASE,
)
_CLOCK_TIME = re.compile(r"(?:([0-9]{1,6})(?:days?,|[.])?)?([0-9]{1,6}):([0-5][0-9]):([0-5][0-9](?:[.][0-9]+)?)")

# What files write where there is no answer, reduced by `same`; "not sure" and 说不清 are answers of some scales.
_NO_ANSWER = {
    "na", "nan", "null", "none", "nil", "missing", "systemmissing", "noanswer", "noresponse", "notanswered",
    "unanswered", "notapplicable", "doesnotapply", "dontknow", "donotknow", "dk", "dkna", "refused", "refusal",
    "refusedtoanswer", "refuse", "skipped", "prefernottosay", "prefernottoanswer", "notasked",
    "不知道", "拒答", "拒绝", "拒绝回答", "不适用", "无回答", "未回答", "未作答", "未答", "缺失", "缺失值", "漏答",
    "跳过", "不愿回答", "不想回答", "不適用", "無回答", "拒絕", "拒絕回答", "不願回答", "跳過",
}  # fmt: skip


def same(text):
    """Reduce a wording to what two ways of writing it share: letters and digits; not width, case, blanks, script."""
    return simplified(re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", text)).casefold())


def plain(text):
    r"""Write a text in one way: half width, without invisible signs, a spreadsheet's quotes, and entities.

    Examples
    --------
    >>> plain("４"), plain("\u200b4\u00a0"), plain("'4"), plain('="4"'), plain("①非常不同意")
    ('4', '4', '4', '4', '1非常不同意')
    """
    text = html.unescape(text) if "&" in text else text
    if not (text.isascii() and text.isprintable()):
        text = "".join(
            sign
            for sign in unicodedata.normalize("NFKC", text)
            if unicodedata.category(sign) not in ("Cc", "Cf") or sign in "\t\n"
        )
    text = " ".join(text.split())
    quoted = _QUOTED.fullmatch(text)
    return (quoted[1] or quoted[2] or "").strip() if quoted else text


def as_number(cell):
    """Return the number that a cell is or writes plainly, else None.

    Examples
    --------
    >>> as_number("3"), as_number(3.5), as_number("３,0"), as_number("1e0")
    (3.0, 3.5, 3.0, None)
    """
    if type(cell) is float:  # most cells of a statistics program's file
        return cell if abs(cell) < 1e300 else None
    if isinstance(cell, str):
        if len(cell) >= 300:
            return None
        text = cell if _NUMBER.fullmatch(cell) else plain(cell)
        return float(text.replace(",", ".")) if _NUMBER.fullmatch(text) else None
    return float(cell) if isinstance(cell, int | float) and abs(cell) < 1e300 else None


def seconds(cell):
    """Return the seconds of a written time such as 2分3秒 or 00:02:03, else None; 2:03 may be hours and is none.

    Examples
    --------
    >>> seconds("123秒"), seconds("1天2小时"), seconds("0:02:03"), seconds("1 min 5 s"), seconds("2:03"), seconds("120")
    (123.0, 93600.0, 123.0, 65.0, None, None)
    """
    if isinstance(cell, timedelta):
        return cell.total_seconds()
    if isinstance(cell, time):
        return 3600.0 * cell.hour + 60 * cell.minute + cell.second + cell.microsecond / 1e6
    if not isinstance(cell, str) or len(cell) > 60:
        return None
    text = plain(cell).replace(" ", "")
    match = _CLOCK_TIME.fullmatch(text) or _WORDED_TIME.fullmatch(text)
    if not match or not any(match.groups()):
        return None
    days, hours, minutes, rest = (float(part or 0) for part in match.groups())
    return 86400 * days + 3600 * hours + 60 * minutes + rest


def number_and_label(text):
    """Part a text that holds a number and a label: "5-非常同意", "4. Agree", "Agree (4)", "5分".

    Parameters
    ----------
    text : str
        As `plain` writes it.

    Returns
    -------
    tuple of (float or None), str
        The number and the label, empty where there is only a unit; None and the whole text where it is no such text.

    Examples
    --------
    >>> number_and_label("5-非常同意"), number_and_label("Agree (4)"), number_and_label("5分")
    ((5.0, '非常同意'), (4.0, 'Agree'), (5.0, ''))
    >>> number_and_label("1-2 times")
    (None, '1-2 times')
    """
    if match := _NUMBER_WITH_UNIT.fullmatch(text):
        return float(match[1]), ""
    if (match := _NUMBER_FIRST.fullmatch(text)) and _without_digits(match[2]):
        return float(match[1]), match[2].strip()
    if (match := _NUMBER_LAST.fullmatch(text)) and _without_digits(match[1]) and re.search(r"[^\W\d_]", match[1]):
        return float(match[2] or match[3]), match[1].strip()
    return None, text


def _without_digits(text):
    return not re.search(r"[0-9]", text)


def without_letter(text):
    """Return the text without the letter that counts it, "D.比较同意", else None."""
    match = _LETTER_FIRST.fullmatch(text)
    return match[1] if match else None


def answer_code(text):
    """Return the letters and the number of an answer code such as A3 or AO03, else None."""
    match = _ANSWER_CODE.fullmatch(text)
    return (match[1], float(match[2])) if match else None


def says_no_answer(text):
    """Tell whether a text says that there is no answer.

    Examples
    --------
    >>> says_no_answer("#N/A"), says_no_answer("拒答"), says_no_answer("说不清")
    (True, True, False)
    """
    return text == "." or same(text) in _NO_ANSWER


def name_of(cell):
    """Write a cell as a mapping file names it: whole numbers without a point, text in one way.

    A text of more digits than a number holds stays that text.
    """
    number = as_number(cell)
    if number is not None and isinstance(cell, str) and abs(number) >= _EXACT:
        return plain(cell)
    if number is not None:
        return digits_of(number) if number.is_integer() else f"{number:.15g}"
    return plain(cell) if isinstance(cell, str) else str(cell)


def is_date(cell):
    """Tell whether Excel may have made this date out of an answer: a moment, or text such as 4-Jan and 1月4日."""
    if isinstance(cell, datetime | date):
        return True
    return isinstance(cell, str) and bool(_DATE_TEXT.fullmatch(plain(cell)))


_MONTH = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
_DATE_TEXT = re.compile(
    rf"[0-9]{{1,2}}-(?:{_MONTH})(?:-[0-9]{{2,4}})?|(?:{_MONTH})-[0-9]{{1,2}}|[0-9]{{1,2}}月[0-9]{{1,2}}日?"
    r"|[0-9]{4}[-/年][0-9]{1,2}[-/月][0-9]{1,2}日?(?:[ T][0-9:]+)?",
    re.IGNORECASE,
)


def describe(cell):
    """Show a short number; of anything else, which may be about a person, only the kind and the length.

    Examples
    --------
    >>> describe("6"), describe("张三"), describe("13800138000")
    ('6', 'text of 2 characters', 'a number of 11 characters')
    """
    if isinstance(cell, Unreadable):
        return say(cell.what)
    if isinstance(cell, time | timedelta):
        return say("a_date_or_time")
    if not isinstance(cell, str | int | float):
        return say("a_date")
    text = f"{cell:.10g}" if isinstance(cell, float) else str(cell)
    if as_number(cell) is not None:
        return text if len(text) <= 4 else say("a_number_of", n=len(text))
    kind = personal_content(text)
    if kind:
        return say("what_looks_like", kind=say(kind))
    return say("a_date_of" if is_date(cell) else "a_text_of", n=len(text))
