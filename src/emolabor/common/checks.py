"""Arguments that many functions share, refused in the same words."""

from collections.abc import Collection, Iterable
from numbers import Integral, Real
from typing import Any

from emolabor.common.errors import refuse, shown

MOST = 10**9  # nothing that is counted here comes near it; a slip of the finger does
MOST_JOBS = 1000


def check_whole(name: str, value: Any, least: int, most: int = MOST) -> int:
    """Refuse what is no whole number in a range.

    Examples
    --------
    >>> check_whole("n_resamples", 1.5, 1)
    Traceback (most recent call last):
    ...
    emolabor.common.errors.EmolaborError: n_resamples: found 1.5; allowed: a whole number of at least 1
    """
    whole = isinstance(value, Integral) and not isinstance(value, bool)
    if not whole or not least <= value <= most:
        above = whole and value > most
        refuse(name, shown(value), f"a whole number of at {f'most {most:,}' if above else f'least {least}'}")
    return int(value)


def check_seed(seed: Any) -> None:
    """Refuse what no generator of random numbers begins with."""
    check_whole("seed", seed, 0, 2**128 - 1)


def check_share(name: str, value: Any, zero: bool = False) -> None:
    """Refuse what is not between 0 and 1; `zero` itself may be allowed."""
    number = isinstance(value, Real) and not isinstance(value, bool)
    if not number or not (0 <= value if zero else 0 < value) or not value < 1:
        refuse(name, shown(value), "a number of at least 0 and below 1" if zero else "a number between 0 and 1")


def check_level(level: Any) -> None:
    """Refuse what cannot be the coverage of an interval."""
    check_share("level", level)


def check_choice(name: str, value: Any, choices: Iterable) -> None:
    """Refuse what is none of the choices, such as a list where a word is wanted."""
    choices = tuple(choices)
    if not any(isinstance(value, type(choice)) and value == choice for choice in choices):
        refuse(name, shown(value), choices)


def check_language(language: Any, languages: Collection[str]) -> None:
    """Refuse a language that a scale or instrument is not written in.

    Examples
    --------
    >>> check_language("fr", ("zh", "en"))
    Traceback (most recent call last):
    ...
    emolabor.common.errors.EmolaborError: language: found 'fr'; allowed: zh, en
    """
    check_choice("language", language, languages)


def check_jobs(jobs: Any) -> None:
    """Refuse a number of processes that joblib cannot use."""
    whole = isinstance(jobs, Integral) and not isinstance(jobs, bool)
    if not whole or not 0 < abs(jobs) <= MOST_JOBS:
        allowed = f"a whole number other than 0, up to {MOST_JOBS}; -1 stands for all cores"
        refuse("jobs", shown(jobs), allowed)
