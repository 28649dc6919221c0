"""A run's folder: one run at a time, every notebook's results whole, and a note of what they were made from."""

import hashlib
import json
import os
import platform
import shutil
import tempfile
from contextlib import contextmanager
from functools import cache
from importlib.metadata import version
from pathlib import Path

from emolabor.common.errors import EmolaborError
from emolabor.common.files import write_text
from emolabor.study.design import load_design

PACKAGES = ("emolabor", "numpy", "scipy", "pandas", "matplotlib", "seaborn", "papermill", "semopy", "scikit-learn")
STAGING = ".unfinished-"


def digest(path):
    """Return the SHA-256 of a file's content, read in parts."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def fingerprints(jobs, data_folder):
    """Hash all that decides each notebook's results: its cells, parameters and data, the library.

    Parameters
    ----------
    jobs : list of Job
        What is executed.
    data_folder : Path
        The project's data, on which any notebook may depend.

    Returns
    -------
    dict
        name -> SHA-256; what a notebook shows is not part of it.
    """
    digest_once = cache(digest)
    folders = (Path(__file__).parents[1], data_folder)
    shared = [
        platform.python_version(),
        {name: version(name) for name in PACKAGES},
        [[path.relative_to(folder).as_posix(), digest(path)] for folder in folders for path in _files(folder)],
    ]
    return {job.name: _fingerprint(job, shared, digest_once) for job in jobs}


def _files(folder):
    return [path for path in sorted(folder.rglob("*")) if path.is_file() and "__pycache__" not in path.parts]


def _fingerprint(job, shared, digest_once):
    notebook = json.loads(job.path.read_text(encoding="utf-8"))
    cells = [[cell["cell_type"], cell["source"], cell["metadata"]] for cell in notebook["cells"]]
    paths = [value for name, value in sorted(job.settings.items()) if name.endswith("_path") and value is not None]
    files = [digest_once(job.path.parent / path) for path in paths]
    if job.settings.get("study_path") is not None:
        files += [digest_once(path) for path in load_design(job.path.parent / job.settings["study_path"]).files]
    text = json.dumps([shared, cells, job.settings, files], sort_keys=True)
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


class RunFolder:
    """The folder that a run fills, locked and with a staging folder of its own; made by `open_folder`.

    A notebook writes to the staging folder. When it ended well its files are renamed into place, and last a line in
    `finished.json` says what they were made from, so that at every moment what has a line is whole. What an earlier
    run left stays until then.

    Parameters
    ----------
    path : Path
        results/<run>.
    staging : Path
        A folder inside it, empty.
    """

    def __init__(self, path, staging):
        self.path = path
        self.staging = staging

    def stage(self, job):
        """Return the folder to which a notebook writes."""
        return self.staging / job.name

    def write(self, name, text):
        """Write one file of the run, staged and renamed."""
        os.replace(write_text(self.staging / name, text), self.path / name)

    def read(self, name):
        """Read one JSON file of the run; an empty dictionary when it is not there or damaged."""
        try:
            content = json.loads((self.path / name).read_text(encoding="utf-8"))
        except (FileNotFoundError, UnicodeDecodeError, json.JSONDecodeError):
            return {}
        return content if isinstance(content, dict) else {}

    def has_results(self, job):
        """Tell whether a notebook stored its results."""
        return (self.stage(job) / f"{job.name}.json").is_file()

    def publish(self, job, made_from):
        """Put into place what a notebook wrote, and note what it was made from.

        Parameters
        ----------
        job : Job
            It ended well and stored its results.
        made_from : str
            Its hash from `fingerprints`.
        """
        finished = self.read("finished.json")
        if finished.pop(job.name, None):
            self._note(finished)
        staged = self.stage(job)
        for path in sorted(staged.rglob("*")):
            target = self.path / path.relative_to(staged)
            if path.is_dir():
                target.mkdir(exist_ok=True)
            else:
                os.replace(path, target)
        results = digest(self.path / f"{job.name}.json")
        self._note(finished | {job.name: {"made_from": made_from, "results": results}})

    def is_finished(self, job, made_from):
        """Tell whether a notebook's results are there, made from the same and not changed since."""
        note, results = self.read("finished.json").get(job.name), self.path / f"{job.name}.json"
        return results.is_file() and note == {"made_from": made_from, "results": digest(results)}

    def _note(self, finished):
        self.write("finished.json", json.dumps(finished, indent=1, sort_keys=True) + "\n")


@contextmanager
def open_folder(path):
    """Lock a run's folder, clear what a killed run left unfinished, and give it a staging folder.

    Parameters
    ----------
    path : Path
        results/<run>; made when it is not there.

    Yields
    ------
    RunFolder

    Raises
    ------
    EmolaborError
        When another run has it locked. A run that was killed leaves no lock: the system lifts it.
    """
    path.mkdir(parents=True, exist_ok=True)
    with open(path / ".lock", "a", encoding="utf-8") as file:
        try:
            _lock(file)
        except (BlockingIOError, PermissionError):
            raise EmolaborError(
                f"results/{path.name}: another run is writing there; wait until it has ended, "
                "or give this one a name of its own with --run"
            ) from None
        for left in path.glob(f"{STAGING}*"):
            shutil.rmtree(left, ignore_errors=True)
        for left in path.glob(".index.html.*"):  # the page, killed while it was written
            left.unlink(missing_ok=True)
        staging = Path(tempfile.mkdtemp(prefix=STAGING, dir=path))
        try:
            yield RunFolder(path, staging)
        finally:
            shutil.rmtree(staging, ignore_errors=True)


def _lock(file):
    """Lock a file for as long as it is open, or raise at once."""
    if os.name == "nt":
        import msvcrt

        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
