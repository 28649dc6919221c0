"""The numbers of a run as the paper sees them: one key for each."""

import json
import re
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from emolabor.common.errors import EmolaborError

KEY = r'\w+(?:\.\w+|\["[^"]*"\])*'
NOTEBOOK = re.compile(r"\d+_([a-z0-9]+)\w*(?:-(\w+))?\.json")


@dataclass(frozen=True)
class RunResults:
    """What the notebooks of one run stored.

    Attributes
    ----------
    folder : Path
        Where the files were read.
    values : dict
        First word of the notebook's name -> stored values, nested, and its ``parameters``; of a notebook that
        ran once for each factor, factor -> the same.
    """

    folder: Path
    values: dict

    @property
    def is_collected(self):
        """True when a notebook says that the answers were collected, not simulated."""
        samples = [values.get("sample", {}) for values in self.values.values()]
        return any(sample.get("data") == "collected" for sample in samples)

    def get(self, key):
        """Return what stands under a key such as ``structural.fit.cfi``.

        Parameters
        ----------
        key : str
            Words joined by points; ``["..."]`` for a word that holds points or blanks.

        Returns
        -------
        float, int, str, dict or None

        Raises
        ------
        EmolaborError
            With the nearest keys, when there is no such key.
        """
        found = self.values
        for word in split_key(key):
            if not isinstance(found, dict) or word not in found:
                near = get_close_matches(key, sorted(_keys(self.values)), n=3, cutoff=0.3)
                allowed = f"nearest: {', '.join(near)}" if near else f"the folder {self.folder.name} holds no results"
                raise EmolaborError(f"unknown key {key!r} ({allowed})")
            found = found[word]
        return found

    def column(self, key, column):
        """Return a column of a stored table.

        Parameters
        ----------
        key : str
            Of a whole table, such as ``centres.icc``.
        column : str
            Such as ``icc1``.

        Returns
        -------
        list
            The values that exist, in the order of the rows.

        Raises
        ------
        EmolaborError
            When there is no such table, or no row holds such a value.
        """
        rows = self.get(key)
        if not isinstance(rows, dict) or not all(isinstance(row, dict) for row in rows.values()):
            raise EmolaborError(f"the key {key!r} holds no table")
        found = [row[column] for row in rows.values() if row.get(column) is not None]
        if not found:
            allowed = ", ".join(dict.fromkeys(name for row in rows.values() for name in row))
            raise EmolaborError(f"the table {key!r} holds nothing under {column!r}; allowed: {allowed}")
        return found


def reported_name(values, name):
    """Name a fit measure as its estimator has it.

    Parameters
    ----------
    values : dict
        A stored row or table of fit measures.
    name : str
        A plain name, such as ``cfi``.

    Returns
    -------
    str
        The robust one or that of the scaled test where `values` hold it.

    Examples
    --------
    >>> reported_name({"chisq_scaled": 85.3, "df": 24}, "chisq"), reported_name({"chisq": 85.3}, "chisq")
    ('chisq_scaled', 'chisq')
    """
    return next((name + kind for kind in ("_robust", "_scaled") if name + kind in values), name)


def load_results(folder):
    """Read the results of a run.

    Parameters
    ----------
    folder : str or Path
        Holds files such as ``07_structural_model.json``, each an object with ``values``. The versions of the programs,
        in ``environment.json``, come under the word ``environment``.

    Returns
    -------
    RunResults

    Raises
    ------
    EmolaborError
        When the folder holds no result file.
    """
    folder = Path(folder)
    values = {}
    for path in sorted(folder.glob("*.json")):
        match = NOTEBOOK.fullmatch(path.name)
        if match and (match[2] or match[1] not in values):
            content = json.loads(path.read_text(encoding="utf-8"))
            stored = {"parameters": content.get("parameters", {})} | content["values"]
            values[match[1]] = values.get(match[1], {}) | {match[2]: stored} if match[2] else stored
    environment = folder / "environment.json"
    if environment.is_file():
        values["environment"] = json.loads(environment.read_text(encoding="utf-8"))
    if not values.keys() - {"environment"}:
        raise EmolaborError(
            f"{folder.name}: found no result file; allowed: a folder with files like 07_structural_model.json"
        )
    return RunResults(folder, values)


def split_key(key):
    """Split a key into its words.

    Examples
    --------
    >>> split_key('structural.paths["exhaustion~surface_acting"].est')
    ['structural', 'paths', 'exhaustion~surface_acting', 'est']
    """
    return [plain or quoted for plain, quoted in re.findall(r'(\w+)(?=\.|\[|$)|\["([^"]*)"\]', key)]


def _keys(values, stem=""):
    """Yield every key, whole tables included."""
    for word, value in values.items():
        plain = re.fullmatch(r"\w+", word)
        key = f'{stem}["{word}"]' if not plain else f"{stem}.{word}" if stem else word
        yield key
        if isinstance(value, dict):
            yield from _keys(value, key)
