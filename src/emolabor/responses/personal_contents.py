"""What is in a cell: numbers and addresses by which a person can be found, known by their form."""

import re
import unicodedata
from datetime import datetime
from decimal import Decimal
from ipaddress import AddressValueError, IPv6Address

_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_PROVINCES = "1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3]"


class _OneWay(dict):
    """What a character is written as: dashes as -, digits of all scripts as 0 to 9, what is invisible not at all."""

    def __missing__(self, place):
        character = chr(place)
        kind = unicodedata.category(character)
        if kind == "Nd":
            self[place] = str(unicodedata.decimal(character))
        else:
            self[place] = {"Cf": None, "Pd": "-"}.get(kind, "-" if character in "−ー" else character)
        return self[place]


_ONE_WAY = _OneWay()
_NUMERALS = str.maketrans("〇零一幺二三四五六七八九", "001123456789")
_SPOKEN = re.compile("[〇零一幺二三四五六七八九]{11,18}")


def is_id_number(text):
    """Tell whether 18 characters are a resident identity number of China.

    The date of birth must be a date, and the last character is the check character of GB 11643-1999 (ISO 7064, MOD
    11-2): with weights 2^(17-i) mod 11 the weighted sum of all characters is 1 modulo 11, X standing for 10.

    Parameters
    ----------
    text : str
        Seventeen digits and a digit or X.

    Returns
    -------
    bool
        Whether date and check character are right.

    Examples
    --------
    >>> is_id_number("11010519491231002X"), is_id_number("110105194912310021")
    (True, False)
    """
    total = sum(int(digit) * weight for digit, weight in zip(text, _ID_WEIGHTS, strict=False))
    return _is_date(text[6:14]) and text[17].upper() == "10X98765432"[total % 11]


def _is_date(text):
    try:
        datetime.strptime(text, "%Y%m%d")
    except ValueError:
        return False
    return True


def _is_identity(match):
    """Eighteen characters with their check character, or the fifteen of before 1999, whose year has two digits.

    A spreadsheet that took the eighteen for a number keeps fifteen digits of them and ends with zeros.
    """
    text = re.sub("[ -]", "", match)
    if len(text) == 15:
        return _is_date(f"19{text[6:12]}")
    is_cut = text.endswith("000") and text[6:8] in ("19", "20") and _is_date(text[6:14])
    return is_cut or is_id_number(text)


def _is_card(match):
    """Tell whether digits end with the check digit of a bank card (ISO/IEC 7812-1, Luhn).

    Nineteen that a spreadsheet took for a number end with zeros; see `_is_identity`.
    """
    digits = [int(digit) for digit in re.sub("[ -]", "", match)][::-1]
    if len(digits) == 19 and not any(digits[:4]):
        return True
    return sum(digits[::2]) + sum(sum(divmod(2 * digit, 10)) for digit in digits[1::2]) in range(0, 200, 10)


def _is_mobile(match):
    """Eleven digits of a mobile number in at most four groups: more blanks part a list of answers."""
    return len(re.findall("[ -]", match)) <= 4


def _is_ipv6(match):
    """Tell an IPv6 address from a time or a ratio: it is valid and has a group of three characters, or eight."""
    try:
        IPv6Address(match)
    except AddressValueError:
        return False
    groups = [group for group in match.split(":") if group]
    return len(groups) >= 6 or any(len(group) >= 3 for group in groups)


def _is_mac(match):
    return ":" in match or bool(re.search("[a-f]", match, re.IGNORECASE))  # 24-11-30-12-05-09 is a moment


def _is_openid(match):
    return all(re.search(part, match) for part in ("[0-9]", "[a-z]", "[A-Z]"))


def _is_position(match):
    return any(abs(float(number)) >= 10 for number in re.findall(r"[0-9]+\.[0-9]+", match))


def _always(_):
    return True


