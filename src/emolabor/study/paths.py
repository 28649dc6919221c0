"""Where the project lies: found from the folder one works in, never from a machine's settings."""

import tomllib
from pathlib import Path

from emolabor.common.errors import EmolaborError

# An installed wheel brings notebooks, manuscripts, data and reference along; nothing is ever written there.
PACKAGED = Path(__file__).resolve().parents[1] / "project"


def project_root(start=None):
    """Find the project's folder: the nearest one upwards whose pyproject.toml says so and that holds notebooks/.

    Searched upwards from the folder one works in, then from the package itself, so that an editable
    installation finds its project from anywhere; an installed wheel has a copy of its own.

    Parameters
    ----------
    start : str or Path, optional
        Where the search begins; by default the current folder, then the package's.

    Returns
    -------
    Path
        Absolute path of the project's folder.

    Raises
    ------
    EmolaborError
        When no folder on the way up is a project.

    Examples
    --------
    >>> (project_root() / "notebooks").is_dir()
    True
    """
    starts = [Path.cwd(), Path(__file__)] if start is None else [Path(start)]
    for place in starts:
        place = place.resolve()
        for folder in (place, *place.parents):
            if _is_project(folder):
                return folder
    if start is None and PACKAGED.is_dir():
        return PACKAGED
    raise EmolaborError(
        f"project: no folder with emolabor's pyproject.toml and notebooks/ found from {starts[0]} upwards; "
        "run the command inside the emolabor project"
    )


def results_place(root, study_path=None):
    """Return the folder of results: beside a study file of one's own, else the project's.

    With an installed package, whose own folder is not to be written to, that is the folder one works in.

    Parameters
    ----------
    root : Path
        The project's folder.
    study_path : str or Path, optional
        A study file of one's own.

    Returns
    -------
    Path

    Examples
    --------
    >>> results_place(Path("project"), "my_study/study.yaml").parent.name
    'my_study'
    """
    if study_path is not None:
        return Path(study_path).resolve().parent / "results"
    return (Path.cwd() if root == PACKAGED else root) / "results"


def seen_from_notebooks(path: str | Path | None) -> str | Path | None:
    """Return a path that a notebook's parameters give, so that it is found from wherever the notebook is run.

    Parameters
    ----------
    path : str, Path or None
        One that begins with ``..`` is seen from the project's folder of notebooks where it leads nowhere from the
        current one.

    Returns
    -------
    str, Path or None

    Examples
    --------
    >>> seen_from_notebooks("mine.csv"), seen_from_notebooks(None)
    ('mine.csv', None)
    """
    if path is None or not Path(path).parts[:1] == ("..",) or Path(path).exists() or Path(path).parent.exists():
        return path
    return project_root() / "notebooks" / path


def _is_project(folder):
    """Tell whether a folder is emolabor's, and not somebody's own with notebooks in it."""
    try:
        settings = tomllib.loads((folder / "pyproject.toml").read_text(encoding="utf-8"))
    except (OSError, ValueError):  # ValueError: no TOML, no UTF-8
        return False
    return settings.get("project", {}).get("name") == "emolabor" and (folder / "notebooks").is_dir()
