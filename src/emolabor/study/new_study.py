"""A folder in which a study of one's own begins: everything is there, works, and can be changed."""

import json
import os
import re
import shutil
import tempfile
from importlib import resources
from pathlib import Path

from emolabor.common.errors import EmolaborError, refuse
from emolabor.common.extras import require
from emolabor.common.files import write_bytes, write_text
from emolabor.common.languages import chosen_language
from emolabor.instrument import load_instrument
from emolabor.study.editions import edition, sources
from emolabor.study.needs import NEEDS
from emolabor.study.paths import project_root
from emolabor.study.table_of_claims import fill_from_tables
from emolabor.theory import INSTRUMENT, STUDY_FILE

_HEADER = """\
# What this study asks and claims. Files are seen from this folder. An entry that you delete is the package's own again
# where this study has all that it names, and else follows from your constructs and claims.
"""
_FILES = """\
instrument: instrument.yaml
claims: claims.yaml

# A model text (lavaan's syntax) in place of the model that follows from the claims, here or in a .txt file:
# model: model.txt
"""
_TOLD = {
    "en": "written: {folder} (questionnaire, {n} scales, claims, study.yaml, mapping, notebooks); begin with {readme}",
    "zh": "已写入：{folder}（问卷、{n} 个量表、论断、study.yaml、列名对照、notebook）；请从 {readme} 开始",
}


def write_study(folder, language=None, claims=None, items=None):
    """Write a study's folder, whole or not at all.

    Parameters
    ----------
    folder : str or Path
        A new folder, or an empty one.
    language : {"zh", "en"}, optional
        Of what is told and of the notebooks; by default that of `EMOLABOR_LANGUAGE` or the system.
    claims, items : str or Path, optional
        Tables of claims (`theory.claims_from_table`) and of items (`scales.scales_from_table`), both or none: the
        study is then about these in place of the essay's.

    Returns
    -------
    str
        What was written, in a sentence.

    Raises
    ------
    EmolaborError
        The folder holds something, or is a file; one table without the other; mistakes in a table, all at once.

    Examples
    --------
    >>> with tempfile.TemporaryDirectory() as place:
    ...     told = write_study(f"{place}/mine", "en")
    ...     names = sorted(path.name for path in Path(place, "mine").iterdir())
    >>> names[2:]
    ['claims.yaml', 'instrument.yaml', 'mapping.yaml', 'notebooks', 'scales', 'study.yaml']
    """
    folder = Path(folder)
    if (claims is None) != (items is None):
        refuse("claims, items", "one table without the other", "both, or none")
    language = chosen_language(language)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise EmolaborError(f"{folder}: found something there already; allowed: a new folder, or an empty one")
    folder.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        scales = _fill(draft) if claims is None else fill_from_tables(draft, claims, items)
        _fill_beside(draft, language)
        os.chmod(draft, 0o755)
        if folder.exists():
            folder.rmdir()
        os.rename(draft, folder)
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise
    readme = folder / ("README.md" if language == "en" else "README.zh-CN.md")
    return _TOLD[language].format(folder=folder, n=len(scales), readme=readme)


def _fill(folder):
    """Write the essay's questionnaire, claims and study file; return the files of the scales."""
    files = load_instrument(INSTRUMENT).files
    scales = {key: path for key, path in files.items() if key != INSTRUMENT}
    for path in scales.values():
        write_bytes(folder / "scales" / path.name, path.read_bytes())
    text = files[INSTRUMENT].read_text(encoding="utf-8")
    named = re.sub(r"(?m)^scales:\n(  - \w+\n)+", lambda found: re.sub(r"- (\w+)", r"- scales/\1.yaml", found[0]), text)
    write_text(folder / "instrument.yaml", f"# A copy of {INSTRUMENT}, to be changed.\n{named}")
    write_bytes(folder / "claims.yaml", resources.files("emolabor.theory").joinpath("claims.yaml").read_bytes())
    _, entries = STUDY_FILE.read_text(encoding="utf-8").split(f"instrument: {INSTRUMENT}\n")
    # Not written out: claims that the user writes anew have other paths, and the first indirect one takes its place.
    write_text(folder / "study.yaml", _HEADER + _FILES + entries.replace("\neffect: ", "\n# effect: "))
    return scales


def _fill_beside(folder, language):
    """Write what every study's folder holds: what to read first, the mapping's template, notebooks."""
    for template in resources.files(__package__).joinpath("study_files").iterdir():
        write_bytes(folder / template.name, template.read_bytes())
    write_notebooks(folder, language)


def write_notebooks(folder, language, data="answers.csv"):
    """Write the notebooks of a study's folder, in one language and without outputs, to be run on what lies there.

    Parameters
    ----------
    folder : Path
        With study.yaml and, where names differ, mapping.yaml.
    language : {"zh", "en"}
        Language of the notebooks.
    data : str or Path
        The file of answers, as seen from the folder.
    """
    require("nbformat")
    import nbformat

    mapping = "../mapping.yaml" if (folder / "mapping.yaml").is_file() else None
    own = {
        "data_path": Path(os.path.relpath(folder / data, folder / "notebooks")).as_posix(),
        "mapping_path": mapping,
        "study_path": "../study.yaml",
        "results_dir": "../results",
    }
    for path in sources(project_root() / "notebooks"):
        if path.stem in NEEDS:
            notebook = edition(nbformat.read(path, as_version=4), language)
            _fill_in(notebook, own)
            write_text(folder / "notebooks" / path.name, nbformat.writes(notebook) + "\n")


def _fill_in(notebook, values):
    """Take the outputs out of a notebook and give its parameters other values."""
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
        if "parameters" in cell.metadata.get("tags", []):
            lines = [line.partition(" = ") for line in cell.source.splitlines()]
            cell.source = "\n".join(
                f"{name} = {json.dumps(values[name], ensure_ascii=False) if values[name] else None}"
                if name in values
                else name + equal + value
                for name, equal, value in lines
            )
