"""Scale files made from a table of items, as people keep them in Excel."""

import re
from pathlib import Path

from emolabor.common.errors import EmolaborError
from emolabor.common.files import write_text
from emolabor.common.languages import chosen_language
from emolabor.common.office import read_tables
from emolabor.common.yaml_text import dump
from emolabor.scales.adapting import checked_source
from emolabor.scales.loading import LIBRARY
from emolabor.scales.scale import PLACEHOLDER, RESERVED

LANGUAGES = ("zh", "zh-Hant", "en")
_COLUMNS = {
    "scale": ("scale", "量表"),
    "construct": ("construct", "dimension", "factor", "构念", "维度", "因子", "变量"),
    "name": ("name", "construct name", "dimension name", "名称", "构念名称", "维度名称"),
    "key": ("key", "item", "item key", "题号", "题目代码", "编号"),
    "text": ("text", "wording", "item text", "题目", "题干", "内容"),
    "reverse": ("reverse", "reversed", "reverse-worded", "反向", "反向题", "反向计分"),
    "labels": ("labels", "answers", "options", "选项", "答案", "标签"),
    "instruction": ("instruction", "指导语"),
    "definition": ("definition", "定义", "概念定义"),
}
_TRANSLATED = ("name", "text", "labels", "instruction", "definition")
_NEEDED = ("construct", "key", "text", "reverse", "labels")
_LANGUAGE = {
    "中文": "zh",
    "简体": "zh",
    "繁體": "zh-Hant",
    "繁体": "zh-Hant",
    "英文": "en",
    "chinese": "zh",
    "english": "en",
}
_YES, _NO = (
    ("1", "yes", "y", "true", "r", "x", "是", "反", "反向", "√", "*"),
    ("", "0", "no", "n", "false", "否", "正", "正向", "-"),
)
_PARTS = re.compile(r"\s*[;；|\n]\s*")
_HEADER = """\
# Made from a table of items; what is marked TODO is still to be written. Check it with
#   emolabor scales validate FILE
"""


def scales_from_table(path: str | Path, folder: str | Path = ".", language: str | None = None) -> list[Path]:
    """Make scale files from a table of items.

    Parameters
    ----------
    path : str or Path
        An .xlsx file (or a .docx with tables): one row an item. Columns, in English or Chinese: construct, key, text,
        reverse, labels (parted by ``;`` or ``|``, in the order of the codes from 1; once for each construct is enough);
        optional: scale (constructs of one scale are its dimensions; without it each construct is a scale), name,
        instruction, definition. A column of texts may name its language: ``text (en)``, ``题目（英文）``.
    folder : str or Path
        Where the files go; no file is written over.
    language : {"zh", "zh-Hant", "en"}, optional
        Of columns that name none; by default Chinese (zh) where a column holds Chinese characters, else English.

    Returns
    -------
    list of Path
        A file a scale, named by its key; what the table does not hold (rights, definition) is marked TODO.

    Raises
    ------
    EmolaborError
        Every mistake at once, with sheet and row; nothing is then written.

    Examples
    --------
    >>> import pandas as pd, emolabor as el
    >>> from tempfile import TemporaryDirectory
    >>> items = pd.DataFrame({"construct": "calm", "key": ["ca1", "ca2"], "text": ["I am calm.", "I am tense."],
    ...                       "reverse": ["", "yes"], "labels": ["Never; Sometimes; Always", ""]})
    >>> with TemporaryDirectory() as folder:
    ...     items.to_excel(f"{folder}/items.xlsx", index=False)
    ...     [path.name for path in el.scales_from_table(f"{folder}/items.xlsx", folder, language="en")]
    ['calm.yaml']
    """
    language = language and chosen_language(language, LANGUAGES)
    problems: list[str] = []
    items: list[dict] = []
    for title, rows in read_tables(path).items():
        items += _items(f"{path}, {title}", rows, language, problems)
    if not items and not problems:
        problems.append(
            f"{path}: found no table of items; allowed: headings for {', '.join(_NEEDED)}, then a row an item"
        )
    scales = _scales(items, problems)
    paths = {key: Path(folder) / f"{key}.yaml" for key in scales}
    problems += [
        f"{file}: found a file; allowed: a new name, as no file is written over"
        for file in paths.values()
        if file.exists()
    ]
    if problems:
        raise EmolaborError("\n".join(problems))
    texts = {}
    for key, data in scales.items():
        texts[paths[key]] = checked_source(_HEADER.replace("FILE", f"{key}.yaml") + dump(data), paths[key])
    return [write_text(file, text) for file, text in texts.items()]


