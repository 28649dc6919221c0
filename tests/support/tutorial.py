"""Walk through a tutorial: run its blocks of code in an empty folder, and keep what each of them printed."""

import contextlib
import io
import os
import re
import shlex
import subprocess
from pathlib import Path
from unittest import mock

from emolabor import cli

DOCS = Path(__file__).resolve().parents[2] / "docs"
# Others than `emolabor`, each at the beginning of a line.
COMMANDS = ("cat", "grep", "mkdir", "sed")


def in_both_languages(name):
    return [f"{name}.md", f"{name}.zh-CN.md"]


def blocks(page):
    """Return language, " refused" or nothing, and text of each block of code."""
    text = (DOCS / page).read_text(encoding="utf-8")
    return re.findall(r"^```(\w*)( refused)?\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def walk(page, folder):
    """Run the blocks of a page in a folder; return (what is shown, what the block of code before it printed)."""
    printed, shown = "", []
    language = {"EMOLABOR_LANGUAGE": "zh" if page.endswith(".zh-CN.md") else "en"}
    with contextlib.chdir(folder), mock.patch.dict(os.environ, language):
        for kind, refused, text in blocks(page):
            if kind == "text":
                shown.append((text, printed))
            elif kind == "python":
                printed = run_python(text)
            elif kind == "sh":
                printed, status = run_shell(text)
                assert status == (2 if refused else 0), printed
            else:
                assert kind == "yaml", f"{page} has a block of {kind or 'no language'}, which nobody runs"
    return shown


def run_python(text):
    with contextlib.redirect_stdout(io.StringIO()) as said:
        exec(text, {})
    return said.getvalue()


def run_shell(text):
    """Run our commands in this process, as starting it anew takes a second or two each, and others in a shell."""
    said, status = io.StringIO(), 0
    starts = "|".join(("emolabor", *COMMANDS))
    for command in re.split(rf"^(?=(?:{starts}) )", text.replace("\\\n", " "), flags=re.MULTILINE):
        if command.startswith("emolabor "):
            with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
                status = max(status, cli.main(shlex.split(command)[1:]))
        elif command:
            shell = ["bash", "-e", "-c", command]
            said.write(subprocess.run(shell, check=True, stdout=subprocess.PIPE, encoding="utf-8").stdout)
    return said.getvalue(), status


def not_printed(shown):
    """Return the lines a page shows that did not come out."""
    return [line for text, printed in shown for line in text.splitlines() if line not in printed]
