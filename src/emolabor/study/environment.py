"""What a run was made with: the sources, the data, the programs."""

import json
import platform
import subprocess
from importlib.metadata import version

from emolabor.responses.personal_contents import redacted
from emolabor.study.folder import PACKAGES, digest


def linear_algebra():
    """Name the library and the processor's kernel that numpy and scipy compute with, such as openblas Haswell."""
    import scipy.linalg  # noqa: F401 - loads its library, so that it is listed
    from threadpoolctl import threadpool_info

    used = [pool for pool in threadpool_info() if pool["user_api"] == "blas"]
    return ", ".join(sorted({f"{pool['internal_api']} {pool.get('architecture') or ''}".strip() for pool in used}))


def commit_of(root):
    """Name the state of the sources: the Git commit, with ``-dirty`` when files differ from it.

    Parameters
    ----------
    root : Path
        The project's folder.

    Returns
    -------
    str
        ``no_git`` where the folder is no Git checkout or there is no Git.
    """
    command = ["git", "describe", "--always", "--dirty", "--abbrev=12", "--exclude=*"]
    try:
        found = subprocess.run(command, cwd=root, capture_output=True, text=True)
    except FileNotFoundError:
        return "no_git"
    is_own = found.returncode == 0 and (root / ".git").exists()
    return found.stdout.strip() if is_own else "no_git"


def data_of(jobs):
    """Name the file of answers that notebooks read, with its SHA-256; empty when they read none."""
    paths = {(job.path.parent / job.settings["data_path"]).resolve() for job in jobs if job.settings.get("data_path")}
    return {"file": redacted((one := min(paths)).name), "sha256": digest(one)} if paths else {}


def environment_text(seconds, commit, data):
    """Write what the run was made with, and the seconds of each notebook, as JSON; it is never compared.

    Parameters
    ----------
    seconds : dict
        Notebook -> seconds.
    commit : str
        From `commit_of`.
    data : dict
        From `data_of`.

    Returns
    -------
    str
    """
    content = {
        "commit": commit,
        "data": data,
        "python": platform.python_version(),
        "platform": platform.platform(terse=True),
        "machine": platform.machine(),
        "packages": {name: version(name) for name in PACKAGES},
        "linear_algebra": linear_algebra(),
        "seconds": seconds,
    }
    return json.dumps(content, indent=1, sort_keys=True) + "\n"