def _items(where, rows, language, problems):
    """Rows of one sheet as dicts; a sheet without the headings of a table of items has none."""
    for start, (number, headings) in enumerate(rows):
        columns = [
            _column(heading, language or _script(cells[place] for _, cells in rows[start + 1 :] if place < len(cells)))
            for place, heading in enumerate(headings)
        ]
        named = {name for name, _ in filter(None, columns)}
        if {"key", "text"} <= named:
            break
    else:
        return []
    if missing := [name for name in _NEEDED if name not in named]:
        allowed = "; ".join(f"{name}: {' or '.join(_COLUMNS[name])}" for name in missing)
        problems.append(f"{where}, row {number}: found no column {', '.join(missing)}; allowed headings: {allowed}")
        return []
    twice = {column for column in filter(None, columns) if columns.count(column) > 1}
    for name, tag in sorted(twice, key=str):
        problems.append(f"{where}, row {number}: found two columns {name}{f' ({tag})' if tag else ''}; allowed: one")
    found = []
    for number, cells in rows[start + 1 :]:
        item = {"where": f"{where}, row {number}"} | {name: {} for name in _TRANSLATED}
        for column, cell in zip(columns, cells, strict=False):
            if column and column[1]:
                item[column[0]] |= {column[1]: cell} if cell else {}
            elif column:
                item[column[0]] = cell
        found.append(item)
    spoken = {tag for name, tag in filter(None, columns) if name == "text"}
    for item in found:
        _check_item(item, spoken, problems)
    return found


def _script(cells):
    """The language of a column that names none: Chinese characters tell it."""
    return "zh" if any(re.search("[\u3400-\u9fff]", cell) for cell in cells) else "en"


def _column(heading, language):
    """What a heading means and, of texts, in which language; None where it means nothing here."""
    plain = heading.casefold().replace("（", "(").replace("）", ")").replace("_", " ").strip()
    tag, tags = None, {**{one.casefold(): one for one in LANGUAGES}, **_LANGUAGE}
    for word in sorted(tags, key=len, reverse=True):
        if found := re.fullmatch(rf"(.+?)\s*(?:\({word}\)|[\s:：-]{word})|{word}\s*(.+)", plain):
            plain, tag = (found[1] or found[2]).strip(), tags[word]
            break
    name = next((name for name, known in _COLUMNS.items() if plain in known), None)
    return name and (name, tag or language if name in _TRANSLATED else None)


def _check_item(item, spoken, problems):
    def problem(found, allowed):
        problems.append(f"{item['where']}: found {found}; allowed: {allowed}")

    item["key"] = item["key"].strip().lower()
    if not re.fullmatch("[a-z][a-z0-9_]*", item["key"]) or item["key"] in RESERVED:
        problem(
            f"the key {item['key']!r}", "letters, digits and _, a letter first, that name the column of the answers"
        )
    if missing := [tag for tag in sorted(spoken) if tag not in item["text"]]:
        problem(f"no text ({', '.join(missing)})", "the wording of the item")
    sign = item["reverse"].casefold()
    if sign not in (*_YES, *_NO):
        problem(f"{item['reverse']!r} for reverse", "yes or no, 是 or 否, 1 or 0, or nothing for no")
    item["reverse"] = sign in _YES
    for part in ("construct", "scale"):
        name = item.get(part, "")
        if not name and part == "scale":
            continue
        key = re.sub(r"[^a-z0-9]+", "_", name.casefold()).strip("_")
        if not re.fullmatch("[a-z][a-z0-9_]*", key):
            problem(
                f"the {part} {name!r}",
                "a name in Latin letters, which becomes its key; a Chinese one into the column name",
            )
        item[part] = key
        if part == "construct" and key != name:
            item["name"] = {tag: name for tag in spoken} | item["name"]
    item["labels"] = {tag: _labels(text, problem) for tag, text in item["labels"].items()}


