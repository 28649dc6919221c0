"""The page of a run: one HTML file that opens from disk and tells what the run gave, in Chinese and English."""

import json
import re
from html import escape

from emolabor.common.files import write_text
from emolabor.drawing.formats import show
from emolabor.instrument import load_instrument
from emolabor.report.bilingual import TAGS, both, described, filled, page_file, word
from emolabor.report.run_figures import figures_section
from emolabor.report.run_notebooks import frame_of, read_notebooks
from emolabor.report.run_tables import claims_section, closing_section, section
from emolabor.report.what_if_panel import NOTEBOOK, what_if_content, what_if_panel
from emolabor.theory import load_claims

# Nothing may be loaded from or sent to anywhere; the links lead to files beside the page.
POLICY = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:"
CLAIMS, PUBLISHED = "07_structural_model", "12_published_evidence"


def write_run_page(folder, notebooks, paper, language, instrument=None, claims=None, paper_problem=""):
    """Write ``index.html`` into a run's folder.

    Seconds and versions stay out of it: the same results give the same bytes. The page links to where they are.

    Parameters
    ----------
    folder : Path
        The run's folder, with its results, figures and executed notebooks.
    notebooks : DataFrame
        A row a notebook of the run, by name: compared, equal (values), reason (why none were compared), skipped (why
        the data cannot carry it, keys zh and en; None where they can), problem (why it failed; nothing that lies there
        under the name of a failed or skipped notebook is shown), differences (objects with key, reference and found).
    paper : iterable of Path
        The files of the paper; empty when it was not built.
    language : {"zh", "en"}
        Language of the figures, in which the page opens.
    instrument : Instrument, optional
        What was asked; by default window_staff.
    claims : iterable of Claim, optional
        What was claimed; by default the essay's.
    paper_problem : str
        Why the paper failed; empty where it did not or was not to be built.

    Returns
    -------
    Path
    """
    instrument = instrument or load_instrument("window_staff")
    names = {code: instrument.names(code if code in instrument.languages else instrument.languages[0]) for code in TAGS}
    is_done = (notebooks["problem"] == "") & notebooks["skipped"].isna()
    done = read_notebooks(folder, notebooks.index[is_done], names)
    levers = what_if_content(done[NOTEBOOK].values, names) if NOTEBOOK in done else None
    titles = filled(described()["words"]["title"], study=_in_both(instrument.title))
    meanings = {key: _in_both(scale.construct) for scale in instrument.scales for key in _keys(scale)}
    sections = {
        "claims": claims_section(done[CLAIMS], names, claims or load_claims()) if CLAIMS in done else "",
        "what_if": what_if_panel(levers, meanings, done[NOTEBOOK].data == "simulated") if levers else "",
        "figures": figures_section(folder, done, names, language),
        "closing": closing_section(folder, notebooks, done),
        "paper": _paper(folder, paper, paper_problem),
    }
    sections = {key: text for key, text in sections.items() if text}
    content = {"language": language, "tags": TAGS, "titles": titles, "words": described()["script"], "what_if": levers}
    parts = {
        "language": TAGS[language],
        "policy": POLICY,
        "title": escape(titles[language]),
        "style": page_file("run.css"),
        "heading": both(titles),
        "run": word("run", run=folder.name),
        "summary": _summary(notebooks, done, levers, paper_problem),
        "contents": _contents(sections),
        "sections": "\n".join(sections.values()),
        # No text can end the script element early.
        "content": json.dumps(content, ensure_ascii=False, sort_keys=True).replace("<", "\\u003c"),
        "script": page_file("run.js"),
    }
    # One pass, so that nothing that is filled in can be taken for a place.
    return write_text(folder / "index.html", re.sub(r"{{(\w+)}}", lambda place: parts[place[1]], page_file("run.html")))


def _in_both(texts):
    """Fill in a language in which a study's text is not written."""
    return {code: texts.get(code) or next(iter(texts.values())) for code in TAGS}


def _keys(scale):
    return (scale.key, *(dimension.key for dimension in scale.dimensions))


def _contents(sections):
    """Link the sections that the page has."""
    links = "".join(f'<li><a href="#{key}">{word(key)}</a></li>' for key in sections)
    return f'<nav aria-labelledby="contents"><span id="contents">{word("contents")}</span><ul>{links}</ul></nav>'


def _summary(notebooks, done, levers, paper_problem):
    """Say in a few lines whose answers these are, what became of the claims and whether the numbers are as expected."""
    data = {one.data for one in done.values()}
    warning = f'<p class="caution">{word("data_simulated")}</p>' if "simulated" in data else ""
    lines = [word("data_collected")] if "collected" in data else []
    sample = next((one.values["sample"] for one in done.values() if "sample" in one.values), None)
    if sample:
        lines.append(word("sample", **{key: show(sample[key], ",d") for key in ("respondents", "kept", "careless")}))
    if CLAIMS in done:
        found = frame_of(done[CLAIMS].values["verdicts"])["verdict"]
        counts = {key: int((found == key).sum()) for key in ("supported", "undecided", "contradicted")}
        lines.append(word("verdict_counts", others=len(found) - sum(counts.values()), **counts))
    if levers:
        first = levers["levers"][0]
        found = done[NOTEBOOK].values["ranking"][first["key"]]
        gain = {place: show(found[place], ".2f") for place in ("gain", "gain_lower", "gain_upper")}
        best = f"{found['best']:.0%}"
        lines.append(word("first_lever", factor=first["names"], outcome=levers["outcome"], best=best, **gain))
    lines += [word("data_published")] if PUBLISHED in done else []
    compared, equal = int(notebooks["compared"].sum()), int(notebooks["equal"].sum())
    lines.append(word("equal_counts", compared=f"{compared:,}", equal=f"{equal:,}") if compared else word("no_counts"))
    failed = int((notebooks["problem"] != "").sum())
    if failed:
        lines.append(f"<strong>{word('failed_counts', failed=failed)}</strong>")
    if paper_problem:
        lines.append(f"<strong>{word('paper_failed')}</strong>")
    return f'{warning}<ul class="summary">{"".join(f"<li>{line}</li>" for line in lines)}</ul>'


def _paper(folder, paper, problem):
    """Link the paper's files, a line a language, or say why there are none."""
    if problem:
        return section("paper", f"<p><strong>{word('paper_problem')}</strong></p><ul><li>{escape(problem)}</li></ul>")
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
