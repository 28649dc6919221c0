"""pandoc with a fixed clock, and zips whose bytes depend on their contents alone."""

import io
import os
import subprocess
import zipfile

from emolabor.errors import EmolaborError

# 1 January 2026; a page's date is the date of its results, not of its build.
EPOCH = 1767225600
# Language tags as pandoc's own translations know them.
WRITING = {"en": "en-US", "zh": "zh-Hans"}


def pandoc(arguments, text=b""):
    """Run pandoc with a fixed clock and return what it prints."""
    import pypandoc

    run = subprocess.run(
        [pypandoc.get_pandoc_path(), *arguments],
        input=text,
        capture_output=True,
        env={**os.environ, "SOURCE_DATE_EPOCH": str(EPOCH)},
    )
    if run.returncode or run.stderr:
        raise EmolaborError(f"pandoc: {run.stderr.decode('utf-8', 'replace').strip()}")
    return run.stdout


def same_zip(data):
    """Write a zip again with fixed times, so that equal contents are equal bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0)), old.read(name), zipfile.ZIP_DEFLATED)
    return buffer.getvalue()
