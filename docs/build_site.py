"""Build the site of the documentation: ``python docs/build_site.py [FOLDER]``, or ``python3 run.py docs``.

Two sites side by side, en/ and zh/, each with its navigation and search. Pages keep the words they have on GitHub: the
index of docs/ gives the navigation, pages and notebooks are copied, their links led to the pages of the site, the
pictures of the gallery drawn, and the reference written from the docstrings. Sphinx makes HTML of it, without network,
that opens from disk or from any server. Ends with a check of every link between pages.
"""

import contextlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

from emolabor.study.editions import edition_path, sources

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
sys.path.insert(0, str(DOCS))  # the scripts beside this one
LANGUAGES = {"en": "en", "zh": "zh_CN"}
# Pages that lie elsewhere: from the project's folder -> name on the site.
ELSEWHERE = {
    "README": "about",
    "CONTRIBUTING": "contributing",
    "CHANGELOG": "changelog",
    "SECURITY": "security",
    "CODE_OF_CONDUCT": "conduct",
    "data/simulated/README": "data/simulated",
    "data/published/README": "data/published",
    "data/reference_lavaan/README": "data/reference_lavaan",
}
NOTEBOOKS = {"en": "The study, section by section", "zh": "研究各节"}
NOTE = {
    "en": "Executed, with all outputs, as they are committed; the staff are **simulated**.",
    "zh": "按提交时的原样呈现，含全部输出；人员为**模拟数据**。",
}
LINK = re.compile(r"(!?\[[^\]]*\]\()([^)\s]+)(\))")
FENCE = re.compile(r"(^```.*?^```$)", re.MULTILINE | re.DOTALL)


def pages(language):
    """Return file of the project -> name on the site of every page: in a language, and in English where it lacks."""
    found = {}
    for path in [*sorted(DOCS.glob("*.md")), *sorted((ROOT / "benchmarks").glob("*.md"))]:
        own = path.name.removesuffix(".md").removesuffix(".zh-CN")
        folder = "benchmarks/" if path.parent.name == "benchmarks" else ""
        found[path] = "index" if own == "README" else folder + own
    for own, name in ELSEWHERE.items():
        twins = (ROOT / f"{own}{ending}" for ending in (".md", ".zh-CN.md"))
        found |= {path: name for path in twins if path.exists()}
    found |= {edition_path(path, language): f"notebooks/{path.stem}" for path in sources(ROOT / "notebooks")}
    wanted = {}
    for path, name in found.items():
        if path.name.endswith(".zh-CN.md") == (language == "zh") or name not in wanted:
            wanted[name] = path
    return {path: name for path, name in found.items() if path in wanted.values()}


def lay_out(language, folder):
    """Copy all pages of a language into a folder, as Sphinx reads them; return what they link to and is not there."""
    from public_face import ROOMS, entries, reference_index, reference_page

    own, lacking = pages(language), []
    for path, name in own.items():
        if path.suffix == ".ipynb":
            _write(folder / f"{name}.ipynb", path.read_text(encoding="utf-8"))
            continue
        text = path.read_text(encoding="utf-8")
        text = re.sub(r"^\[(?:简体中文|English)\]\([^)]*\)\n+", "", text, flags=re.MULTILINE)
        text = _navigation(text) if name == "index" else text
        text = drawn(text, folder / "gallery") if name == "gallery" else text
        text = _led(text, path, name, folder, lacking)
        text += "\n" + reference_index(language) if name == "functions" else ""
        _write(folder / f"{name}.md", text)
    listed = "\n".join(name.removeprefix("notebooks/") for name in own.values() if name.startswith("notebooks/"))
    head = f"# {NOTEBOOKS[language]}\n\n{NOTE[language]}"
    _write(folder / "notebooks/index.md", f"{head}\n\n```{{toctree}}\n{listed}\n```\n")
    for room in ROOMS:
        for name, value in entries(room).items():
            _write(folder / f"reference/{name}.md", reference_page(name, value))
    return lacking


def _write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def _navigation(text):
    """Give the index what Sphinx makes the navigation of: its sections, each with the pages its lines link to."""
    for title, lines in re.findall(r"^\*\*(.+)\*\*\n\n((?:- .*\n)+)", text, re.MULTILINE):
        links = [link for _, link, _ in LINK.findall(lines) if "://" not in link]
        listed = "\n".join(f"[]({link})" for link in links)
        text += f"\n```{{toctree}}\n:hidden:\n:caption: {title}\n\n{listed}\n```\n"
    return text


