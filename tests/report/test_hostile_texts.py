"""Texts made to do harm, in every place of the paper and of the validation report: each prints, none does anything."""

import io
import json
import re
import zipfile
from dataclasses import replace
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

import pytest
import typst
from hostile import hostile

import emolabor as el
from emolabor.common.errors import EmolaborError
from emolabor.report import build as building, build_paper, write_table, write_validation
from emolabor.report.pandoc import pandoc
from emolabor.study.runner import build_run_paper

from .test_markup import PAYLOADS, one_line

pytestmark = pytest.mark.slow

CLAIMS = """
  claims:
    rows: claims.claims
    label: [{zh: 编号, en: Claim}]
    columns: [{column: "text_{language}", free: true, zh: 论断, en: Text}, {column: kind, zh: 检验, en: Kind}]
    caption: {zh: 论断, en: Claims}
    note: {zh: "{{ claims.parameters.file }}", en: "{{ claims.parameters.file }}"}
figures:
"""
COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)


class Page(HTMLParser):
    """What a page holds: its elements with their attributes, and its text."""

    def __init__(self, text):
        super().__init__()
        self.elements, self.text = [], ""
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))

    def handle_data(self, data):
        self.text += data

    def assert_harmless(self):
        assert {tag for tag, _ in self.elements} <= HARMLESS, {tag for tag, _ in self.elements} - HARMLESS
        for tag, attributes in self.elements:
            for name, value in attributes.items():
                assert not name.startswith("on") and name != "data-src", (tag, name)
                assert name not in ("src", "href") or value.startswith(("data:image/svg+xml", "#")), (tag, value)


HARMLESS = {
    *("html", "head", "meta", "title", "style", "body", "header", "h1", "h2", "p", "div", "span", "em", "strong"),
    *("table", "caption", "colgroup", "col", "thead", "tbody", "tr", "th", "td", "ul", "li", "figure", "figcaption"),
    *("img", "a", "br"),
}


def squeezed(text):
    """Letters without blanks, and quotation marks and points as typists write them."""
    return re.sub(r"\s", "", text).replace("’", "'").replace("…", "...")


def assert_printed(text, payloads=PAYLOADS):
    shown = squeezed(text)
    missing = [name for name, payload in payloads.items() if squeezed(one_line(payload)) not in shown]
    assert missing == []


def word_text(data):
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        body = parts.read("word/document.xml").decode("utf-8")
        media = [name for name in parts.namelist() if name.startswith("word/media/")]
        links = parts.read("word/_rels/document.xml.rels").decode("utf-8")
    assert "<w:instrText" not in body and 'TargetMode="External"' not in links
    text = re.sub("<[^>]+>", "", body)
    return unescape(text), media


