"""The page of a run: one HTML file that opens from disk and tells what the run gave, in Chinese and English."""

import base64
import json
import re
from html import escape
from itertools import groupby

from emolabor.drawing.formats import show
from emolabor.files import write_text
from emolabor.instrument import load_instrument
from emolabor.report.bilingual import TAGS, both, described, filled, page_file, word
from emolabor.report.run_notebooks import frame_of, read_notebooks
from emolabor.report.run_tables import claims_section, closing_section, section
from emolabor.report.what_if_panel import NOTEBOOK, what_if_content, what_if_panel

# Nothing may be loaded from or sent to anywhere; the links lead to files beside the page.
POLICY = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:"
CLAIMS, PUBLISHED = "07_structural_model", "12_published_evidence"


def write_run_page(folder, notebooks, paper, language):
    """Write ``index.html`` into a run's folder.

    Seconds and versions stay out of it: the same results give the same bytes. The page links to where they are.

    Parameters
    ----------
    folder : Path
        The run's folder, with its results, figures and executed notebooks.
    notebooks : DataFrame
        A row a notebook of the run, by name: compared, equal (values), reason (why none were compared, "skipped: ..."
        where the data cannot carry it), problem (why it failed; nothing that lies there under the name of a failed or
        skipped notebook is shown), differences (objects with key, reference and
        found).
    paper : iterable of Path
        The files of the paper; empty when it was not built.
    language : {"zh", "en"}
        Language of the figures, in which the page opens.

    Returns
    -------
    Path
    """
    names = {code: load_instrument("window_staff").names(code) for code in TAGS}
    is_done = (notebooks["problem"] == "") & ~notebooks["reason"].str.startswith("skipped")
    done = read_notebooks(folder, notebooks.index[is_done], names)
    levers = what_if_content(done[NOTEBOOK].values, names) if NOTEBOOK in done else None
    titles = described()["words"]["title"]
    sections = [
        _summary(notebooks, done),
        claims_section(done[CLAIMS], names) if CLAIMS in done else "",
        what_if_panel(levers, done[NOTEBOOK].data == "simulated") if levers else "",
        _figures(folder, done, names, language),
        closing_section(folder, notebooks, done),
        _paper(folder, paper),
    ]
    content = {"language": language, "tags": TAGS, "titles": titles, "words": described()["script"], "what_if": levers}
    parts = {
        "language": TAGS[language],
        "policy": POLICY,
        "title": escape(titles[language]),
        "style": page_file("run.css"),
        "heading": word("title"),
        "run": word("run", run=folder.name),
        "sections": "\n".join(filter(None, sections)),
        # No text can end the script element early.
        "content": json.dumps(content, ensure_ascii=False, sort_keys=True).replace("<", "\\u003c"),
        "script": page_file("run.js"),
    }
    # One pass, so that nothing that is filled in can be taken for a place.
    return write_text(folder / "index.html", re.sub(r"{{(\w+)}}", lambda place: parts[place[1]], page_file("run.html")))


def _summary(notebooks, done):
    """Say in a few lines whose answers these are, what became of the claims and whether the numbers are as expected."""
    lines = [word(f"data_{data}") for data in sorted({one.data for one in done.values()} - {None})]
    lines += [word("data_published")] if PUBLISHED in done else []
    sample = next((one.values["sample"] for one in done.values() if "sample" in one.values), None)
    if sample:
        lines.append(word("sample", **{key: show(sample[key], ",d") for key in ("respondents", "kept", "careless")}))
    if CLAIMS in done:
        found = frame_of(done[CLAIMS].values["verdicts"])["verdict"]
        counts = {key: int((found == key).sum()) for key in ("supported", "undecided", "contradicted")}
        lines.append(word("verdict_counts", others=len(found) - sum(counts.values()), **counts))
    compared, equal = int(notebooks["compared"].sum()), int(notebooks["equal"].sum())
    lines.append(word("equal_counts", compared=f"{compared:,}", equal=f"{equal:,}") if compared else word("no_counts"))
    failed = int((notebooks["problem"] != "").sum())
    if failed:
        lines.append(f"<strong>{word('failed_counts', failed=failed)}</strong>")
    return f'<ul class="summary">{"".join(f"<li>{line}</li>" for line in lines)}</ul>'


def _figures(folder, done, names, language):
    """Embed the run's figures; those of a notebook that was run several times stand side by side."""
    blocks = []
    for stem, group in groupby(done.values(), lambda one: one.stem):
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


def _paper(folder, paper):
    """Link the paper's files, a line a language."""
    if not paper:
        return section("paper", f"<p>{word('no_paper')}</p>")
    lines = []
    for language in TAGS:
        own = sorted(path for path in paper if path.name.endswith(f".{language}{path.suffix}"))
        links = [
            f'<a href="{escape(path.relative_to(folder).as_posix())}">{path.suffix[1:].upper()}</a>' for path in own
        ]
        lines.append(f"<li>{both(described()['paper'][language])}{' · '.join(links)}</li>")
    return section("paper", f"<ul>{''.join(lines)}</ul>")
