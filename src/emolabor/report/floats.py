"""The paper's tables and figures, as ``floats.yaml`` beside the manuscripts describes them."""

import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import yaml

from emolabor.common.errors import EmolaborError
from emolabor.drawing.formats import show
from emolabor.drawing.style import PAGE, save_figure
from emolabor.report.markup import plain
from emolabor.report.paper import fill
from emolabor.report.pictures import KINDS
from emolabor.report.results import RunResults, reported_name
from emolabor.report.tables import pipe_table

# In print, a table of at most so many rows is kept whole with its note: where it fits on a page, or where it stands.
WHOLE = 34
PLACES = {
    "floating": "#place(auto, float: true, block(width: 100%)[",
    "standing": "#(block(width: 100%, breakable: false)[",
}
# Inches of a page's height for a picture on its side; the rest is its caption's.
SIDEWAYS = 8.6
TURNED = "```{{=typst}}\n#turned[\n```\n\n{}\n\n```{{=typst}}\n]\n```"
KEPT = "```{{=typst}}\n{}\n#set align(left)\n```\n\n{}\n\n```{{=typst}}\n])\n```"
PATH = re.compile(r"\w+(?:[~>*]\w+)+")
ROW = re.compile(r"(?:(\S+) )?([\w*>~]+)(?: \((\w+)\))?")


