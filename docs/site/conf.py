"""How Sphinx writes the site; `docs/build_site.py` lays out the pages and calls it, once for each language."""

import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from chinese_search import ChineseSearch

project = "emolabor"
author = "emolabor contributors"
html_title = project
extensions = ["myst_nb", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
html_theme = "furo"
templates_path = ["templates"]
html_static_path = ["static"]
html_css_files = ["site.css"]
html_copy_source = False
html_show_sourcelink = False
html_show_copyright = False
html_sidebars = {
    "**": [
        "sidebar/scroll-start.html",
        "sidebar/brand.html",
        "sidebar/search.html",
        "sidebar/languages.html",
        "sidebar/navigation.html",
        "sidebar/scroll-end.html",
    ]
}
# Only fonts that readers have: nothing is fetched from elsewhere.
html_theme_options = {"top_of_page_buttons": []}

highlight_language = "text"
myst_heading_anchors = 4
myst_enable_extensions = ["dollarmath"]
nb_execution_mode = "off"  # the committed outputs are shown
nb_merge_streams = True

add_module_names = False
autodoc_typehints = "signature"
python_maximum_signature_line_length = 80
napoleon_google_docstring = False
napoleon_use_rtype = False
napoleon_preprocess_types = False
# Names of parameters that are attributes of several classes, too; pages that others link to but no list names.
suppress_warnings = ["mystnb.unknown_mime_type", "ref.python", "toc.not_included"]


def list_sources(_app, _what, _name, _object, _options, lines):
    """Write one item for each source of a docstring, which stand there one under the other."""
    if "References" not in lines:
        return
    start = lines.index("References") + 2
    stop = next((place for place in range(start, len(lines)) if not lines[place].strip()), len(lines))
    entries = []
    for line in lines[start:stop]:
        before = entries[-1] if entries else ""
        is_whole = re.search(r"\(\d{4}\)", before) and re.search(r"[^A-Z]\.$|\(.*\)\.?$|\.pdf$|\d$", before)
        if not entries or (is_whole and re.match(r"(de |van )?[A-Z][\w'-]+( [A-Z][\w'-]+)*, [A-Z]\.", line)):
            entries.append(line)
        else:
            entries[-1] = f"{before} {line}"
    lines[start:stop] = [f"* {entry}" for entry in entries]


def setup(app):
    """Add what Sphinx lacks: search in Chinese, sources one by one."""
    app.add_search_language(ChineseSearch)
    app.connect("autodoc-process-docstring", list_sources, priority=100)
    return {"parallel_read_safe": True}
