"""The figures of the run's page, embedded, each a link to its file."""

import base64
from html import escape
from itertools import groupby

from emolabor.report.bilingual import TAGS, both, described, filled, word
from emolabor.report.run_tables import section


def figures_section(folder, done, names, language):
    """Embed the run's figures; those of a notebook that was run several times stand side by side.

    Parameters
    ----------
    folder : Path
        The run's folder.
    done : dict of str to Notebook
        The notebooks that ended well.
    names : dict of str to dict
        Language -> code -> label.
    language : {"zh", "en"}
        Language of the figures.

    Returns
    -------
    str
        HTML; empty without figures.
    """
    blocks = []
    for _, group in groupby(done.values(), lambda one: one.stem):
        own = list(group)
        pictures = [_figure(folder, one, key, names, language) for one in own for key in one.figures]
        if pictures:
            blocks.append(f'<div class="{"several" if len(own) > 1 else "single"}">{"".join(pictures)}</div>')
    return section("figures", f"<p>{word(f'figures_{language}')}</p>", *blocks) if blocks else ""


def _figure(folder, notebook, key, names, language):
    file = f"figures/{notebook.name}_{key}.svg"
    texts = described()["captions"].get(f"{notebook.stem}.{key}", {code: f"{{title}} ({key})" for code in TAGS})
    factor = notebook.parameters.get("factor")
    labels = {code: names[code].get(factor, factor) for code in TAGS}
    caption = filled(texts, title=notebook.titles, factor=labels)
    if notebook.data:
        source = described()["sources"][notebook.data]
        caption = filled({code: "{caption}{source}" for code in TAGS}, caption=caption, source=source)
    picture = base64.b64encode((folder / file).read_bytes()).decode("ascii")
    alternatives = " ".join(f'data-{code}="{escape(caption[code])}"' for code in TAGS)
    image = f'<img src="data:image/svg+xml;base64,{picture}" alt="{escape(caption[language])}" {alternatives}>'
    return f'<figure><a href="{escape(file)}">{image}</a><figcaption>{both(caption)}</figcaption></figure>'
