"""The paper's tables and figures, as ``floats.yaml`` beside the manuscripts describes them."""

import re
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import yaml

from emolabor.drawing.formats import show
from emolabor.drawing.path_diagram import path_diagram
from emolabor.drawing.style import save_figure
from emolabor.errors import EmolaborError
from emolabor.report.paper import fill
from emolabor.report.results import RunResults
from emolabor.report.tables import pipe_table

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
        return [value for part, value in self._described(name).items() if part in {"rows", "r2"}]

    def render(self, kind, name, number):
        """Return the Markdown of one table or figure, numbered."""
        described = self._described(name)
        caption = f"**{number}** {described['caption'][self.language]}"
        note = fill(described["note"][self.language], self.results, self, self.language, f"floats.yaml, note of {name}")
        if kind == "table":
            return pipe_table(self.table(name), caption, note.text, self.language)
        figure = self.figure(name)
        for ending in ("svg", "png"):
            save_figure(figure, self.folder / f"{name}.{self.language}.{ending}")
        stop = "。" if self.language == "zh" else ". "
        return f"![{caption}{stop}{note.text}]({name}.{self.language}.svg)"

    def table(self, name):
        """Return a table as text, ready to print."""
        described = self._described(name)
        heads = [head[self.language] for head in described["label"]]
        place = {key: index for index, key in enumerate(self.names)}
        rows = []
        for key, values in sorted(self.results.get(described["rows"]).items(), key=lambda item: place.get(item[0], -1)):
            row = dict(zip(heads, self._labels(key, len(heads)), strict=True))
            for column in described["columns"]:
                row[column[self.language]] = self._cell(name, values, column)
            rows.append(row)
        return pd.DataFrame(rows)

    def figure(self, name):
        """Return a picture, drawn from the stored numbers."""
        described = self._described(name)
        rows = self.results.get(described["rows"])
        ends = [key.split("~") for key in rows]
        tidy = pd.DataFrame(list(rows.values())).assign(op="~", lhs=[a for a, _ in ends], rhs=[b for _, b in ends])
        return path_diagram(tidy, self.results.get(described["r2"]), self.language, self.names)

    def label(self, key):
        """Return the words for a code: a construct, a path (``a>b``, ``b~a``, ``a*m>b``) or an entry of ``words``."""
        word = self.described["words"].get(key)
        if word:
            return word[self.language]
        for sign, join in (("~", " → "), (">", " → "), ("*", " × ")):
            if sign in key:
                steps = [self.label(step) for step in key.split(sign)]
                return join.join(reversed(steps) if sign == "~" else steps)
        return self.names.get(key, key)

    def _labels(self, key, count):
        """Return the cells that name a row; with two, a claim or study stands apart from its path."""
        parts = ROW.fullmatch(key)
        if not parts:
            raise EmolaborError(
                f"floats.yaml: cannot read the row key {key!r}, allowed: like 'C02 a>b' or 'b~a (total)'"
            )
        group, path, kind = parts.groups()
        label = self.label(path)
        if kind:
            label += f"（{self.label(kind)}）" if self.language == "zh" else f" ({self.label(kind)})"
        if count == 1:
            return [label]
        return [self.label(group), label] if group else [label, "–"]

    def _described(self, name):
        """Return the description of a table or figure."""
        both = {**self.described["tables"], **self.described["figures"]}
        if name not in both:
            raise EmolaborError(f"floats.yaml: found no {name!r}, allowed: {', '.join(sorted(both))}")
        return both[name]

    def _cell(self, name, values, column):
        """Return one cell: a value, or an interval of two."""
        named = column["column"] if isinstance(column["column"], list) else [column["column"]]
        parts = [part.format(language=self.language) for part in named]
        for part in parts:
            if part not in values:
                raise EmolaborError(f"floats.yaml, table {name}: unknown column {part!r}, allowed: {', '.join(values)}")
        shown = [values[part] for part in parts]
        if shown == [None, None]:
            return "–"
        if len(shown) == 2:
            return "[" + ", ".join(show(value, column["format"], self.language) for value in shown) + "]"
        if isinstance(shown[0], str):
            return self.label(shown[0])
        return show(shown[0], column.get("format", ""), self.language).removeprefix("= ")


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
