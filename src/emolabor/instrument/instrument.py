"""What a questionnaire is: scales in the order asked, attention checks, background."""

from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from emolabor.common.checks import check_language
from emolabor.common.errors import EmolaborError
from emolabor.scales import Scale

# The column in which a fielded questionnaire keeps that a respondent agreed to take part.
CONSENT = "consent"


@dataclass(frozen=True)
class AttentionCheck:
    """A line that tells which answer to choose.

    Attributes
    ----------
    key : str
        Name of its column in a data file.
    after : str
        Key of the scale it follows; it is answered in that scale's response format.
    expected : int
        The answer that an attentive respondent gives.
    text : dict of str to str
        Wording by language.
    """

    key: str
    after: str
    expected: int
    text: dict


@dataclass(frozen=True)
class Variable:
    """A background column of a data file.

    Attributes
    ----------
    key : str
        Name of the column.
    kind : str
        "choice" (asked, one of `values`), "code" or "number" (filled in by whoever runs the survey).
    names : dict of str to str
        Label by language.
    values : dict of (str or int) to dict
        Code to labels by language; empty unless `kind` is "choice".
    pattern : str or None
        Regular expression that a whole code matches.
    minimum, maximum : float or None
        Range of a number, ends included.
    """

    key: str
    kind: str
    names: dict
    values: dict
    pattern: str | None
    minimum: float | None
    maximum: float | None