_BYTE = "(?:25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])"
_IPV4 = rf"(?<![\w.])(?:{_BYTE}\.){{3}}{_BYTE}(?![\w.])"
_AREA = "(?:10|2[0-9]|[3-9][0-9]{2})"
_LOCAL = "[0-9]{3,4}[ -]?[0-9]{4}(?![0-9.])"
_CARD = "(?:62|4[0-9]|5[1-5]|3[57]|9[5-8]|6[05])[0-9]{2}(?:[ -]?[0-9]{4}){3}(?:[ -]?[0-9]{1,3})?"
_PLATE = "[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼使领][A-Z][ ·•・.-]?(?=[A-Z]{0,5}[0-9])"
_ACCOUNT = "(?:微信号?|wechat|weixin|QQ号?|(?<![A-Z])VX|支付宝|抖音号|手机号?)[ :]{1,3}"
_DEGREES = r"-?[0-9]{1,3}\.[0-9]{4,}"
# Kind, a character without which it is not there, form, and what a match must be besides.
_FORMS = [
    (
        "identity numbers",
        "",
        r"(?<![0-9])[1-9][0-9]{5}(?:[ -]?[0-9]{4}){2}[ -]?[0-9]{3}[0-9X](?![0-9A-Z])",
        _is_identity,
    ),
    (
        "identity numbers",
        "",
        rf"(?<![0-9.])(?:{_PROVINCES})[0-9]{{4}}[ -]?[0-9]{{6}}[ -]?[0-9]{{3}}(?![0-9A-Z.])",
        _is_identity,
    ),
    ("identity numbers", "(", r"(?<![0-9A-Z])[A-Z]{1,2}[0-9]{6}\([0-9A]\)", _always),  # Hong Kong
    ("identity numbers", "-", r"(?<![0-9-])(?!000|666|9)[0-9]{3}-[0-9]{2}-[0-9]{4}(?![0-9-])", _always),  # USA
    ("passport numbers", "", r"(?<![0-9A-Z])(?:[EG][0-9]{8}|E[A-Z][0-9]{7})(?![0-9A-Z])", _always),
    (
        "mobile numbers",
        "",
        r"(?<![0-9.])(?:\(?(?:\+|00)?86\)?[ -]{0,3})?1[3-9][0-9](?:[ -]?[0-9]){8}(?![0-9])",
        _is_mobile,
    ),
    ("mobile numbers", ".", r"(?<![0-9.])1[3-9][0-9]\.[0-9]{4}\.[0-9]{4}(?![0-9.])", _always),
    ("telephone numbers", "", rf"(?<![0-9.])(?:\(0{_AREA}\)|0{_AREA})[ -]{{0,3}}{_LOCAL}", _always),
    ("telephone numbers", "86", rf"(?<![0-9.])(?:\+|00)86[ -]?\(?0?{_AREA}\)?[ -]?{_LOCAL}", _always),
    ("telephone numbers", "+", r"(?<![0-9A-Z])\+[1-9](?:[ -]?\(?[0-9]\)?){7,14}(?![0-9.])", _always),
    ("telephone numbers", "(", r"(?<![0-9.-])\([0-9]{3}\) ?[0-9]{3}[ -][0-9]{4}(?![0-9-])", _always),
    ("telephone numbers", "", r"(?<![0-9.-])[0-9]{3}([ -])[0-9]{3}\1[0-9]{4}(?![0-9-])", _always),
    ("bank cards", "", rf"(?<![0-9.]){_CARD}(?![0-9.])", _is_card),
    ("car plates", "", rf"{_PLATE}[A-HJ-NP-Z0-9]{{4,5}}[A-HJ-NP-Z0-9挂学警港澳](?![0-9A-Z])", _always),
    ("e-mail addresses", "@", r"(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+", _always),
    ("MAC addresses", "", r"(?<![0-9A-F:-])[0-9A-F]{2}([:-])[0-9A-F]{2}(?:\1[0-9A-F]{2}){4}(?![0-9A-F:-])", _is_mac),
    ("MAC addresses", ".", r"(?<![0-9A-F.])[0-9A-F]{4}\.[0-9A-F]{4}\.[0-9A-F]{4}(?![0-9A-F.])", _always),
    ("IP addresses", ".", _IPV4, _always),
    ("IP addresses", ":", r"(?<![\w:.])[0-9A-F]{0,4}(?::[0-9A-F]{0,4}){2,7}(?![\w:])", _is_ipv6),
    ("WeChat names", "_", r"(?<![\w-])wxid_[A-Z0-9]{4,}", _always),
    ("WeChat names", "", r"(?<![\w-])o[\w-]{27}(?![\w-])", _is_openid),
    ("names of accounts", "", rf"{_ACCOUNT}(?=[\w.-]*[0-9_])[A-Z0-9][\w.-]{{4,}}", _always),
    ("positions", ".", rf"(?<![0-9.]){_DEGREES}°?[NSEW]?[ ,;]{{1,2}}{_DEGREES}(?![0-9.])", _is_position),
    ("positions", "°", r"[0-9]{1,3}° ?[0-9]{1,2} ?[′'][ 0-9.]*", _always),
    ("addresses", "", r"[\u4e00-\u9fff]{2}(?:路|街|大道|巷|弄|胡同)[0-9]{1,5}(?:号|弄|栋|幢|室)(?!窗)", _always),
    ("addresses", "", r"[0-9]{1,3}(?:号楼|栋|幢)[0-9]{0,2}(?:单元)?[0-9]{2,4}室?(?![0-9])", _always),
]
_COMPILED = [(kind, need, re.compile(form, re.IGNORECASE), is_one) for kind, need, form, is_one in _FORMS]
# Short numbers, dates and moments: most cells of a file, which need no further look.
_ORDINARY = re.compile(
    r"[+-]?[0-9]{0,10}(?:\.[0-9]*)?(?:e-?[0-9]{1,3})?"
    r"|[0-9]{4}[-/.年][0-9]{1,2}[-/.月][0-9]{1,2}日?(?:[ T]?[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,9})?)?)?"
    r"(?:Z|[+-][0-9]{2}:?[0-9]{2})?"
)
_NOT_SHOWN = "(not shown)"
_SHORTEST = 7  # characters of the shortest form, a car plate
_SIGN = re.compile(r"[0-9@]|o[\w-]{27}", re.IGNORECASE)