def _led(text, path, name, folder, lacking):
    """Lead the links of a page to pages of the site, and to copies of other files of the project."""
    known = pages("en") | pages("zh")
    here = Path(name).parent

    def lead(target):
        if "://" in target or target.startswith(("#", "mailto:")):
            return target
        file, _, mark = target.partition("#")
        found = (path.parent / file).resolve()
        if found in known:
            to = f"{known[found]}{'.ipynb' if found.suffix == '.ipynb' else '.md'}"
        elif found in (ROOT / "notebooks", DOCS):
            to = "notebooks/index.md" if found != DOCS else "index.md"
        elif found.is_file() and found.is_relative_to(ROOT):
            to = f"files/{found.relative_to(ROOT).as_posix()}"
            to += ".txt" if not found.suffix else ""
            (folder / to).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(found, folder / to)
        else:
            lacking.append(f"{path.relative_to(ROOT).as_posix()}: {target}")
            return target
        return os.path.relpath(to, here).replace(os.sep, "/") + (f"#{mark}" if mark else "")

    parts = FENCE.split(text)
    for place, part in enumerate(parts):
        if part.startswith("```{toctree}"):
            listed = re.sub(r"\[\]\((.*)\)", lambda link: lead(link[1]).rsplit(".", 1)[0], part)
            parts[place] = listed
        elif not part.startswith("```"):
            parts[place] = LINK.sub(lambda link: f"{link[1]}{lead(link[2])}{link[3]}", part)
    return "".join(parts)


def drawn(text, folder):
    """Run the code of a page block by block, and put the picture or table that each writes under it."""
    folder.mkdir(parents=True, exist_ok=True)
    known, parts, heading = {}, FENCE.split(text), ""
    with tempfile.TemporaryDirectory() as empty, contextlib.chdir(empty):
        os.symlink(ROOT / "data", "data")
        for place, part in enumerate(parts):
            heading = (re.findall(r"^#+ (.+)$", part, re.MULTILINE) or [heading])[-1]
            if part.startswith("```python"):
                before = {*Path().iterdir()}
                exec(part.removeprefix("```python").removesuffix("```"), known)
                for file in sorted({*Path().iterdir()} - before):
                    shutil.copyfile(file, folder / file.name)
                    shown = "!" if file.suffix in (".png", ".svg") else ""
                    parts[place] += f"\n\n{shown}[{heading if shown else file.name}](gallery/{file.name})"
    return "".join(parts)


def build(site):
    """Build both languages into a folder, which is thrown away first."""
    shutil.rmtree(site, ignore_errors=True)
    for language, tongue in LANGUAGES.items():
        with tempfile.TemporaryDirectory() as folder:
            lacking = lay_out(language, Path(folder))
            if lacking:
                sys.exit("links that lead nowhere:\n" + "\n".join(lacking))
            # Twice the same bytes, whatever the time and the order of hashes.
            options = ["-q", "-j", "2", "-W", "--keep-going", "-c", DOCS / "site", "-D", f"language={tongue}"]
            same = {"SOURCE_DATE_EPOCH": "0", "PYTHONHASHSEED": "0"}
            command = [sys.executable, "-m", "sphinx", *options, folder, site / language]
            if subprocess.run([str(part) for part in command], env={**os.environ, **same}).returncode:
                sys.exit("The site was not built.")
            for left in (site / language / ".doctrees", site / "jupyter_execute"):
                shutil.rmtree(left, ignore_errors=True)
    shutil.copyfile(DOCS / "site" / "choose.html", site / "index.html")
    (site / ".nojekyll").write_text("", encoding="utf-8")  # GitHub Pages leaves out folders that begin with _


class _Page(HTMLParser):
    """What a page links to, and the marks that can be linked to."""

    def __init__(self, path):
        super().__init__()
        self.links, self.marks = [], set()
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attributes):
        """Keep links and marks."""
        known = dict(attributes)
        self.marks |= {known[key] for key in ("id", "name") if known.get(key)}
        self.links += [known[key] for key in ("href", "src") if known.get(key)]


def broken_links(site):
    """List the links between pages that lead nowhere, a line each, and whatever a page would fetch from elsewhere."""
    found = {path: _Page(path) for path in sorted(site.rglob("*.html"))}
    broken = []
    for path, page in found.items():
        for link in page.links:
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                continue
            file = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            mark = unquote(parts.fragment)
            there = file.is_file() and (not mark or file.suffix != ".html" or mark in found[file].marks)
            if not there:
                broken.append(f"{path.relative_to(site)}: {link}")
    return broken


def main(arguments):
    """Build, and say what leads nowhere."""
    site = Path(arguments[0] if arguments else ROOT / "site").resolve()
    build(site)
    broken = broken_links(site)
    print("\n".join(broken[:40]))
    print(f"{sum(1 for _ in site.rglob('*.html'))} pages in {site}; links that lead nowhere: {len(broken)}")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