@dataclass(frozen=True)
class Instrument:
    """A questionnaire.

    Attributes
    ----------
    key : str
        Name of the instrument.
    title, consent, introduction : dict of str to str
        Title, consent text and opening words, by language.
    scales : tuple of Scale
        The scales in the order asked.
    attention_checks : tuple of AttentionCheck
        Lines that show whether a respondent reads.
    background : tuple of Variable
        The columns of a data file that are no answers to scales.
    new_page_before : tuple of str
        Keys of the scales that begin a page; background and the first scale always do.
    random_order : tuple of str
        Keys of the scales whose items each respondent meets in another order.
    converted : tuple of str
        Languages in which texts, here or in a scale, were converted by a program and read by nobody yet.
    files : dict of str to Path
        The files it was read from, by the name a message gives them.

    Examples
    --------
    >>> import emolabor as el
    >>> instrument = el.load_instrument("window_staff")
    >>> instrument.dimensions()["exhaustion"]
    ['ex1', 'ex2', 'ex3', 'ex4']
    >>> sorted(instrument.reversed_items)
    ['be3', 'ic4', 'ps6', 'rc4', 'ta6']
    >>> instrument.names("zh")["deep_acting"]
    '深层扮演'
    """

    key: str
    title: dict
    consent: dict
    introduction: dict
    scales: tuple[Scale, ...]
    attention_checks: tuple[AttentionCheck, ...]
    background: tuple[Variable, ...]
    new_page_before: tuple[str, ...] = ()
    random_order: tuple[str, ...] = ()
    converted: tuple[str, ...] = ()
    files: dict = field(default_factory=dict, compare=False, repr=False)

    @property
    def languages(self):
        """The languages the instrument is written in."""
        return tuple(self.title)

    @property
    def reversed_items(self):
        """Keys of the reverse-worded items, as a frozenset."""
        return frozenset(item.key for scale in self.scales for item in scale.items if item.reverse)

    @property
    def columns(self):
        """Columns of a data file: background, then items and attention checks in the order asked."""
        return (*(variable.key for variable in self.background), *self.points())

    def items(self, language: str) -> pd.DataFrame:
        """List the items in the order asked.

        Parameters
        ----------
        language : str
            "zh" or "en".

        Returns
        -------
        DataFrame
            One row an item: key, scale, dimension, text (None where withheld), reverse.

        Raises
        ------
        EmolaborError
            The instrument is not written in `language`.

        Examples
        --------
        >>> import emolabor as el
        >>> instrument = el.load_instrument("window_staff")
        >>> instrument.items("en").columns.tolist()
        ['key', 'scale', 'dimension', 'text', 'reverse']
        """
        language = self._written(language)
        return pd.DataFrame(
            {
                "key": item.key,
                "scale": scale.key,
                "dimension": dimension.key,
                "text": item.text and item.text[language],
                "reverse": item.reverse,
            }
            for scale in self.scales
            for dimension in scale.dimensions
            for item in dimension.items
        )

    def dimensions(self) -> dict[str, list[str]]:
        """Map each dimension key to the keys of its items, in the order asked.

        Returns
        -------
        dict of str to list of str
            Dimensions in the order of their scales; reverse-worded items among the others.

        Examples
        --------
        >>> import emolabor as el
        >>> instrument = el.load_instrument("window_staff")
        >>> instrument.dimensions()["belonging"]
        ['be1', 'be2', 'be3']
        """
        return {
            dimension.key: [item.key for item in dimension.items]
            for scale in self.scales
            for dimension in scale.dimensions
        }

    def points(self) -> dict[str, int]:
        """Map each item and attention check to its number of answers.

        Returns
        -------
        dict of str to int
            In the order asked; codes are 1 to that number.

        Examples
        --------
        >>> import emolabor as el
        >>> instrument = el.load_instrument("window_staff")
        >>> instrument.points()["be1"]
        5
        """
        points = {}
        for scale in self.scales:
            checks = [check for check in self.attention_checks if check.after == scale.key]
            for entry in (*scale.items, *checks):
                points[entry.key] = scale.response_format.points
        return points

    def _written(self, language: str) -> str:
        """The language or, where only the other script of Chinese is written, that; any other is refused."""
        other = {"zh": "zh-Hant", "zh-Hant": "zh"}.get(language)
        if other and language not in self.languages and other in self.languages:
            return other
        check_language(language, self.languages)
        return language

    def names(self, language: str) -> dict[str, Any]:
        """Map each scale key and dimension key to its label.

        Parameters
        ----------
        language : str
            "zh" or "en".

        Returns
        -------
        dict
            Key to label.

        Raises
        ------
        EmolaborError
            The instrument is not written in `language`.

        Examples
        --------
        >>> import emolabor as el
        >>> instrument = el.load_instrument("window_staff")
        >>> instrument.names("en")["deep_acting"]
        'Deep acting'
        """
        language = self._written(language)
        named = [(scale.key, scale.names) for scale in self.scales]
        named = [*named, *((part.key, part.names) for scale in self.scales for part in scale.dimensions)]
        return {key: names[language] for key, names in named}

    def background_names(self, language: str) -> dict[str, Any]:
        """Map each background column and each of its codes to its label.

        Parameters
        ----------
        language : str
            "zh" or "en".

        Returns
        -------
        dict
            ``column`` and ``column=code`` to label; a code that is a word, such as ``agency``, also alone.

        Raises
        ------
        EmolaborError
            The instrument is not written in `language`.

        Examples
        --------
        >>> import emolabor as el
        >>> names = el.load_instrument("window_staff").background_names("en")
        >>> names["dispatch_type"], names["dispatch_type=agency"], names["agency"]
        ('Type of employment', 'Agency worker', 'Agency worker')
        """
        language = self._written(language)
        names = {}
        for variable in self.background:
            names[variable.key] = variable.names[language]
            for code, label in self.value_names(variable.key, language).items():
                names[f"{variable.key}={code}"] = label
                names |= {code: label} if isinstance(code, str) else {}
        return names

    def value_names(self, key: str, language: str) -> dict[str, Any]:
        """Map each code of a background choice to its label.

        Parameters
        ----------
        key : str
            A background column, such as "dispatch_type".
        language : str
            "zh" or "en".

        Returns
        -------
        dict
            Code to label; empty for a column that is no choice.

        Raises
        ------
        EmolaborError
            The instrument is not written in `language` or has no such background column.

        Examples
        --------
        >>> import emolabor as el
        >>> instrument = el.load_instrument("window_staff")
        >>> instrument.value_names("dispatch_type", "en")["agency"]
        'Agency worker'
        """
        language = self._written(language)
        columns = {variable.key: variable for variable in self.background}
        if key not in columns:
            raise EmolaborError(f"key: found {key!r}; allowed: {', '.join(columns)}")
        return {code: names[language] for code, names in columns[key].values.items()}