@dataclass(frozen=True)
class Floats:
    """Tables and figures of one paper in one language.

    Attributes
    ----------
    described : dict
        The content of ``floats.yaml``: tables, figures, words.
    results : RunResults
        The numbers.
    names : dict
        Construct key -> name in the paper's language.
    language : str
        "en" or "zh".
    folder : Path
        Where pictures are written.
    """

    described: dict
    results: RunResults
    names: dict
    language: str
    folder: Path

    def keys(self, name):
        """Return the result keys a table or figure is made from."""
        described = self._described(name)
        parts = described["from"].values() if "from" in described else [described.get("rows"), described.get("below")]
        return [key for part in parts if part for key in (part if isinstance(part, list) else [part])]

    def render(self, kind, name, number):
        """Return the Markdown of one table or figure, numbered."""
        described = self._described(name)
        caption = f"**{number}** {described['caption'][self.language]}"
        note = self._filled(described["note"], f"note of {name}")
        if kind == "table":
            small = described.get("small", False)
            table = self.table(name)
            text = pipe_table(table, caption, note, self.language, small)
            place = PLACES["standing" if described.get("standing") else "floating"]
            return text if len(table) > WHOLE else KEPT.format(place, text)
        return self._picture(name, described, f"{caption}{'。' if self.language == 'zh' else '. '}{note}")

    def table(self, name):
        """Return a table as text, ready to print."""
        described = self._described(name)
        if "lines" in described:
            return self._checklist(name, described)
        if "below" in described:
            return self._triangle(described)
        heads = [head[self.language] for head in described["label"]]
        rows = []
        for key, values in self._rows(described):
            row = dict(zip(heads, self._labels(key, described), strict=True))
            for column in described["columns"]:
                row[column[self.language]] = self._cell(name, values, column)
            rows.append(row)
        return pd.DataFrame(rows)

    def figure(self, name):
        """Return a picture, drawn from the stored numbers."""
        described = self._described(name)
        stored = {part: self.results.get(key) for part, key in described["from"].items()}
        return KINDS[described["kind"]](stored, self.language, self.names)

    def _picture(self, name, described, caption):
        """Save a figure and return its Markdown; a wide one lies on its side in print and in Word."""
        figure, stem, turned = self.figure(name), f"{name}.{self.language}", described.get("turned", False)
        save_figure(figure, self.folder / f"{stem}.svg")
        picture = save_figure(figure, self.folder / f"{stem}.png")
        if turned:
            _lay_on_its_side(picture)
        look = ".turned " if turned else ""
        text = f'![{caption}]({stem}.svg){{{look}alt="{described["caption"][self.language]}"}}'
        return TURNED.format(text) if turned else text

    def label(self, key):
        """Return the words for a code: a construct, a path (``a>b``, ``b~a``, ``a*m>b``) or an entry of ``words``.

        They are Markdown; what is not written in ``floats.yaml`` stands in it as plain text.
        """
        word = self.described["words"].get(key)
        if word:
            return word[self.language]
        for sign, join in (("~", " → "), (">", " → "), ("*", " × ")):
            if sign in key and PATH.fullmatch(key):
                steps = [self.label(step) for step in key.split(sign)]
                return join.join(reversed(steps) if sign == "~" else steps)
        return plain(self.names.get(key, key))

    def _rows(self, described):
        """Return the rows of a stored table, or of several set side by side, in the order of the table."""
        keys = described["rows"] if isinstance(described["rows"], list) else [described["rows"]]
        stored = [self.results.get(key) for key in keys]
        rows = {key: {k: v for table in stored for k, v in table[key].items()} for key in stored[0]}
        if "sort" in described:
            return sorted(rows.items(), key=lambda item: item[1][described["sort"]])
        order = [*described.get("order", []), *self.names]
        place = {key: index for index, key in enumerate(order)}
        split = described.get("split")

        def places(item):
            return [place.get(part, -1) for part in (item[0].split(split) if split else [item[0]])]

        return sorted(rows.items(), key=places)

    def _labels(self, key, described):
        """Return the cells that name a row; with two, a claim or study stands apart from its path."""
        if "split" in described:
            return [self.label(part) for part in key.split(described["split"])]
        parts = ROW.fullmatch(key)
        if not parts:
            raise EmolaborError(
                f"floats.yaml: cannot read the row key {key!r}; allowed: like 'C02 a>b' or 'b~a (total)'"
            )
        group, path, kind = parts.groups()
        label = self.label(path)
        if kind:
            label += f"（{self.label(kind)}）" if self.language == "zh" else f" ({self.label(kind)})"
        if len(described["label"]) == 1:
            return [label]
        return [self.label(group), label] if group else [label, ""]

    def _triangle(self, described):
        """Return a lower triangle of numbers with numbered heads, and a row below it for each column described."""
        stored = dict(self._rows(described))
        head = described["label"][0][self.language]
        numbers = {key: str(count) for count, key in enumerate(stored, start=1)}
        rows = [
            {head: f"{numbers[key]} {self.label(key)}"}
            | {numbers[other]: self._below(row[other], described) for other in stored}
            for key, row in stored.items()
        ]
        below = self.results.get(described["below"])
        for column in described["columns"]:
            shown = {key: show(row[column["column"]], column["format"], self.language) for key, row in below.items()}
            rows.append({head: column[self.language]} | {numbers[key]: shown[key] for key in stored})
        return pd.DataFrame(rows)

    def _below(self, value, described):
        return "" if value is None else show(value, described["format"], self.language)

    def _checklist(self, name, described):
        """Return lines of text, their numbers filled in from the results."""
        heads = [head[self.language] for head in described["label"]]
        texts = [[self._filled(cell, f"table {name}") for cell in line] for line in described["lines"]]
        return pd.DataFrame(texts, columns=heads)

    def _filled(self, text, place):
        return fill(text[self.language], self.results, self, self.language, f"floats.yaml, {place}").text

    def _described(self, name):
        """Return the description of a table or figure."""
        both = {**self.described["tables"], **self.described["figures"]}
        if name not in both:
            raise EmolaborError(f"floats.yaml: found no {name!r}; allowed: {', '.join(sorted(both))}")
        return both[name]

    def _cell(self, name, values, column):
        """Return one cell: a value, or an interval of two."""
        named = column["column"] if isinstance(column["column"], list) else [column["column"]]
        parts = [part.format(language=self.language) for part in named]
        if column.get("reported"):
            parts = [reported_name(values, part) for part in parts]
        for part in parts:
            if part not in values:
                raise EmolaborError(f"floats.yaml, table {name}: unknown column {part!r}; allowed: {', '.join(values)}")
        shown = [values[part] for part in parts]
        if shown[0] is None:
            return ""  # not applicable; a dash would look like a minus sign
        if len(shown) == 2:
            return "[" + ",\u00a0".join(show(value, column.get("format", ""), self.language) for value in shown) + "]"
        if isinstance(shown[0], str):
            return plain(shown[0]) if column.get("free") else self.label(shown[0])
        return show(shown[0], column.get("format", ""), self.language).removeprefix("= ")


def _lay_on_its_side(path):
    """Turn a PNG by a quarter, with dots so dense that it fills a page of Word and leaves its caption room."""
    from matplotlib.image import imread, imsave

    pixels = np.rot90(imread(path))
    height, width = pixels.shape[:2]
    imsave(path, pixels, dpi=max(height / SIDEWAYS, width / PAGE), metadata={"Software": None})


def read_floats(path, results, names, language, folder):
    """Read ``floats.yaml``.

    Parameters
    ----------
    path : Path
        The file.
    results, names, language, folder
        As in :class:`Floats`.

    Returns
    -------
    Floats
    """
    return Floats(yaml.safe_load(path.read_text(encoding="utf-8")), results, names, language, folder)
