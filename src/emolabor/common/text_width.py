"""How wide a text is where letters stand in columns."""

from wcwidth import wcwidth


def text_width(text: str) -> int:
    r"""Count the columns that a text takes: a Chinese sign two, an accent that stands over a letter none.

    Examples
    --------
    >>> text_width("abc"), text_width("派驻"), text_width("e\u0301")
    (3, 4, 1)
    """
    return sum(max(wcwidth(sign), 0) for sign in text)
