"""Texts of users stay texts: whatever is in them, each format holds them as they are and nothing of them as markup."""

import json
import re

import pandas as pd
import pytest
import typst
from hypothesis import HealthCheck, given, settings, strategies as st

from emolabor.report.markup import emphasised, plain
from emolabor.report.pandoc import pandoc
from emolabor.report.tables import pipe_table

pytestmark = pytest.mark.slow

SPECIAL = "".join(map(chr, range(33, 48))) + ":;<=>?@[\\]^_`{|}~ ab1文\n"
TEXTS = st.lists(st.text(st.sampled_from(SPECIAL), min_size=1, max_size=16), min_size=8, max_size=8)
ANY = st.lists(st.text(min_size=1, max_size=12), min_size=8, max_size=8)
OFTEN = settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
READER = "--from=markdown+east_asian_line_breaks"
# What typst made of a content, as text again.
AS_TEXT = """#let as-text(it) = {
  if type(it) == str { it } else if it == [ ] { " " } else if it.has("text") { as-text(it.text) }
  else if it.func() == smartquote { if it.double { "\\"" } else { "'" } }
  else if it.has("children") { it.children.map(as-text).join("") }
  else { "ELEMENT " + repr(it.func()) }
}
"""
# Each would be something else than text in Markdown, HTML, typst, LaTeX or Word.
PAYLOADS = {
    "raw html": '<script>document.title="X"</script><img src=x onerror="alert(1)">',
    "div": 'x |\n\n::: {onmouseover="alert(1)" data-src="/etc/passwd"}\ndiv\n:::\n\n| tail',
    "metadata": "y |\n\n---\ntitle: X\ncss: /etc/passwd\nheader-includes: X\n---\n\n| tail",
    "heading": '# One\n\nTwo {#x onclick="alert(1)"}\n=====',
    "attributes": '[x]{onmouseover="alert(1)" data-src="/etc/passwd" src="http://127.0.0.1:9/x"}',
    "picture": "![x](/etc/passwd) ![](http://127.0.0.1:9/x.png)",
    "link": "[x](javascript:alert(1)) <http://127.0.0.1:9/>",
    "raw typst": '`#read("/etc/passwd")`{=typst} #read("/etc/passwd") #{ 6*7 } #let x = 1',
    "raw word": "`<w:instrText>DDEAUTO</w:instrText>`{=openxml}",
    "math": r"costs $5 or $6, $x^2$ \(a\) $$b$$",
    "citation": "@cmd [@nobody2001] <label>",
    "footnote": "x[^1] ^[note]\n\n[^1]: y",
    "table": "a | b || c\n\n+---+\n| x |\n+---+",
    "code": "```{=html}\n<b>\n``` `b`",
    "emphasis": "*a* **b** _c_ __d__ ~~e~~ ^f^ ~g~",
    "list": "1. a\n- b\n(@) c\n: d",
    "latex": r"\input{/etc/passwd} \write18{x} %",
    "placeholder": "{{ structural.fit.cfi:.3f }} {title} {0}",
    "entity": "&lt;b&gt; &amp; &#64; --- ... 'q' \"r\"",
    "escaped": r"\*a\* \\ \<b\> a\\",
}


def one_line(text):
    """The text as `plain` prints it: blanks are one, and an apostrophe is curved."""
    return re.sub("(?<=[A-Za-z])'(?=[a-z ])", "’", " ".join(text.split()))


def read(markdown):
    return json.loads(pandoc([READER, "--to=json"], markdown.encode("utf-8")))["blocks"]


def words(inlines):
    """The text of inlines that are text only."""
    assert {part["t"] for part in inlines} <= {"Str", "Space"}, inlines
    return "".join(part.get("c", " ") for part in inlines)


def in_typst(texts, folder):
    pieces = [pandoc([READER, "--to=typst", "--wrap=none"], plain(text).encode()).decode() for text in texts]
    path = folder / "texts.typ"
    path.write_text(AS_TEXT + "".join(f"#metadata(as-text([{piece}]))<out>\n" for piece in pieces), encoding="utf-8")
    found = json.loads(typst.query(str(path), "<out>", field="value", root=str(folder)))
    return [typeset((text or "").strip()) for text in found]


