"""What a study's folder derived from answers: found, shown, deleted."""

import re
import shutil
from pathlib import Path

from emolabor.common.errors import EmolaborError

# What a run writes, in its own folder; `reference` holds the study's simulated results and is never touched.
RESULTS = re.compile(r"\d+_\w+(-\w+)?\.json|environment\.json")
PAGE = "index.html"
FOLDERS = ("notebooks", "figures", "tables", "paper")
KEPT = "reference"


def derived_from_answers(folder):
    """List what runs wrote from answers, in a study's folder or in the folder of a run.

    Parameters
    ----------
    folder : str or Path
        Holds ``results``, or is a run's own folder.

    Returns
    -------
    list of Path
        Files and whole folders; answers, questionnaires, claims and notebooks of one's own are not among them.

    Raises
    ------
    EmolaborError
        No such folder.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as place:
    ...     run = Path(place, "results", "mine")
    ...     (run / "figures").mkdir(parents=True)
    ...     for name in ("07_structural_model.json", "index.html"):
    ...         _ = (run / name).write_text("{}")
    ...     [path.name for path in derived_from_answers(place)]
    ['07_structural_model.json', 'figures', 'index.html']
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise EmolaborError(f"{folder}: found no folder; allowed: a study's folder, or the folder of a run")
    results = folder / "results"
    runs = [folder, results, *(sorted(results.iterdir()) if results.is_dir() else ())]
    return [path for run in runs if _is_run(run) for path in sorted(run.iterdir()) if _is_derived(path)]


def delete(paths):
    """Delete files, and folders with all that is in them; of a link only the link."""
    for path in paths:
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()


def _is_run(folder):
    if folder.is_symlink() or not folder.is_dir() or folder.name == KEPT or (folder / "study.yaml").exists():
        return False
    return any(RESULTS.fullmatch(path.name) for path in folder.iterdir())


def _is_derived(path):
    return path.name in FOLDERS if path.is_dir() else path.name == PAGE or bool(RESULTS.fullmatch(path.name))