def plain(text):
    """Write a text in one way: no width, no invisible characters, digits of all scripts and dashes as ASCII ones.

    Examples
    --------
    >>> plain("１３８–００１３")
    '138-0013'
    """
    if text.isascii():
        return text
    text = unicodedata.normalize("NFKC", text.translate(_ONE_WAY))
    return _SPOKEN.sub(lambda match: match[0].translate(_NUMERALS), text)


def digits_of(number):
    """Write a whole number as a spreadsheet shows it: the fifteen digits that it holds, then zeros.

    Examples
    --------
    >>> digits_of(5.0), digits_of(110105194912310021.0)
    ('5', '110105194912310000')
    """
    return str(int(Decimal(f"{number:.15g}")))


def personal_content(text):
    """Say what personal data a text holds.

    Parameters
    ----------
    text : str
        A cell or a heading.

    Returns
    -------
    str or None
        The kind, such as "identity numbers", or None.

    Examples
    --------
    >>> personal_content("10.0.0.7"), personal_content("138 0013 8000"), personal_content("3.5")
    ('IP addresses', 'mobile numbers', None)
    """
    text = plain(text)
    if len(text) < _SHORTEST or _ORDINARY.fullmatch(text) or not _SIGN.search(text):
        return None
    for kind, need, form, is_one in _COMPILED:
        if need in text and any(is_one(match[0]) for match in form.finditer(text)):
            return kind
    return None


def redacted(text):
    """Take out of a text, such as the name of a file, what is personal in it.

    Parameters
    ----------
    text : str
        What is to be shown or stored.

    Returns
    -------
    str
        The same, with "(not shown)" in place of whatever `personal_content` knows.

    Examples
    --------
    >>> redacted("wave 1, 138 0013 8000.csv"), redacted("wave 1.csv")
    ('wave 1, (not shown).csv', 'wave 1.csv')
    """
    if not personal_content(text):
        return text
    for _, _, form, is_one in _COMPILED:
        text = form.sub(lambda match, is_one=is_one: _NOT_SHOWN if is_one(match[0]) else match[0], text)
    return text if not personal_content(text) else redacted(plain(text)) if plain(text) != text else _NOT_SHOWN
