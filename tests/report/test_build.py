import hashlib
import io
import re
import zipfile

import pytest

from emolabor.common.errors import EmolaborError
from emolabor.report import build_paper

pytestmark = pytest.mark.slow


def digests(paths):
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in paths}


def test_three_formats_in_two_languages_are_the_same_bytes_on_repeat(run_folder, paper_folder):
    first = build_paper(run_folder, paper_folder=paper_folder)
    assert [path.name for path in first] == [
        f"emolabor.{lang}.{end}" for lang in ("zh", "en") for end in ("html", "docx", "pdf")
    ]
    before = digests(first)
    assert digests(build_paper(run_folder, paper_folder=paper_folder)) == before


def test_every_format_holds_the_numbers_table_figure_and_reference(run_folder, paper_folder):
    html, docx, pdf = build_paper(run_folder, ("zh",), paper_folder)
    page = html.read_text(encoding="utf-8").replace("\u00a0", " ")
    for text in (
        "0.953",
        "&lt; 0.001",
        "[0.30, 0.50]",
        "表层扮演 → 情绪耗竭",
        "达到",
        "表 1",
        "HÜLSHEGER",
        "data:image/svg+xml",
    ):
        assert text in page, text
    assert not re.search(r'(src|href)="(?!#|data:)', page), "the page asks for another file"
    with zipfile.ZipFile(io.BytesIO(docx.read_bytes())) as parts:
        body = re.sub("<[^>]+>", "", parts.read("word/document.xml").decode("utf-8"))
        styles = parts.read("word/styles.xml").decode("utf-8")
        pictures = [name for name in parts.namelist() if name.startswith("word/media/")]
    assert "0.953" in body and "表层扮演 → 情绪耗竭" in body and "HÜLSHEGER" in body
    assert 'w:eastAsia="SimSun"' in styles and "Times New Roman" in styles
    assert [name.rsplit(".", 1)[1] for name in pictures] == ["png"]
    assert pdf.read_bytes().startswith(b"%PDF")
    assert b"NotoSerifSC" in pdf.read_bytes()


def test_unknown_key_stops_the_build_before_anything_is_written(run_folder, paper_folder):
    (paper_folder / "manuscript.en.md").write_text("A\n\n{{ structural.fit.cfl:.3f }}\n", encoding="utf-8")
    with pytest.raises(
        EmolaborError, match=r"manuscript.en.md, line 3: unknown key 'structural.fit.cfl'.*structural.fit.cfi"
    ):
        build_paper(run_folder, ("en",), paper_folder)
    assert not list((run_folder / "paper").iterdir())


def test_missing_manuscript_is_named(run_folder, paper_folder):
    with pytest.raises(EmolaborError, match=r"manuscript\.fr\.md"):
        build_paper(run_folder, ("fr",), paper_folder)


def test_a_reference_that_is_not_in_the_list_stops_the_build(run_folder, paper_folder):
    (paper_folder / "manuscript.en.md").write_text("As shown [@nobody1999].\n", encoding="utf-8")
    with pytest.raises(EmolaborError, match="nobody1999"):
        build_paper(run_folder, ("en",), paper_folder)


def test_no_place_on_this_machine_is_written_into_the_files(run_folder, paper_folder):
    html, docx, pdf = build_paper(run_folder, ("en",), paper_folder)
    with zipfile.ZipFile(io.BytesIO(docx.read_bytes())) as parts:
        inside = b"".join(parts.read(name) for name in parts.namelist())
    for data in (html.read_bytes(), inside, pdf.read_bytes()):
        assert str(paper_folder).encode() not in data and b"references.bib" not in data


def test_the_chinese_paper_follows_gbt(run_folder, paper_folder):
    (paper_folder / "references.bib").write_text(
        "@article{a1, author={Deng, Huihua and Wu, Hanyao}, title={T}, journal={J}, year={2020}}\n"
        "@article{b1, author={卢红旭 and 周帆}, title={题}, journal={刊}, year={2019}}\n",
        encoding="utf-8",
    )
    (paper_folder / "manuscript.zh.md").write_text("已有研究[@a1; @b1]等。\n\n::: {#refs}\n:::\n", encoding="utf-8")
    html, *_ = build_paper(run_folder, ("zh",), paper_folder)
    text = html.read_text(encoding="utf-8").replace("\u00a0", " ")
    cited, listed = text.split('id="refs"')
    assert re.search(r"已有研究<[^>]*>（DENG et al.,\s2020; 卢红旭 等, 2019）</span>等。", cited)
    assert listed.index("卢红旭") < listed.index("DENG")  # Chinese works stand first
