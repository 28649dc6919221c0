"""The small questionnaire of the tests, and its golden files: ``python tests/support/small_instrument.py``.

Look at every difference before committing it: somebody's field work starts from such a file.
"""

import io
import zipfile
from importlib.resources import files
from pathlib import Path

from emolabor.instrument import FORMATS, load_instrument
from emolabor.instrument.export import write_instrument

FOLDER = Path(__file__).parents[1] / "instrument"
GOLDEN = FOLDER / "golden"
# English labels hold blanks, which 问卷星's text cannot take.
CASES = [(name, language) for name in FORMATS for language in ("zh", "en") if (name, language) != ("wjx", "en")]


def small():
    return load_instrument(FOLDER / "small" / "small.yaml")


def write(path, name, language):
    """The bytes of a format; in a page, the library's files that ship beside it are left out."""
    content = write_instrument(small(), path, format=name, language=language).path.read_bytes()
    if name == "html":
        for shipped in (files("emolabor.instrument") / "page_files").iterdir():
            if ".min." in shipped.name:
                content = content.replace(shipped.read_bytes(), f"({shipped.name})".encode())
    return content


def parts(content):
    """The files in an archive, as the compression differs between machines; else the bytes themselves."""
    if not content.startswith(b"PK"):
        return content
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        return {name: archive.read(name) for name in archive.namelist()}


if __name__ == "__main__":
    for name, language in CASES:
        content = write(GOLDEN / f"{name}.{language}", name, language)
        (GOLDEN / f"{name}.{language}").write_bytes(content)
