"""How a number is written: one rule for running text, tables and pictures."""

import math

from emolabor.common.errors import EmolaborError


def show(value, spec="", language="en"):
    """Write one value as text.

    Parameters
    ----------
    value : float, int, str or None
        None and NaN become a dash: the quantity does not exist.
    spec : str
        A format of Python's, such as ``.2f`` or ``,d``; or one of two of the field's:
        ``.2b`` for a number bounded by one (APA drops the zero before its point, Chinese journals keep it);
        ``p`` for a p-value with its sign: ``= .012``, ``< .001`` or ``> .999``.
    language : {"en", "zh"}
        Decides about the zero before the point.

    Returns
    -------
    str
        The text, with a true minus sign.

    Raises
    ------
    EmolaborError
        When the format does not fit the value.

    Examples
    --------
    >>> show(-0.256, ".2b"), show(-0.256, ".2b", "zh"), show(0.0004, "p"), show(1200.0, ",d")
    ('−.26', '−0.26', '< .001', '1,200')
    """
    if isinstance(value, str):
        if spec:
            raise EmolaborError(f"format {spec!r}: found the text {value!r}; allowed: a number")
        return value
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return "–"
    if isinstance(value, bool):
        raise EmolaborError(f"format {spec!r}: found {value}; allowed: a number or a text")
    if spec == "p":
        sign, value = ("<", 0.001) if value < 0.001 else (">", 0.999) if value > 0.999 else ("=", value)
        return f"{sign} {show(value, '.3b', language)}"
    try:
        if spec.endswith("b"):
            text = _bounded(format(value, spec[:-1] + "f"), language)
        elif spec.endswith("d"):
            text = format(_whole(value), spec)
        elif spec:
            text = format(value, spec)
        else:
            text = str(_whole(value))
    except ValueError as error:
        raise EmolaborError(
            f"format {spec!r}: found {value!r} ({error}); allowed: .2f, .2b, d, p and the like"
        ) from None
    if not any(digit in text for digit in "123456789"):
        text = text.replace("-", "")
    return text.replace("-", "−")


def _bounded(text, language):
    """Drop the zero before the point where APA does."""
    return text.replace("0.", ".", 1) if language == "en" and text.lstrip("-").startswith("0.") else text


def _whole(value):
    """Return a whole number, which JSON may have kept as 1200.0."""
    if value != int(value):
        raise ValueError("not a whole number; give it a format with decimals")
    return int(value)
