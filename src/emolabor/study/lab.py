"""A study's folder opened in JupyterLab, on this machine only."""

from pathlib import Path

from emolabor.common.errors import refuse
from emolabor.common.extras import require
from emolabor.common.languages import chosen_language
from emolabor.study.new_study import write_notebooks
from emolabor.study.paths import PACKAGED, project_root

STUDY = "study.yaml"
# With a token, and without a question about news.
QUIET = ("--ServerApp.ip=127.0.0.1", "--LabApp.news_url=None", "--ServerApp.answer_yes=True")


def prepare_lab(folder=None, data=None, language=None):
    """Make sure that a study's folder holds notebooks which find its data.

    Parameters
    ----------
    folder : str or Path, optional
        With a study.yaml, and notebooks or none; one with notebooks alone will do. By default the project's notebooks.
    data : str or Path, optional
        The file of answers that notebooks written here read; by default answers.csv in the folder.
    language : {"zh", "en"}, optional
        Of notebooks written here; by default that of `EMOLABOR_LANGUAGE` or the system.

    Returns
    -------
    Path
        What JupyterLab shows.

    Raises
    ------
    EmolaborError
        No such folder, nothing in it to open, or notebooks that read other data already.
    """
    if folder is None:
        root = project_root()
        if root == PACKAGED:
            refuse("lab", "no folder", "a study's folder; begin one with: emolabor new-study DIR")
        return root / "notebooks"
    folder = Path(folder).resolve()
    if not folder.is_dir():
        refuse(folder, "no folder", "a study's folder; begin one with: emolabor new-study DIR")
    notebooks = folder / "notebooks"
    is_study = (folder / STUDY).is_file()
    if any(notebooks.glob("*.ipynb")) or not is_study:
        if data is not None:
            refuse("--data", f"notebooks in {notebooks}", "data_path in the first cell of each of them")
        if not is_study and not any(folder.rglob("*.ipynb")):
            refuse(
                folder, "neither study.yaml nor notebooks", "a study's folder; begin one with: emolabor new-study DIR"
            )
        return folder
    data = Path("answers.csv") if data is None else Path(data).resolve()
    if data.is_absolute() and not data.is_file():
        refuse("--data", f"no file {data}", "the file of answers")
    write_notebooks(folder, chosen_language(language), data)
    return folder


def open_lab(folder, options=()):
    """Run JupyterLab until it is stopped.

    Parameters
    ----------
    folder : Path
        From `prepare_lab`.
    options : iterable of str
        JupyterLab's own, such as ``--no-browser``.
    """
    require("jupyterlab")
    from jupyterlab.labapp import main

    main([*QUIET, str(folder), *options])
