"""What the site is made of is whole: pages, links, names, search; Sphinx itself is asked by `python3 run.py docs`."""

import importlib.util
import re
import sys
from pathlib import Path

import pytest

import emolabor as el

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parent.parent


def script(name):
    spec = importlib.util.spec_from_file_location(name, ROOT / "docs" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module", params=["en", "zh"])
def laid_out(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp(request.param)
    before = [*sys.path]
    assert script("build_site").lay_out(request.param, folder) == []
    sys.path[:] = before
    return request.param, folder


def test_every_page_stands_in_its_language_with_its_links_led_to_files_that_are_there(laid_out):
    language, folder = laid_out
    names = {page.name.removesuffix(".md").removesuffix(".zh-CN") for page in (ROOT / "docs").glob("*.md")}
    assert names - {"README"} <= {page.stem for page in folder.glob("*.md")}
    for page in folder.rglob("*.md"):
        text = page.read_text(encoding="utf-8")
        for link in re.findall(r"\]\(([^)#\s]+)[^)]*\)", re.sub(r"^```.*?^```$", "", text, flags=re.M | re.S)):
            assert "://" in link or link.startswith("mailto:") or (page.parent / link).is_file(), (page.name, link)
            assert not link.endswith(".zh-CN.md")
    assert ("全部公开函数" in (folder / "functions.md").read_text(encoding="utf-8")) == (language == "zh")


def test_the_navigation_lists_every_page_of_the_index(laid_out):
    _, folder = laid_out
    text = (folder / "index.md").read_text(encoding="utf-8")
    listed = re.findall(r"^```\{toctree\}\n:hidden:\n:caption: (.+)\n\n((?:.+\n)+)```$", text, re.M)
    assert len(listed) >= 4
    pages = [line for _, lines in listed for line in lines.splitlines()]
    assert len(set(pages)) == len(pages)
    assert [page for page in pages if not any((folder / f"{page}{end}").exists() for end in (".md", ".ipynb"))] == []


def test_every_public_name_has_a_page_and_a_line(laid_out):
    _, folder = laid_out
    index = (folder / "functions.md").read_text(encoding="utf-8")
    for name in el.__all__:
        assert (folder / f"reference/el.{name}.md").is_file()
        assert f"[el.{name}](reference/el.{name}.md) | " in index


def test_every_room_of_the_face_is_shown():
    assert set(el.ROOM_OF.values()) <= set(script("public_face").ROOMS)


def test_a_link_to_nowhere_is_found(tmp_path):
    build_site = script("build_site")
    (tmp_path / "a.html").write_text(
        '<p id="here"><a href="#here"></a><a href="b.html#x"></a><a href="c.html"></a></p>'
    )
    (tmp_path / "b.html").write_text('<a href="a.html#here"></a><a href="https://example.org/"></a>')
    assert build_site.broken_links(tmp_path) == ["a.html: b.html#x", "a.html: c.html"]
