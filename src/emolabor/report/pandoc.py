"""pandoc with a fixed clock and shut in, and Word files whose bytes depend on their contents alone."""

import io
import os
import re
import subprocess
import zipfile
from pathlib import Path

from emolabor.common.errors import EmolaborError
from emolabor.common.extras import require

# 1 January 2026; a page's date is the date of its results, not of its build.
EPOCH = 1767225600
# Language tags as pandoc's own translations know them.
WRITING = {"en": "en-US", "zh": "zh-Hans"}
PICTURE = re.compile(rb'(<pic:cNvPr )descr="data:[^"]*"')
# No file but those named on the command line, no network; and not the templates that a user's home may hold.
SHUT_IN = ["--sandbox", f"--data-dir={Path(__file__).with_name('no_templates')}"]


def pandoc(arguments, text=b""):
    """Run pandoc shut in and with a fixed clock, and return what it prints."""
    require("pypandoc")
    import pypandoc

    run = subprocess.run(
        [pypandoc.get_pandoc_path(), *SHUT_IN, *arguments],
        input=text,
        capture_output=True,
        env={**os.environ, "SOURCE_DATE_EPOCH": str(EPOCH)},
    )
    if run.returncode or run.stderr:
        raise EmolaborError(f"pandoc: {run.stderr.decode('utf-8', 'replace').strip()}")
    return run.stdout


def standalone_html(style, scratch):
    """Return the options for a page that is whole in itself, dressed by a text of CSS."""
    head = scratch / "style.html"
    head.write_text(f'<style type="text/css">{style}</style>\n', encoding="utf-8")
    # A page with a style of its own does not get pandoc's.
    own = ["--metadata=document-css:false", f"--include-in-header={head}"]
    return ["--standalone", "--to=html5", "--embed-resources", *own]


def same_document(data):
    """Write a Word file again with fixed times, and pictures told by what they show, not by a copy of their bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            part = PICTURE.sub(rb'\1descr=""', old.read(name)) if name == "word/document.xml" else old.read(name)
            new.writestr(zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0)), part, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()
