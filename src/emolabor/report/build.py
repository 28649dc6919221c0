"""From manuscript and results to HTML, DOCX and PDF: offline, and byte for byte the same on repeat."""

import base64
import json
import re
import tempfile
from pathlib import Path

from tqdm import tqdm

from emolabor.common.errors import EmolaborError
from emolabor.common.extras import require
from emolabor.common.files import write_bytes
from emolabor.drawing.fonts import font_folder
from emolabor.instrument import load_instrument
from emolabor.report.chinese_references import follow_gbt, nodes
from emolabor.report.floats import read_floats
from emolabor.report.pandoc import EPOCH, WRITING, pandoc, same_document, standalone_html
from emolabor.report.paper import fill
from emolabor.report.results import load_results
from emolabor.report.word import reference_document

# A number stays on the line of its sign.
SIGNED = re.compile(r"(?<=[^\s|]) ([=<>]) (?=[−.\d])")
STYLES = {"en": "apa.csl", "zh": "china-national-standard-gb-t-7714-2015-author-date.csl"}
# Language tags as citeproc knows them.
CITING = {"en": "en-US", "zh": "zh-CN"}
TYPES = {".svg": "image/svg+xml", ".png": "image/png"}


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
    files = {}
    with tempfile.TemporaryDirectory() as scratch:
        reference = Path(scratch) / "reference.docx"
        reference.write_bytes(reference_document(pandoc(["--print-default-data-file", "reference.docx"])))
        for language in tqdm(languages, desc="paper", disable=None):
            manuscript = sources / f"manuscript.{language}.md"
            if not manuscript.is_file():
                raise EmolaborError(
                    f"paper folder {sources.name}: found no {manuscript.name}; allowed: languages zh, en"
                )
            names = load_instrument("window_staff").names(language)
            floats = read_floats(sources / "floats.yaml", results, names, language, Path(scratch))
            text = fill(manuscript.read_text(encoding="utf-8"), results, floats, language, manuscript.name).text
            content = _convert(text, language, sources, Path(scratch), _subtitle(results, floats))
            files |= {f"emolabor.{language}.{ending}": data for ending, data in content.items()}
    return [write_bytes(target / name, data) for name, data in files.items()]


def _subtitle(results, floats):
    """Warn under the title when a text written for the simulated data is filled with collected ones."""
    return [f"--metadata=subtitle:{floats.label('collected_notice')}"] if results.is_collected else []


def _convert(text, language, sources, scratch, subtitle):
    """Return one language's three files: ending -> bytes."""
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
    common = ["--from=json", "--standalone", f"--metadata=lang:{WRITING[language]}"]
    style = (sources / "page.css").read_text(encoding="utf-8")
    html = pandoc([*common, *standalone_html(style, scratch)], _embedded(document, scratch, ".svg"))
    reference = f"--reference-doc={scratch / 'reference.docx'}"
    word = pandoc([*common, "--to=docx", reference, "--output=-"], _embedded(document, scratch, ".png"))
    typst_source = pandoc(
        [*common, "--to=typst-citations", "--wrap=none", f"--template={sources / 'page.typ'}"], _as_json(document)
    )
    pictures = [scratch / image["c"][2][0] for image in images(document)]
    return {"html": html, "docx": same_document(word), "pdf": _pdf(typst_source, pictures)}


def _tidied(document, language):
    """Drop the bibliography's place on this machine, and do for Chinese what its citation style leaves out."""
    content = json.loads(document)
    for name in ("bibliography", "csl"):
        content["meta"].pop(name)
    if language == "zh":
        follow_gbt(content["blocks"])
    return content


def _as_json(document):
    return json.dumps(document, ensure_ascii=False).encode("utf-8")


def images(document):
    """List the pictures of a document in pandoc's JSON."""
    return [node for node in nodes(document["blocks"]) if node.get("t") == "Image"]


def _embedded(document, folder, ending):
    """Return the document with its pictures in it: pandoc, shut in, opens no file."""
    document = json.loads(_as_json(document))
    for image in images(document):
        path = (folder / image["c"][2][0]).with_suffix(ending)
        if path.parent != folder or not path.is_file():
            raise EmolaborError(f"manuscript: found the picture {image['c'][2][0]!r}; allowed: {{{{ figure NAME }}}}")
        image["c"][2][0] = f"data:{TYPES[ending]};base64,{base64.b64encode(path.read_bytes()).decode('ascii')}"
    return _as_json(document)


def _pdf(source, pictures):
    """Set a typst text with the package's own fonts and no others, in a folder that holds its pictures and nothing."""
    require("typst")
    import typst

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "paper.typ"
        path.write_bytes(source)
        for picture in pictures:
            (path.parent / picture.name).write_bytes(picture.read_bytes())
        fonts = {"font_paths": [str(font_folder())], "ignore_system_fonts": True}
        try:
            return typst.compile(str(path), root=folder, timestamp=EPOCH, **fonts)
        except typst.TypstError as error:
            raise EmolaborError(f"typst: {error}") from None
