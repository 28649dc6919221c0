"""The one default language: what nobody asked for otherwise is said in it."""

import locale
import os
from contextvars import ContextVar

from emolabor.common.checks import check_language
from emolabor.common.errors import refuse, shown

VARIABLE = "EMOLABOR_LANGUAGE"
ASKED = ContextVar("language", default=None)  # what `emolabor.common.words.speaking` sets
LANGUAGES = ("zh", "zh-Hant", "en")


def default_language(languages=("zh", "en")):
    """Return the language in which something is said or written when none was asked for.

    Inside `speaking` it is the one asked for there; else that of the environment variable `EMOLABOR_LANGUAGE` or,
    without it, of the locale. Where the thing is not written in it: English, else the first language it is written in.

    Parameters
    ----------
    languages : sequence of str
        The languages there are.

    Returns
    -------
    str
        One of `languages`.

    Raises
    ------
    EmolaborError
        `EMOLABOR_LANGUAGE` holds no language that emolabor knows.

    Examples
    --------
    >>> from unittest import mock
    >>> with mock.patch.dict(os.environ, {"EMOLABOR_LANGUAGE": "zh"}):
    ...     default_language(), default_language(("en",))
    ('zh', 'en')
    """
    wanted = ASKED.get() or os.environ.get(VARIABLE) or _of_locale()
    if wanted not in LANGUAGES:
        refuse(VARIABLE, shown(wanted), LANGUAGES)
    known = (one for one in (wanted, wanted.partition("-")[0], "en", languages[0]) if one in languages)
    return next(known)


def chosen_language(language=None, languages=("zh", "en")):
    """Return the language asked for, or the default; refuse one in which there is nothing.

    Parameters
    ----------
    language : str or None
        As a caller gave it.
    languages : sequence of str
        The languages there are.

    Returns
    -------
    str
        One of `languages`.

    Raises
    ------
    EmolaborError
        `language` is not one of `languages`.

    Examples
    --------
    >>> chosen_language("fr")
    Traceback (most recent call last):
    ...
    emolabor.common.errors.EmolaborError: language: found 'fr'; allowed: zh, en
    """
    if language is None:
        return default_language(languages)
    check_language(language, languages)
    return language


def _of_locale():
    """The language of the locale: POSIX's variables in their order, then what the system itself says (Windows)."""
    named = (os.environ.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    name = (next(filter(None, named), None) or locale.getlocale()[0] or "").lower()
    if not name.startswith(("zh", "chinese")):
        return "en"
    traditional = ("tw", "hk", "mo", "hant", "traditional", "taiwan", "hong kong", "macao")
    return "zh-Hant" if any(part in name for part in traditional) else "zh"
