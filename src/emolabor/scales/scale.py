"""What a scale is: constructs, dimensions, items, answer labels, rights."""

from dataclasses import dataclass

# What a draft holds where a text is still to be written.
PLACEHOLDER = "TODO"

# Parts of a scale that are neither item nor dimension, as the record of an adaptation names them.
RESERVED = ("names", "construct", "instruction", "response_format", "scale")


@dataclass(frozen=True)
class Item:
    """One statement that is answered.

    Attributes
    ----------
    key : str
        Name of the item's column in a data file.
    text : dict of str to str, or None
        Wording by language; None where it is withheld.
    reverse : bool
        Whether a high answer means little of the construct. Answers are kept as given; scoring turns them.
    """

    key: str
    text: dict | None
    reverse: bool


@dataclass(frozen=True)
class Dimension:
    """Items that measure one construct; its key is the latent variable's name in models.

    Attributes
    ----------
    key : str
        Name of the latent variable in models.
    names : dict of str to str
        Label by language.
    items : tuple of Item
        In the order asked; empty where they have not been looked up.
    """

    key: str
    names: dict
    items: tuple[Item, ...]


@dataclass(frozen=True)
class ResponseFormat:
    """How items are answered.

    Attributes
    ----------
    points : int
        How many answers there are; their codes are 1 to that.
    labels : dict of str to list of str, or None
        One label a code, by language; None where they are withheld.
    """

    points: int
    labels: dict | None

    @property
    def codes(self):
        """The allowed answers, 1 to `points`."""
        return range(1, self.points + 1)


@dataclass(frozen=True)
class Scale:
    """A scale as its file describes it.

    Attributes
    ----------
    key : str
        Name of the scale in the library.
    names, construct, instruction : dict of str to str
        Name, definition of the construct, and words above the items, by language; the instruction is None where the
        texts are withheld.
    dimensions : tuple of Dimension
        One or more constructs; one without items where its items have not been looked up (withheld texts only).
    response_format : ResponseFormat or None
        Codes and labels of the answers; None where they have not been looked up (withheld texts only).
    citations : tuple of dict
        Sources of the construct: source, use, verified.
    scoring : str
        "mean".
    rights : dict
        status, holder, licence, evidence, checked_on, text (own, licensed or withheld).
    status : str
        "not validated" or "validated".
    adaptation : tuple of dict
        The record of what was changed, step by step: from (the old version), part (an item's or a dimension's key, or
        one of `RESERVED`), step, change, guideline, date, roles, and old and new where a text or flag changed.
    validation : tuple of dict
        The studies behind the status "validated": study, sample, language, verified.
    facts : tuple of dict
        What is said here of somebody else's scale and from where: about, says, source, verified.
    converted : tuple of str
        Languages whose texts a program converted and nobody has read yet.
    """

    key: str
    names: dict
    construct: dict
    instruction: dict
    dimensions: tuple[Dimension, ...]
    response_format: ResponseFormat
    citations: tuple[dict, ...]
    scoring: str
    rights: dict
    status: str
    adaptation: tuple[dict, ...]
    validation: tuple[dict, ...] = ()
    facts: tuple[dict, ...] = ()
    converted: tuple[str, ...] = ()

    @property
    def items(self):
        """All items in the order asked, as a flat tuple."""
        return tuple(item for dimension in self.dimensions for item in dimension.items)

    @property
    def languages(self):
        """The languages the scale is written in."""
        return tuple(self.names)

    @property
    def unwritten(self):
        """Keys of what cannot be fielded yet: texts withheld, not looked up, or still a draft's `PLACEHOLDER`."""
        texts = {"names": self.names, "construct": self.construct, "instruction": self.instruction}
        texts["response_format"] = self.response_format and self.response_format.labels
        texts |= {dimension.key: dimension.names if dimension.items else None for dimension in self.dimensions}
        texts |= {item.key: item.text for item in self.items}
        return tuple(key for key, text in texts.items() if text is None or PLACEHOLDER in str(text))


def nearest_language(language, languages):
    """Return the language in which texts are quoted where the words around them are in another.

    Parameters
    ----------
    language : str
        Of the words around.
    languages : sequence of str
        The languages the texts are written in.

    Returns
    -------
    str
        The language itself, else the other script of it (zh, zh-Hant), else the first that there is.

    Examples
    --------
    >>> nearest_language("zh", ("en", "zh-Hant")), nearest_language("zh", ("en",))
    ('zh-Hant', 'en')
    """
    near = [one for one in languages if one.partition("-")[0] == language.partition("-")[0]]
    return language if language in languages else [*near, *languages][0]
