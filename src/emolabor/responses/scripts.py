"""Chinese in its two scripts: what is written in Traditional signs is known by the Simplified wording."""

from functools import cache, lru_cache

from emolabor.common.extras import is_there


def is_traditional(text):
    """Tell whether a text has Chinese signs that mainland China's basic set, GB 2312, lacks, or 著, which it has.

    Examples
    --------
    >>> is_traditional("比較同意"), is_traditional("比较同意"), is_traditional("agree")
    (True, False, False)
    """
    return not text.isascii() and any(
        sign == "著" or ("\u3400" <= sign <= "\u9fff" and not _is_basic(sign)) for sign in text
    )


@lru_cache(maxsize=20_000)
def simplified(text):
    """Return a text with Traditional signs made Simplified by OpenCC; as it is where OpenCC is not installed.

    Examples
    --------
    >>> simplified("比較同意"), simplified("agree")
    ('比较同意', 'agree')
    """
    return _converter().convert(text) if is_traditional(text) and is_there("opencc") else text


def lacks_opencc(cells):
    """Tell whether something is written in Traditional signs and OpenCC, which would know it, is not installed."""
    return not is_there("opencc") and any(isinstance(cell, str) and is_traditional(cell) for cell in cells)


@lru_cache(maxsize=20_000)
def _is_basic(sign):
    try:
        return bool(sign.encode("gb2312"))
    except UnicodeEncodeError:
        return False


@cache
def _converter():
    from opencc import OpenCC

    return OpenCC("tw2s")  # of Taiwan, where 着 is written 著
