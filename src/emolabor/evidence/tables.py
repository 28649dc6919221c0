"""Correlation tables of published studies: reading and checking them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path

import numpy as np
import pandas as pd
import yaml

from emolabor.common.errors import EmolaborError, refuse, refuse_because, shown

_DESCRIPTIVES = ["mean", "sd", "alpha"]


@dataclass(frozen=True)
class PublishedTable:
    """One published table of correlations with its source.

    Attributes
    ----------
    key : str
        Short name of the study, for example ``"lu2019"``.
    cor : DataFrame of shape (p, p)
        Correlations as printed; blank (NaN) where the source prints none.
    n : int
        Number of respondents.
    mean, sd, alpha : Series of length p or None
        As printed, missing where the source prints none.
    groups : int or None
        Number of teams or centres the respondents are nested in, where the source names it.
    project : str
        What samples of the same people or of one paper share; a table of its own project where nothing is said.
    citation : str
        The paper to cite.
    study : Mapping
        What the study is called in a table or picture, keys ``zh`` and ``en``.
    sample : Mapping
        Who answered, keys ``zh`` and ``en``.
    rounding : Mapping
        Half a unit of the last printed digit of ``correlation``, ``mean``, ``sd``, ``alpha``.
    labels : DataFrame of shape (p, 2) or None
        The variables' names, columns ``zh`` and ``en``.
    notes : Mapping
        What a reader must know about the table, keys ``zh`` and ``en``.
    doubtful : tuple of Mapping
        Cells whose print does not fit: ``cell`` (two variables), ``zh``, ``en``.
    ecological : bool
        Whether the unit is a group of people, such as an organisation: no table for pooling with tables of persons.

    Examples
    --------
    >>> import pandas as pd, emolabor as el
    >>> cor = pd.DataFrame([[1, 0.3], [0.3, 1]], ["x", "y"], ["x", "y"])
    >>> el.PublishedTable("mine", cor, 120).project
    'mine'
    """

    key: str
    cor: pd.DataFrame
    n: int
    mean: pd.Series | None = None
    sd: pd.Series | None = None
    alpha: pd.Series | None = None
    groups: int | None = None
    project: str = ""
    citation: str = ""
    study: Mapping = field(default_factory=dict)
    sample: Mapping = field(default_factory=dict)
    rounding: Mapping = field(default_factory=dict)
    labels: pd.DataFrame | None = None
    notes: Mapping = field(default_factory=dict)
    doubtful: tuple = ()
    ecological: bool = False

    def __post_init__(self) -> None:
        """A table is its own project where nothing else is said."""
        if not self.project:
            object.__setattr__(self, "project", self.key)


def shipped_folder() -> Path:
    """Find the published tables that come with the package: in a wheel within it, else beside its sources."""
    package = Path(str(resources.files("emolabor")))
    within = package / "project" / "data" / "published"
    return within if within.is_dir() else package.parents[1] / "data" / "published"


def load_published(folder: str | Path | None = None) -> dict[str, PublishedTable]:
    """Read every published correlation table in a folder.

    Parameters
    ----------
    folder : str or Path, optional
        Holds ``study-<key>_data.csv`` and ``study-<key>_source.yaml`` for each study; by default the tables that come
        with the package, which are real.

    Returns
    -------
    dict of str to PublishedTable
        In alphabetical order of the keys.

    Raises
    ------
    EmolaborError
        If a table is not a correlation matrix (symmetric, unit diagonal, within -1 and 1, positive definite), a number
        cannot be read, or a source record is missing or does not fit; the message names file and line.

    Examples
    --------
    >>> import emolabor as el
    >>> tables = el.load_published()
    >>> tables["lu2019"].cor.loc["work_stress", "ego_depletion"]
    np.float64(0.19)
    """
    folder = shipped_folder() if folder is None else folder
    paths = sorted(Path(folder).glob("study-*_data.csv"))
    if not paths:
        raise EmolaborError(f"{folder}: found no file study-<key>_data.csv, expected at least one")
    keys = [path.name.removeprefix("study-").removesuffix("_data.csv") for path in paths]
    return {key: _read_table(key, path) for key, path in zip(keys, paths, strict=True)}


def _read_table(key, path):
    source_path = path.with_name(f"study-{key}_source.yaml")
    source = _read_source(source_path)
    text = pd.read_csv(path, dtype=str, keep_default_na=False)
    required = ["variable", *_DESCRIPTIVES]
    if list(text.columns[: len(required)]) != required:
        raise EmolaborError(f"{path} line 1: found columns {list(text.columns)}, the first must be {required}")
    names = text["variable"].tolist()
    if list(text.columns[len(required) :]) != names:
        raise EmolaborError(f"{path} line 1: the correlation columns must be the variables in the order of the rows")
    if list(source["variables"]) != names:
        raise EmolaborError(f"{source_path}: variables must be those of {path.name}, in the same order: {names}")
    numbers = read_numbers(text.set_index("variable"), path)
    cor = numbers[names]
    check_correlations(cor, path)
    printed = ["correlation", *(name for name in _DESCRIPTIVES if numbers[name].notna().any())]
    unrounded = [name for name in printed if name not in source["rounding"]]
    if unrounded:
        raise EmolaborError(f"{source_path}: rounding: found no {', '.join(unrounded)}, which {path.name} prints")
    return PublishedTable(
        key=key,
        cor=cor,
        **{name: numbers[name] for name in _DESCRIPTIVES},
        n=source["n"],
        groups=source.get("groups"),
        project=source.get("project", ""),
        citation=source["citation"].strip(),
        study=source["study"],
        sample=source.get("sample", {}),
        rounding=source["rounding"],
        labels=pd.DataFrame.from_dict(source["variables"], orient="index")[["zh", "en"]],
        notes=source["notes"],
        doubtful=_doubtful(source, names, source_path),
        ecological=bool(source.get("ecological", False)),
    )


def _doubtful(source, names, path):
    """The cells marked as doubtful, each of two variables of the table."""
    marked = tuple(source.get("doubtful", ()))
    for entry in marked:
        unknown = [name for name in entry["cell"] if name not in names]
        if unknown:
            refuse(f"{path}: doubtful", unknown[0], names)
    return marked


def _read_source(path):
    if not path.exists():
        raise EmolaborError(f"{path}: not found; every table needs its source record")
    source = yaml.safe_load(path.read_text(encoding="utf-8"))
    missing = [field for field in ("citation", "study", "n", "rounding", "variables", "notes") if field not in source]
    if missing:
        raise EmolaborError(f"{path}: found no {', '.join(missing)}")
    if not isinstance(source["n"], int) or source["n"] < 2:
        refuse_because(path, f"n is {shown(source['n'])}", "a whole number above 1")
    return source


def read_numbers(text, path):
    """Turn a table of text into numbers, blanks into missing; name the line of what is neither."""
    numbers = text.replace("", np.nan).apply(pd.to_numeric, errors="coerce")
    unreadable = numbers.isna() & (text != "")
    for line, (_, row) in enumerate(unreadable.iterrows(), start=2):
        if row.any():
            column = row.idxmax()
            found = text[column].iloc[line - 2]
            refuse(f"{path} line {line}: column {column}", shown(found), "a number or blank")
    return numbers.astype(float)


def check_correlations(cor, path):
    """Refuse what is no correlation matrix, with the line of the first mistake."""
    names, values = list(cor.columns), cor.to_numpy()
    for i, name in enumerate(names):
        line = i + 2
        if values[i, i] != 1:
            raise EmolaborError(f"{path} line {line}: {name} with itself is {values[i, i]}, must be 1")
        for j, other in enumerate(names):
            if not abs(values[i, j]) <= 1:
                refuse_because(f"{path} line {line}", f"{name} with {other} is {values[i, j]}", "a number from -1 to 1")
            if j < i and values[i, j] != values[j, i]:
                raise EmolaborError(
                    f"{path} line {line}: not symmetric: {name} with {other} is {values[i, j]}, "
                    f"but line {j + 2} has {values[j, i]}"
                )
        smallest = np.linalg.eigvalsh(values[: i + 1, : i + 1])[0]
        if smallest <= 0:
            raise EmolaborError(
                f"{path} line {line}: with {name} the correlations are no longer positive definite "
                f"(smallest eigenvalue {smallest:.3g})"
            )
