"""The page of a run: one HTML file that opens from disk and tells what the run gave, in Chinese and English."""

from emolabor.common.files import write_text
from emolabor.common.templates import as_json, page_file, render
from emolabor.drawing.formats import show
from emolabor.instrument import load_instrument
from emolabor.report.bilingual import FILES, TAGS, described, filled, worded
from emolabor.report.run_figures import figures_content
from emolabor.report.run_notebooks import frame_of, read_notebooks
from emolabor.report.run_quality import quality_content
from emolabor.report.run_tables import claims_content, closing_content
from emolabor.report.what_if_panel import NOTEBOOK, what_if_content, what_if_panel
from emolabor.theory import load_claims

# Nothing may be loaded from or sent to anywhere; the links lead to files beside the page.
POLICY = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:"
CLAIMS, PUBLISHED = "07_structural_model", "12_published_evidence"


def write_run_page(
    folder, notebooks, paper, language, instrument=None, claims=None, paper_problem="", plan=None, heads=None
):
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
    plan : dict, optional
        How the run stands to the plan of its study: short and departures (sentences, keys zh and en), is_kept.
    heads : dict of str to dict, optional
        Notebook -> language -> heading; by default each executed notebook's own.

    Returns
    -------
    Path
    """
    instrument = instrument or load_instrument("window_staff")
    names = {code: instrument.names(code if code in instrument.languages else instrument.languages[0]) for code in TAGS}
    is_done = (notebooks["problem"] == "") & notebooks["skipped"].isna()
    done = read_notebooks(folder, notebooks.index[is_done], names, heads or {})
    levers = what_if_content(done[NOTEBOOK].values, names) if NOTEBOOK in done else None
    titles = filled(described()["words"]["title"], study=_in_both(instrument.title))
    meanings = {key: _in_both(scale.construct) for scale in instrument.scales for key in _keys(scale)}
    quality = quality_content(done, names, instrument, plan)
    sections = {
        "quality": quality,
        "claims": claims_content(done[CLAIMS], names, claims or load_claims()) if CLAIMS in done else None,
        "what_if": what_if_panel(levers, meanings, done[NOTEBOOK].data == "simulated") if levers else None,
        "figures": figures_content(folder, done, names),
        "closing": closing_content(folder, notebooks, done),
        "paper": _paper(folder, paper, paper_problem),
    }
    content = {"language": language, "tags": TAGS, "titles": titles, "words": described()["script"], "what_if": levers}
    page = render(
        FILES,
        "run.html",
        language=language,
        tags=TAGS,
        filled=filled,
        words=described()["words"],
        verdicts=described()["verdicts"],
        policy=POLICY,
        style=page_file(FILES, "run.css"),
        titles=titles,
        run=folder.name,
        simulated="simulated" in {one.data for one in done.values()},
        summary=_summary(notebooks, done, levers, quality, paper_problem, plan),
        sections={key: section for key, section in sections.items() if section},
        content=as_json(content, sort_keys=True),
        script=page_file(FILES, "run.js"),
    )
    return write_text(folder / "index.html", page)


def _in_both(texts):
    """Fill in a language in which a study's text is not written."""
    return {code: texts.get(code) or next(iter(texts.values())) for code in TAGS}


def _keys(scale):
    return (scale.key, *(dimension.key for dimension in scale.dimensions))


def _summary(notebooks, done, levers, quality, paper_problem, plan):
    """Say in a few lines whose answers these are, what became of the claims and whether the numbers are as expected."""
    lines = [worded("data_collected")] if "collected" in {one.data for one in done.values()} else []
    sample = next((one.values["sample"] for one in done.values() if "sample" in one.values), None)
    if sample:
        lines.append(worded("sample", **{key: show(sample[key], ",d") for key in ("respondents", "kept", "careless")}))
    poor = quality["warnings"] if quality else []
    lines += poor
    lines += plan["short"] if plan else []
    departed = plan["short"] if plan and not plan["is_kept"] else []
    if CLAIMS in done:
        found = frame_of(done[CLAIMS].values["verdicts"])["verdict"]
        counts = {key: int((found == key).sum()) for key in ("at_least", "open", "below")}
        lines.append(worded("verdict_counts", others=len(found) - sum(counts.values()), **counts))
    if levers:
        first = levers["levers"][0]
        found = done[NOTEBOOK].values["ranking"][first["key"]]
        gain = {place: show(found[place], ".2f") for place in ("gain", "gain_lower", "gain_upper")}
        best = f"{found['best']:.0%}"
        lines.append(worded("first_lever", factor=first["names"], outcome=levers["outcome"], best=best, **gain))
    lines += [worded("data_published")] if PUBLISHED in done else []
    compared, equal = (int(notebooks[key].sum()) for key in ("compared", "equal"))
    counted = worded("equal_counts", compared=f"{compared:,}", equal=f"{equal:,}")
    lines.append(counted if compared else worded("no_counts"))
    failed = int((notebooks["problem"] != "").sum())
    alarms = [worded("failed_counts", failed=failed)] if failed else []
    lost = int(notebooks["reason"].str.startswith("a part failed").sum())
    alarms += [worded("failed_parts", failed=lost)] if lost else []
    alarms += [worded("paper_failed")] if paper_problem else []
    return [{"texts": one, "alarms": one in (*poor, *departed, *alarms)} for one in (*lines, *alarms)]


def _paper(folder, paper, problem):
    """Name the paper's files by language, or say why there are none."""
    languages = []
    for language in TAGS:
        own = sorted(path for path in paper if path.name.endswith(f".{language}{path.suffix}"))
        files = [{"path": path.relative_to(folder).as_posix(), "kind": path.suffix[1:].upper()} for path in own]
        languages.append({"words": described()["paper"][language], "files": files})
    return {"problem": problem, "languages": languages if paper else []}
