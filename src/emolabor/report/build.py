"""From manuscript and results to HTML, DOCX and PDF: offline, and byte for byte the same on repeat."""

import json
import re
import tempfile
from pathlib import Path

from emolabor.drawing.fonts import font_folder
from emolabor.errors import EmolaborError
from emolabor.files import write_bytes
from emolabor.instrument import load_instrument
from emolabor.report.chinese_references import follow_gbt
from emolabor.report.floats import read_floats
from emolabor.report.pandoc import EPOCH, WRITING, pandoc, same_zip
from emolabor.report.paper import fill
from emolabor.report.results import load_results
from emolabor.report.word import reference_document

# A number stays on the line of its sign.
SIGNED = re.compile(r"(?<=[^\s|]) ([=<>]) (?=[−.\d])")
STYLES = {"en": "apa.csl", "zh": "china-national-standard-gb-t-7714-2015-author-date.csl"}
# Language tags as citeproc knows them.
CITING = {"en": "en-US", "zh": "zh-CN"}


def build_paper(results_folder, languages=("zh", "en"), paper_folder=None):
    """Build the paper from the results of a run.

    Parameters
    ----------
    results_folder : str or Path
        Holds the result files; the paper goes to its subfolder ``paper``.
    languages : tuple of str
        "zh", "en" or both.
    paper_folder : str or Path, optional
        Holds the manuscripts, ``floats.yaml``, ``references.bib``, ``csl`` and the page templates; by default
        ``paper`` of the checkout that the package is installed from.

    Returns
    -------
    list of Path
        For each language the HTML, DOCX and PDF file.

    Raises
    ------
    EmolaborError
        When a manuscript is missing, asks for an unknown result, or a converter refuses the text.
    """
    sources = Path(paper_folder) if paper_folder else Path(__file__).parents[3] / "paper"
    results = load_results(results_folder)
    target = results.folder / "paper"
    target.mkdir(parents=True, exist_ok=True)
    built = []
    with tempfile.TemporaryDirectory() as scratch:
        reference = Path(scratch) / "reference.docx"
        reference.write_bytes(reference_document(pandoc(["--print-default-data-file", "reference.docx"])))
        for language in languages:
            manuscript = sources / f"manuscript.{language}.md"
            if not manuscript.is_file():
                raise EmolaborError(
                    f"paper folder {sources.name}: found no {manuscript.name}, allowed: languages zh, en"
                )
            names = load_instrument("window_staff").names(language)
            floats = read_floats(sources / "floats.yaml", results, names, language, Path(scratch))
            text = fill(manuscript.read_text(encoding="utf-8"), results, floats, language, manuscript.name).text
            built += _convert(text, language, sources, Path(scratch), target, _subtitle(results, floats))
    return built


def _subtitle(results, floats):
    """Warn under the title when a text written for the simulated data is filled with collected ones."""
    return [f"--metadata=subtitle:{floats.label('collected_notice')}"] if results.is_collected else []


def _convert(text, language, sources, scratch, target, subtitle):
    """Write one language's three files."""
    document = pandoc(
        [
            "--from=markdown+east_asian_line_breaks",
            "--to=json",
            "--columns=1",
            "--citeproc",
            f"--bibliography={sources / 'references.bib'}",
            f"--csl={sources / 'csl' / STYLES[language]}",
            f"--metadata=lang:{CITING[language]}",
            *subtitle,
        ],
        SIGNED.sub("\u00a0\\1\u00a0", text).encode("utf-8"),
    )
    document = _tidied(document, language)
    common = ["--from=json", "--standalone", f"--resource-path={scratch}", f"--metadata=lang:{WRITING[language]}"]
    html = pandoc([*common, "--to=html5", "--embed-resources", f"--css={sources / 'page.css'}"], document)
    word = pandoc(
        [*common, "--to=docx", f"--reference-doc={scratch / 'reference.docx'}", "--output=-"],
        document.replace(b'.svg"', b'.png"'),
    )
    typst_source = pandoc(
        [*common, "--to=typst-citations", "--wrap=none", f"--template={sources / 'page.typ'}"], document
    )
    files = {"html": html, "docx": same_zip(word), "pdf": _pdf(typst_source, scratch)}
    return [write_bytes(target / f"emolabor.{language}.{ending}", data) for ending, data in files.items()]


def _tidied(document, language):
    """Drop the bibliography's place on this machine, and do for Chinese what its citation style leaves out."""
    content = json.loads(document)
    for name in ("bibliography", "csl"):
        content["meta"].pop(name)
    if language == "zh":
        follow_gbt(content["blocks"])
    return json.dumps(content, ensure_ascii=False).encode("utf-8")


def _pdf(source, scratch):
    """Set a typst text with the package's own fonts and no others."""
    import typst

    path = scratch / "paper.typ"
    path.write_bytes(source)
    return typst.compile(str(path), font_paths=[str(font_folder())], ignore_system_fonts=True, timestamp=EPOCH)
