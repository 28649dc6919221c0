"""The figures of the run's page, embedded, each a link to its file."""

import base64
from itertools import groupby

from emolabor.report.bilingual import TAGS, described, filled


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
    blocks = []
    for _, group in groupby(done.values(), lambda one: one.stem):
        own = list(group)
        figures = [_figure(folder, one, key, names) for one in own for key in one.figures]
        if figures:
            blocks.append({"are_several": len(own) > 1, "figures": figures})
    return blocks


def _figure(folder, notebook, key, names):
    file = f"figures/{notebook.name}_{key}.svg"
    texts = described()["captions"].get(f"{notebook.stem}.{key}", {code: f"{{title}} ({key})" for code in TAGS})
    factor = notebook.parameters.get("factor")
    labels = {code: names[code].get(factor, factor) for code in TAGS}
    caption = filled(texts, title=notebook.titles, factor=labels)
    if notebook.data:
        source = described()["sources"][notebook.data]
        caption = filled({code: "{caption}{source}" for code in TAGS}, caption=caption, source=source)
    picture = base64.b64encode((folder / file).read_bytes()).decode("ascii")
    return {"file": file, "picture": picture, "caption": caption}