def typeset(text):
    """The text as typists write it: typst sets three points and an apostrophe as printers do."""
    return text.replace("…", "...").replace("’", "'")


@OFTEN
@given(TEXTS)
def test_a_text_reads_back_as_itself_wherever_it_stands(texts):
    cells = pd.DataFrame({plain(text): [plain(text), plain(text)] for text in dict.fromkeys(texts)})
    blocks = read(
        "\n\n".join([f"{plain(text)}\n\n- {plain(text)}\n\n# {plain(text)} end" for text in texts if text.strip()])
        + f"\n\n{pipe_table(cells, 'A', 'B')}"
    )
    wanted = [one_line(text) for text in texts if text.strip()]
    for text, (paragraph, bullet, head) in zip(
        wanted, zip(blocks[0::3], blocks[1::3], blocks[2::3], strict=False), strict=False
    ):
        assert words(paragraph["c"]) == text
        assert bullet["t"] == "BulletList" and words(bullet["c"][0][0]["c"]) == text
        assert head["t"] == "Header" and words(head["c"][2]) == f"{text} end"
    _, _, _, heads, bodies, _ = blocks[-2]["c"]
    own = [one_line(text) for text in dict.fromkeys(texts)]
    for row in [heads[1][0], *bodies[0][3]]:
        assert ["".join(words(block["c"]) for block in cell[4]) for cell in row[1]] == own


@OFTEN
@given(ANY)
def test_no_sign_of_any_script_is_markup_or_stops_a_page(texts):
    blocks = read("\n\n".join(f"x{plain(text)}" for text in texts))
    assert [block["t"] for block in blocks] == ["Para"] * len(texts)
    assert all(part["t"] in ("Str", "Space") for block in blocks for part in block["c"])


@settings(OFTEN, max_examples=8)
@given(texts=TEXTS)
def test_typst_sets_the_text_and_runs_nothing(tmp_path_factory, texts):
    assert in_typst(texts, tmp_path_factory.mktemp("typst")) == [typeset(one_line(text)) for text in texts]


@pytest.mark.parametrize("payload", PAYLOADS.values(), ids=PAYLOADS)
def test_payloads_are_printed_by_every_writer(payload, tmp_path):
    shown = one_line(payload)
    (block,) = read(plain(payload))
    assert block["t"] == "Para" and words(block["c"]) == shown
    for form in ("gfm-raw_html", "latex"):
        part = pandoc([READER, f"--to={form}", "--wrap=none"], plain(payload).encode())
        again = json.loads(pandoc([f"--from={form.removesuffix('-raw_html')}", "--to=json"], part))["blocks"]
        assert [one["t"] for one in again] == ["Para"], form
        # LaTeX's writer puts braces around some signs; GitHub makes links of addresses by itself.
        kinds = {one["t"] for one in again[0]["c"] if one.get("c", [None])[0] != ["", [], []]}
        assert kinds <= {"Str", "Space", "Link", "Quoted"}, (form, kinds)
    assert in_typst([payload], tmp_path) == [typeset(shown)]


def test_signs_that_cannot_be_printed_or_turn_a_line_around_are_left_out():
    assert plain("a\x00b\x1b[31mc\u202ed\u2066e\ud800f\ufffe") == r"ab\[31mcdef"
    assert plain("a\u2028b\x85c\r\nd") == "a b c d"


def test_emphasis_is_all_that_a_caption_may_mark():
    (block,) = read(emphasised("*N* = 9, **x** <b> `c` $d$ [e](f) 2 * 3 * 4 @g"))
    kinds = [part["t"] for part in block["c"]]
    assert kinds.count("Emph") == kinds.count("Strong") == 1
    assert set(kinds) == {"Str", "Space", "Emph", "Strong"}
