"""An executed notebook as a page to read: prose, tables and figures, its code folded away."""

import copy
import re

from emolabor.common.extras import require
from emolabor.common.templates import page_file
from emolabor.report.bilingual import FILES, TAGS, described, filled
from emolabor.report.run_notebooks import HEADING

# What Markdown makes of prose; nbconvert's own list lacks headings and paragraphs.
PROSE = {"p", "br", "hr", "h1", "h2", "h3", "h4", "h5", "h6", "pre", "del", "img", "div", "span"}
PROSE |= {"table", "thead", "tbody", "tr", "th", "td", "a", "blockquote", "code", "em", "li", "ol", "strong", "ul"}
SHOWN = re.compile(r"""\.(show|figure)\(\s*["'](\w+)["']""")


def notebook_page(notebook, name, language):
    """Render an executed notebook with nbconvert as one HTML file that needs nothing from anywhere.

    Parameters
    ----------
    notebook : nbformat.NotebookNode
        Executed and clean; its headings, tables and figures are in one language.
    name : str
        Name of its results, and of its file beside the page.
    language : {"zh", "en"}
        That language.

    Returns
    -------
    str
        The page. A table or figure can be linked to by the key under which it is stored.
    """
    require("nbconvert")
    from jinja2 import DictLoader
    from nbconvert import HTMLExporter

    notebook = copy.deepcopy(notebook)
    for cell in notebook.cells:
        found = SHOWN.findall(cell.source) if cell.cell_type == "code" and cell.outputs else []
        for kind, key in found[-1:]:  # what a cell shows is what its last line returns
            cell.metadata["shown"] = _shown(name, key, kind == "figure", language)
    head = next((cell.source for cell in notebook.cells if cell.cell_type == "markdown"), "")
    title = HEADING.search(head)
    page = {
        "name": name,
        "title": title[1] if title else name,
        "tag": TAGS[language],
        "words": {key: texts[language] for key, texts in described()["notebook"].items()},
        "style": page_file(FILES, "run.css"),
    }
    templates = _templates()
    exporter = HTMLExporter(
        template_file="emolabor.html",
        extra_loaders=[DictLoader({"emolabor.html": page_file(FILES, "notebook.html")})],
        template_name="basic",
        extra_template_basedirs=[templates],
        extra_template_paths=[templates],
        exclude_anchor_links=True,
        sanitize_html=True,
    )
    exporter.register_filter("clean_html", _without_harm)
    body, _ = exporter.from_notebook_node(notebook, resources={"page": page})
    return body


def _templates():
    """The folder of nbconvert's templates: it looks under this environment only, where it need not be installed."""
    from importlib.metadata import files

    inside = next(path for path in files("nbconvert") if path.as_posix().endswith("/templates/basic/conf.json"))
    return str(inside.locate().resolve().parents[1])


def _without_harm(html):
    """Escape all tags but those that Markdown writes."""
    from nbconvert.preprocessors.sanitize import SanitizeHTML

    attributes = {"*": ["class", "id"], "a": ["href", "title"], "img": ["alt", "src"]}
    return SanitizeHTML(tags=sorted(PROSE), attributes=attributes).sanitize_html_tags(str(html))


def _shown(name, key, is_figure, language):
    """Say of a table or figure how it is called and where its numbers lie."""
    stem = name.partition("-")[0]
    files = [f"tables/{name}_{one}.csv" for one in (tables_of(stem, key) if is_figure else [key])]
    caption = caption_of(stem, key, name)[language].lstrip("：: ") if is_figure else ""  # the page is of one factor
    return {"key": key, "caption": caption[:1].upper() + caption[1:], "files": files}


def tables_of(stem, key):
    """List the stored tables that a figure of a notebook draws, those of our notebooks only."""
    return described()["drawn"].get(f"{stem}.{key}", {}).get("tables", [])


def caption_of(stem, key, title, factor=""):
    """Give the caption of a notebook's figure in both languages.

    Parameters
    ----------
    stem, key : str
        The notebook and the figure's key.
    title : str or dict of str to str
        What stands for the notebook in the caption of a figure for which there is none.
    factor : str or dict of str to str
        The factor that the notebook was run for.
    """
    texts = described()["captions"].get(f"{stem}.{key}", {code: f"{{title}} ({key})" for code in TAGS})
    return filled(texts, title=title, factor=factor)
