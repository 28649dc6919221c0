"""Where the project lies: found from the folder one works in, never from a machine's settings."""

from pathlib import Path

from emolabor.common.errors import EmolaborError


def project_root(start=None):
    """Find the project's folder: the nearest one upwards that holds pyproject.toml and notebooks/.

    Searched upwards from the folder one works in, then from the package itself, so that an editable
    installation finds its project from anywhere.

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
            if (folder / "pyproject.toml").is_file() and (folder / "notebooks").is_dir():
                return folder
    raise EmolaborError(
        f"project: no folder with pyproject.toml and notebooks/ found from {starts[0]} upwards; "
        "run the command inside the emolabor project"
    )