@pytest.fixture
def hostile_run(run_folder, paper_folder, monkeypatch):
    """A run of which every text is a payload, its claims, the names of its constructs and a file's name."""
    claims = {
        f"C{number:02}": {"text_zh": payload, "text_en": payload, "kind": payload}
        for number, payload in enumerate(PAYLOADS.values())
    }
    stored = {"parameters": {"file": PAYLOADS["raw html"]}, "values": {"claims": claims}}
    (run_folder / "01_claims_and_design.json").write_text(json.dumps(stored), encoding="utf-8")
    floats = (paper_folder / "floats.yaml").read_text(encoding="utf-8").replace("figures:\n", CLAIMS.lstrip("\n"))
    (paper_folder / "floats.yaml").write_text(floats, encoding="utf-8")
    for path in paper_folder.glob("manuscript.*.md"):
        text = path.read_text(encoding="utf-8").replace(
            "{{ figure model }}", "{{ figure model }}\n\n{{ table claims }}"
        )
        path.write_text(f"{text}\n\nFile: {{{{ claims.parameters.file }}}}\n", encoding="utf-8")
    names = {"surface_acting": PAYLOADS["attributes"], "exhaustion": PAYLOADS["raw typst"]}

    class Instrument:
        def names(self, language):
            return names

    monkeypatch.setattr(building, "load_instrument", lambda key: Instrument())
    return run_folder


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_paper_prints_every_text_and_has_its_picture_in_each_format(
    hostile_run, paper_folder, language, monkeypatch
):
    set_typst, roots = typst.compile, []

    def compile_typst(path, root, **options):
        pictures = json.loads(typst.query(path, "image", root=root, **{k: options[k] for k in options if "font" in k}))
        roots.append((sorted(one.name for one in Path(root).iterdir()), len(pictures)))
        return set_typst(path, root=root, **options)

    monkeypatch.setattr(typst, "compile", compile_typst)
    html, docx, pdf = (path.read_bytes() for path in build_paper(hostile_run, (language,), paper_folder))
    page = Page(html.decode("utf-8"))
    page.assert_harmless()
    assert_printed(page.text)
    assert [tag for tag, _ in page.elements].count("img") == 1
    text, media = word_text(docx)
    assert_printed(text)
    assert len(media) == 1
    assert roots == [(["model." + language + ".svg", "paper.typ"], 1)]
    assert pdf.startswith(b"%PDF") and b"passwd" not in pdf
    for data in (html, docx):
        assert b"root:x:0" not in data


def test_the_paper_of_hostile_texts_is_the_same_bytes_on_repeat(hostile_run, paper_folder):
    first, second = ([path.read_bytes() for path in build_paper(hostile_run, ("en",), paper_folder)] for _ in range(2))
    assert first == second


def test_a_paper_that_typst_refuses_is_one_line_and_leaves_no_half(run_folder, paper_folder):
    path = paper_folder / "manuscript.en.md"
    path.write_text(path.read_text(encoding="utf-8") + "\n`#nothing(`{=typst}\n", encoding="utf-8")
    root = paper_folder.parent
    files, reason = build_run_paper(root, run_folder)
    assert files == () and reason.startswith("typst: ") and "\n" not in reason
    assert list((run_folder / "paper").iterdir()) == []


def test_a_fault_of_the_paper_is_one_line_too(run_folder, paper_folder, monkeypatch):
    monkeypatch.setattr(building, "read_floats", lambda *_: {}["x"])
    files, reason = build_run_paper(paper_folder.parent, run_folder)
    assert files == () and "KeyError" in reason and "\n" not in reason
    log = Path(re.search(r"is in (\S+\.log)", reason)[1])
    assert "Traceback" in log.read_text(encoding="utf-8")
    log.unlink()


def test_pandoc_opens_no_file_that_a_text_names(tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("SECRET", encoding="utf-8")
    for text in (f"![x]({secret})", f'[x]{{data-src="{secret}"}}', f'<img src="{secret}">'):
        try:
            page = pandoc(["--from=markdown", "--to=html5", "--standalone", "--embed-resources"], text.encode())
        except EmolaborError:
            continue
        assert b"SECRET" not in page and b"U0VDUkVU" not in page


def test_pandoc_takes_no_template_of_the_user(tmp_path, monkeypatch):
    template = tmp_path / ".local" / "share" / "pandoc" / "templates" / "default.html5"
    template.parent.mkdir(parents=True)
    template.write_text("MINE", encoding="utf-8")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / ".local" / "share"))
    assert b"MINE" not in pandoc(["--to=html5", "--standalone", "--metadata=title:x"], b"x")


@pytest.fixture(scope="module")
def hostile_report():
    scale = el.load_scale("emotional_exhaustion")
    answers = el.simulate_staff(300, seed=1)
    answers["form"] = ["A", PAYLOADS["raw html"]] * 150
    report = el.validation_report(answers, scale, version="form", old="A", n_resamples=20)
    return report, scale


def hostile_scale(scale, payload):
    """The scale with the payload in its name and its construct, and in the name and the items of its dimension."""
    texts = {"zh": payload, "en": payload}
    dimension = scale.dimensions[0]
    items = tuple(replace(item, text=texts) for item in dimension.items)
    return replace(scale, names=texts, construct=texts, dimensions=(replace(dimension, names=texts, items=items),))