def _labels(text, problem):
    """Labels in the order of their codes; numbers before them must count from 1."""
    labels = [label for label in _PARTS.split(text) if label]
    numbered = [re.fullmatch(r"(\d+)\s*[=:：.、]\s*(.+)", label) for label in labels]
    if all(numbered):
        if [int(one[1]) for one in numbered] != list(range(1, len(labels) + 1)):
            problem(f"the labels {text!r}", "a label for each code, counted from 1")
        labels = [one[2] for one in numbered]
    if len(labels) < 2 or len(set(labels)) < len(labels):
        problem(f"the labels {text!r}", "two or more different labels, parted by ; or |")
    return labels


def _scales(items, problems):
    """Scales by key, as their files hold them."""
    seen, scales = {}, {}
    for item in items:
        first = seen.setdefault(item["key"], item["where"])
        if first != item["where"]:
            problems.append(f"{item['where']}: found the key {item['key']!r} of {first} again; allowed: each key once")
        scales.setdefault(item.get("scale") or item["construct"], []).append(item)
    return {key: _scale(key, members, problems) for key, members in scales.items()}


def _scale(key, items, problems):
    where, languages = items[0]["where"], list(items[0]["text"])
    if key in LIBRARY:
        problems.append(f"{where}: found {key!r}, a scale of the library; allowed: another name")
    if any(list(item["text"]) != languages for item in items):
        problems.append(f"{where}: found items of {key} in different languages; allowed: all in the same")
    constructs = list(dict.fromkeys(item["construct"] for item in items))
    keys = {item["key"] for item in items}
    labels = _once("labels", items, key, problems)
    for tag in languages:
        if tag not in labels:
            problems.append(f"{where}: found no labels of {key} ({tag}); allowed: the answers, in one of its rows")
    if len({len(words) for words in labels.values()}) > 1:
        problems.append(f"{where}: found labels of {key} that differ in number between languages; allowed: the same")
    dimensions = []
    for construct in constructs:
        members = [item for item in items if item["construct"] == construct]
        names = _once("name", members, construct, problems)
        dimensions.append(
            {
                "key": f"{construct}_score" if construct in keys else construct,
                "names": {tag: names.get(tag, construct) for tag in languages},
                "items": [{name: item[name] for name in ("key", "text", "reverse")} for item in members],
            }
        )

    def told(column):
        words = _once(column, items, key, problems)
        return {tag: words.get(tag, f"{PLACEHOLDER} {column}") for tag in languages}

    return {
        "key": key,
        "names": dimensions[0]["names"] if len(dimensions) == 1 else dict.fromkeys(languages, key),
        "construct": told("definition"),
        "citations": [
            {"source": f"{PLACEHOLDER} author, year, title", "use": "source of the construct", "verified": False}
        ],
        "instruction": told("instruction"),
        "response_format": {
            "points": max(map(len, labels.values()), default=0),
            "labels": {tag: labels[tag] for tag in languages if tag in labels},
        },
        "dimensions": dimensions,
        "scoring": "mean",
        "rights": {
            "status": "own",
            "holder": f"{PLACEHOLDER} holder of the rights",
            "licence": f"{PLACEHOLDER} licence",
            "evidence": f"{PLACEHOLDER} where the licence can be read",
            "checked_on": "2026-01-01",
            "text": "own",
        },
        "status": "not validated",
        "adaptation": [],
    }


def _once(column, items, key, problems):
    """What a construct's rows say of it, which may stand in one row or, alike, in several."""
    told = {}
    for item in items:
        for tag, words in item[column].items():
            if told.setdefault(tag, words) != words:
                problems.append(
                    f"{item['where']}: found other {column} ({tag}) than before for {key}; allowed: the same"
                )
    return told
