"""What GB/T 7714 asks of citations and references beyond what its citation style writes.

GB/T 7714-2015, author and year: works are grouped by language, Chinese ones first and by the sound of their authors'
names; behind a Latin name stands "et al.", not "等". In a Chinese sentence a citation has Chinese brackets.
"""

import json
import re

HAN = re.compile("[\u4e00-\u9fff]")


def follow_gbt(blocks):
    """Mend the citations and the list of references of a document in place.

    Parameters
    ----------
    blocks : list
        Of pandoc's JSON, after citeproc; the key of a Chinese work begins with its author's name in pinyin.
    """
    for node in nodes(blocks):
        if node.get("t") == "Cite":
            _latin_others(node["c"])
            words = [part for part in node["c"][1] if part["t"] == "Str"]
            words[0]["c"] = re.sub(r"^\(", "（", words[0]["c"])
            words[-1]["c"] = re.sub(r"\)$", "）", words[-1]["c"])
        elif node.get("t") == "Div" and node["c"][0][0] == "refs":
            _latin_others(node["c"])
            node["c"][1].sort(key=_place)


def _place(entry):
    """Chinese works by their keys, then the others as they stand."""
    chinese = HAN.search(json.dumps(entry, ensure_ascii=False))
    return (0, entry["c"][0][0]) if chinese else (1, "")


def nodes(node):
    """Walk through everything that has a type."""
    if isinstance(node, dict):
        yield node
        node = node.get("c", [])
    if isinstance(node, list):
        for part in node:
            yield from nodes(part)


def _latin_others(node):
    """Put "et al." for "等" behind Latin letters."""
    if isinstance(node, dict):
        node = node.get("c")
    if isinstance(node, list):
        before = ""
        for part in node:
            if isinstance(part, dict) and part.get("t") == "Str":
                name, others, rest = part["c"].partition("等")
                if others and not HAN.search(name or before):
                    part["c"] = f"{name}et al.{rest.removeprefix('.')}"
                before = part["c"]
            _latin_others(part)
