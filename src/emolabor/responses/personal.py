"""Personal data: columns that hold them are found by their heading or by what is in them."""

import re
from datetime import datetime

# Headings in Chinese and English exports. Latin words count only where no letter touches them: "ip", not "recipe".
_HEADING = re.compile(
    r"姓名|名字|昵称|称呼|电话|手机|联系方式|身份证|证件|护照|工号|学号|警号|邮箱|电子邮件|微信|地址|住址|出生|生日|车牌|银行卡|用户ID"
    r"|来源详情|经纬度|定位"
    r"|(?<![a-z])(ip|ip_?addr(ess)?|names?|first_?name|last_?name|full_?name|surname|user_?name|nick_?name|phone|mobile"
    r"|cell_?phone|tel|telephone|e-?mail|wechat|weixin|qq|address|openid|unionid|id_?card|id_?number|identity_?card"
    r"|passport|ssn|birth\w*|dob|gps|geolocation|latitude|longitude|device_?id|imei|submitted_by|staff_?id|employee_?id"
    r")(?![a-z])",
    re.IGNORECASE,
)
_ID_NUMBER = re.compile(r"(?<![0-9])[1-9][0-9]{16}[0-9Xx](?![0-9A-Za-z])")
_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CONTENTS = {
    "mobile numbers": re.compile(r"(?<![0-9])(\+?86[- ]?)?1[3-9][0-9]{9}(?![0-9])"),
    "e-mail addresses": re.compile(r"(?<![\w.+-])[\w.+-]+@[\w-]+(\.[\w-]+)+"),
    "IP addresses": re.compile(
        r"(?<![\w.])((25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])\.){3}(25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])(?![\w.])"
        r"|(?<![\w:])([0-9a-f]{1,4}:){4,7}:?[0-9a-f]{1,4}(?![\w:])",
        re.IGNORECASE,
    ),
}


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
    try:
        datetime.strptime(text[6:14], "%Y%m%d")
    except ValueError:
        return False
    total = sum(int(digit) * weight for digit, weight in zip(text, _ID_WEIGHTS, strict=False))
    return text[17].upper() == "10X98765432"[total % 11]


def personal_content(text):
    """Say what personal data a text holds.

    Parameters
    ----------
    text : str
        A cell or a heading.

    Returns
    -------
    str or None
        "identity numbers", "mobile numbers", "e-mail addresses", "IP addresses", or None.

    Examples
    --------
    >>> personal_content("10.0.0.7"), personal_content("3.5")
    ('IP addresses', None)
    """
    if any(is_id_number(match) for match in _ID_NUMBER.findall(text)):
        return "identity numbers"
    return next((kind for kind, pattern in _CONTENTS.items() if pattern.search(text)), None)


def personal_heading(name):
    """Tell whether a heading is one that usually stands above personal data.

    Examples
    --------
    >>> personal_heading("您的手机号码"), personal_heading("recipe")
    (True, False)
    """
    return bool(_HEADING.search(name))


def personal_column(column):
    """Say why a column looks like personal data, by its heading or by any of its cells.

    Parameters
    ----------
    column : Column
        A column of a file.

    Returns
    -------
    str or None
        The reason without any of the cells, or None.
    """
    if personal_heading(column.name) or personal_heading(column.label):
        return "looks like personal data"
    for cell in column.cells:
        if isinstance(cell, float) and cell.is_integer():
            cell = int(cell)
        if isinstance(cell, str | int) and (kind := personal_content(str(cell))):
            return f"looks like {kind}"
    return None


def shown_heading(name, position):
    """Write a column's heading for a message; one that itself holds personal data, or none, is shown by its place.

    Parameters
    ----------
    name : str
        The heading.
    position : int
        Which column it is, from 0.
    """
    if not name:
        return f"(column {position + 1}, no name)"
    return f"(column {position + 1})" if personal_content(name) else name
