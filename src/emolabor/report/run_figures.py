"""The figures of the run's page: each with its number, whose answers it shows, its data and the lines that made it."""

import base64
from itertools import count, groupby

from emolabor.drawing.formats import show
from emolabor.report.bilingual import TAGS, described, filled, worded
from emolabor.report.notebook_page import caption_of, tables_of


def figures_content(folder, done, names):
    """Lay out the run's figures; those of a notebook that was run several times stand side by side.

    Parameters
    ----------
    folder : Path
        The run's folder.
    done : dict of str to Notebook
        The notebooks that ended well.
    names : dict of str to dict
        Language -> code -> label.

    Returns
    -------
    list of dict
        A block of figures each.
    """
    blocks, numbers = [], count(1)
    for _, group in groupby(done.values(), lambda one: one.stem):
        own = list(group)
        figures = [_figure(folder, one, key, names, next(numbers)) for one in own for key in one.figures]
        if figures:
            blocks.append({"are_several": len(own) > 1, "figures": figures})
    return blocks


def _figure(folder, notebook, key, names, number):
    file = f"figures/{notebook.name}_{key}.svg"
    factor = notebook.parameters.get("factor")
    labels = {code: names[code].get(factor, factor) for code in TAGS}
    caption = caption_of(notebook.stem, key, notebook.titles, labels)
    counted = _counted(notebook, key)
    caption = filled({code: "{caption}{n}" for code in TAGS}, caption=caption, n=counted) if counted else caption
    if notebook.data:
        source = described()["sources"][notebook.data]
        caption = filled({code: "{caption}{source}" for code in TAGS}, caption=caption, source=source)
    tables = [f"tables/{notebook.name}_{table}.csv" for table in tables_of(notebook.stem, key)]
    return {
        "file": file,
        "picture": base64.b64encode((folder / file).read_bytes()).decode("ascii"),
        "caption": caption,
        "number": worded("figure_number", n=number),
        "anchor": f"{notebook.name}.{key}",
        "tables": [table for table in tables if (folder / table).is_file()],
        "page": f"notebooks/{notebook.name}.html#{key}",
        "lines": notebook.figures[key],
    }


def _counted(notebook, key):
    """Say how many respondents stand behind a figure; where groups or items differ, from how many to how many."""
    place = described()["drawn"].get(f"{notebook.stem}.{key}", {}).get("n", "").split(".")
    found = [notebook.values]
    for step in place:
        found = [one for level in found for one in (level.values() if step == "*" else [level.get(step)]) if one]
    if place == [""] or not found:
        return None
    ends = sorted({int(min(found)), int(max(found))})
    return worded("figure_n", n="–".join(show(end, ",d") for end in ends))