@pytest.mark.parametrize("payload", PAYLOADS.values(), ids=PAYLOADS)
def test_the_validation_report_prints_the_texts_of_a_scale(hostile_report, payload, tmp_path):
    report, scale = hostile_report
    report = replace(report, scale=hostile_scale(scale, payload))
    page = Page(write_validation(report, tmp_path / "report.html", "en").read_text(encoding="utf-8"))
    page.assert_harmless()
    title = f"Validation report: {one_line(payload)}"
    assert squeezed(page.text).count(squeezed(title)) == 2  # in the window's bar and as the heading
    assert_printed(page.text, {"": payload})
    text, media = word_text(write_validation(report, tmp_path / "report.docx", "en").read_bytes())
    assert_printed(text, {"": payload})
    assert media == []
    markdown = write_validation(report, tmp_path / "report.md", "zh").read_bytes()
    read_again = Page(pandoc(["--from=gfm", "--to=html5"], markdown).decode("utf-8"))
    assert not {"script", "img", "iframe"} & {tag for tag, _ in read_again.elements}
    assert_printed(read_again.text, {"": payload})


@pytest.mark.parametrize("reader", ["gfm", "markdown"])
@pytest.mark.parametrize("payload", PAYLOADS.values(), ids=PAYLOADS)
def test_the_codebook_prints_the_texts_of_an_instrument_and_the_name_of_a_file(payload, reader, tmp_path):
    import pandas as pd

    instrument = hostile(tmp_path / "small", payload)
    book = el.codebook(instrument, pd.DataFrame({"ca1": [1.0, 2.0] * 20}), source=payload)
    page = Page(book.write(tmp_path / "book.html", "en").read_text(encoding="utf-8"))
    page.assert_harmless()
    markdown = book.write(tmp_path / "book.md", "en").read_bytes()
    read_again = Page(pandoc([f"--from={reader}", "--to=html5", "--wrap=none"], markdown).decode("utf-8"))
    assert not {"script", "img", "iframe", "a", "b", "em", "strong", "code"} & {tag for tag, _ in read_again.elements}
    wanted = squeezed(payload)
    shown = [squeezed(one.text).replace("“", '"').replace("”", '"').replace("‘", "'") for one in (page, read_again)]
    for text in shown:
        for typed, curled in (("–", "--"), ("—", "---")):  # pandoc sets dashes as typists mean them
            text, wanted = text.replace(typed, "-"), wanted.replace(curled, "-")
        assert re.sub("-+", "-", text).count(re.sub("-+", "-", wanted)) > 10


@pytest.mark.parametrize("ending", [".md", ".html", ".docx", ".tex", ".typ"])
def test_a_table_prints_its_texts(ending, tmp_path):
    import pandas as pd

    frame = pd.DataFrame({name: [payload] for name, payload in PAYLOADS.items()})
    frame.columns = [payload for name, payload in PAYLOADS.items()]
    path = write_table(frame, tmp_path / f"table{ending}", PAYLOADS["div"], PAYLOADS["metadata"], "en")
    marks = {name: payload for name, payload in PAYLOADS.items() if "*" not in payload}  # headings may be in italics
    if ending == ".html":
        page = Page(path.read_text(encoding="utf-8"))
        page.assert_harmless()
        assert_printed(page.text, marks)
    elif ending == ".docx":
        assert_printed(word_text(path.read_bytes())[0], marks)
    elif ending == ".typ":
        assert typst.compile(str(path), root=str(tmp_path)).startswith(b"%PDF")
    else:
        read_again = Page(
            pandoc([f"--from={'gfm' if ending == '.md' else 'latex'}", "--to=html5"], path.read_bytes()).decode()
        )
        assert not {"script", "img", "iframe"} & {tag for tag, _ in read_again.elements}
