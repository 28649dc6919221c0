"""Filling a manuscript: every number, table and figure comes from the results of a run."""

import re
from dataclasses import dataclass

from emolabor.common.errors import EmolaborError
from emolabor.drawing.formats import show
from emolabor.report.markup import plain
from emolabor.report.results import KEY, reported_name

PLACEHOLDER = re.compile(r"\{\{(.*?)\}\}")
NUMBER = re.compile(rf"(reported )?({KEY})(?::(\S+))?")
FLOAT = re.compile(r"(table|figure|ref) (\w+)")
OF_TABLE = re.compile(rf"(largest|smallest|count) ({KEY}) (\w+)(?: (\w[\w ]*))?(?::(\S+))?")


@dataclass(frozen=True)
class Filled:
    """A manuscript with its numbers.

    Attributes
    ----------
    text : str
        Markdown without placeholders.
    used : frozenset of str
        The result keys it took; a table or figure counts with the key of its whole frame.
    """

    text: str
    used: frozenset


def fill(text, results, floats=None, language="en", source="manuscript"):
    """Put results in the place of placeholders.

    ``{{ key:format }}`` is a number (formats as in :func:`emolabor.drawing.formats.show`), ``{{ table name }}`` and
    ``{{ figure name }}`` stand alone on a line, and ``{{ ref name }}`` is "Table 2" or "Figure 1" in running text. Of a
    column of a stored table, ``{{ largest key column:format }}`` and ``{{ smallest key column:format }}`` are its ends,
    ``{{ count key column }}`` counts its values and ``{{ count key column value }}`` the rows that hold one.
    ``{{ reported structural.fit.chisq:format }}`` is the fit measure as the run's estimator has it, scaled or robust.
    Collected answers may lack what the text speaks of, such as a group: of them, a value that does not exist is a dash.

    Parameters
    ----------
    text : str
        The manuscript in Markdown.
    results : RunResults
        The numbers.
    floats : Floats, optional
        The tables and figures, and the words for codes such as "simulated".
    language : {"en", "zh"}
        Language of the numbers and of the words "Table" and "Figure".
    source : str
        The manuscript's name for error messages.

    Returns
    -------
    Filled

    Raises
    ------
    EmolaborError
        With file, line and key when a key is unknown, a format does not fit or braces are left over.

    Examples
    --------
    >>> from emolabor.report.results import RunResults
    >>> results = RunResults(None, {"structural": {"fit": {"cfi": 0.9531}}})
    >>> fill("CFI = {{ structural.fit.cfi:.3b }}", results).text
    'CFI = .953'
    """
    number = _numbered(text, language)
    used = set()

    def value(inside):
        of_float = FLOAT.fullmatch(inside)
        if of_float:
            kind, name = of_float.groups()
            if name not in number:
                raise EmolaborError(f"no table or figure {name!r} stands in this text; allowed: {', '.join(number)}")
            if kind == "ref":
                return number[name]
            used.update(floats.keys(name))
            return floats.render(kind, name, number[name])
        of_table, of_key = OF_TABLE.fullmatch(inside), NUMBER.fullmatch(inside)
        if not of_table and not of_key:
            raise EmolaborError(
                f"cannot read {inside!r}; allowed: key:format, reported KEY:format, table NAME, figure NAME, ref NAME, "
                "largest | smallest | count KEY COLUMN"
            )
        key, spec = (of_table[2], of_table[5]) if of_table else of_key.groups()[1:]
        if not of_table and of_key[1]:
            key = _reported(results, key)
        used.add(key)
        try:
            found = _of_column(results, *of_table.groups()[:4]) if of_table else _single(results, key)
        except EmolaborError:
            if not results.is_collected:
                raise
            found = None
        if isinstance(found, str):
            return floats.label(found) if floats else plain(found)
        return show(found, spec or "", language)

    lines = []
    for count, line in enumerate(text.split("\n"), start=1):
        try:
            filled = PLACEHOLDER.sub(lambda match: value(match[1].strip()), line)
            if "{{" in filled or "}}" in filled:
                raise EmolaborError("a placeholder does not close on its line; allowed: {{ key:format }}")
        except EmolaborError as error:
            raise EmolaborError(f"{source}, line {count}: {error}") from None
        lines.append(filled)
    return Filled("\n".join(lines), frozenset(used))


def _single(results, key):
    """Return what stands under a key, if it is one value."""
    found = results.get(key)
    if isinstance(found, dict) or found is None:
        raise EmolaborError(f"the key {key!r} holds no single value")
    return found


def _reported(results, key):
    """Name the key that holds a fit measure as the estimator has it; where there are none, the key itself."""
    stem, _, name = key.rpartition(".")
    try:
        return f"{stem}.{reported_name(results.get(stem), name)}"
    except EmolaborError:
        return key


def _of_column(results, kind, key, column, wanted):
    """Return the largest or smallest value of a column, or how many there are (of an empty table: none)."""
    if kind == "count":
        values = results.column(key, column) if results.get(key) else []
        return len(values) if wanted is None else sum(str(value) == wanted for value in values)
    return (max if kind == "largest" else min)(results.column(key, column))


def _numbered(text, language):
    """Give tables and figures their numbers in the order in which they stand."""
    words = {"en": {"table": "Table", "figure": "Figure"}, "zh": {"table": "表", "figure": "图"}}[language]
    number, count = {}, {"table": 0, "figure": 0}
    for kind, name in re.findall(r"\{\{ *(table|figure) (\w+) *\}\}", text):
        count[kind] += 1
        number[name] = f"{words[kind]} {count[kind]}"
    return number
