"""The columns of a data file, described one by one: what codebooks and descriptions of data are made from."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Column:
    """One column of a data file.

    Attributes
    ----------
    key : str
        Its name.
    kind : str
        "answer" (to an item or attention check), "choice", "code" or "number" (background).
    text : dict of str to str, or None
        Wording by language; None where it is withheld.
    codes : dict of (int or str) to dict
        Allowed values to labels by language; empty for codes typed in and numbers. Labels that are withheld are an
        empty dict.
    scale, dimension : str or None
        Keys of what it belongs to.
    reverse : bool
        Whether it is a reverse-worded item.
    expected : int or None
        The answer that an attention check asks for.
    pattern : str or None
        Regular expression of a code.
    minimum, maximum : float or None
        Range of a number.
    """

    key: str
    kind: str
    text: dict | None
    codes: dict = field(default_factory=dict)
    scale: str | None = None
    dimension: str | None = None
    reverse: bool = False
    expected: int | None = None
    pattern: str | None = None
    minimum: float | None = None
    maximum: float | None = None

    @property
    def is_text(self):
        """Whether its values are texts rather than numbers."""
        return self.kind == "code" or any(isinstance(code, str) for code in self.codes)


def variables(instrument):
    """Describe the columns of an instrument's data file.

    Parameters
    ----------
    instrument : Instrument
        What is asked.

    Returns
    -------
    list of Column
        In the file's order: background, then items and attention checks as asked.

    Examples
    --------
    >>> from emolabor.instrument import load_instrument
    >>> columns = variables(load_instrument("window_staff"))
    >>> columns[8].key, columns[8].kind, columns[8].dimension
    ('ic1', 'answer', 'institutional_clarity')
    """
    columns = [
        Column(one.key, one.kind, one.names, one.values, pattern=one.pattern, minimum=one.minimum, maximum=one.maximum)
        for one in instrument.background
    ]
    for scale in instrument.scales:
        answers = scale.response_format
        labels = (answers and answers.labels) or {}
        codes = {
            code: {language: labels[language][code - 1] for language in labels}
            for code in (answers.codes if answers else ())
        }
        for dimension in scale.dimensions:
            columns += [
                Column(item.key, "answer", item.text, codes, scale.key, dimension.key, item.reverse)
                for item in dimension.items
            ]
        columns += [
            Column(check.key, "answer", check.text, codes, scale.key, expected=check.expected)
            for check in instrument.attention_checks
            if check.after == scale.key
        ]
    return columns
