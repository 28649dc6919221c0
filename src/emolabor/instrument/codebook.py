"""The codebook: what every column of a data file means, and how it was answered."""

import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from emolabor.common.checks import check_language
from emolabor.common.errors import HIDDEN, EmolaborError
from emolabor.common.files import csv_text, write_text
from emolabor.common.languages import chosen_language
from emolabor.common.privacy import SMALLEST_CELL, coarse, is_small, rounded_counts
from emolabor.common.templates import render
from emolabor.instrument.columns import variables
from emolabor.instrument.instrument import Instrument
from emolabor.scales.traditional import written_in

_HIDDEN = "–"

HEADINGS = {
    "key": {"zh": "变量", "zh-Hant": "變量", "en": "Column"},
    "scale": {"zh": "量表", "zh-Hant": "量表", "en": "Scale"},
    "dimension": {"zh": "维度", "zh-Hant": "維度", "en": "Dimension"},
    "text": {"zh": "内容", "zh-Hant": "內容", "en": "Wording"},
    "values": {"zh": "取值", "zh-Hant": "取值", "en": "Values"},
    "reverse": {"zh": "反向", "zh-Hant": "反向", "en": "Reversed"},
    "expected": {"zh": "正确选项", "zh-Hant": "正確選項", "en": "Expected answer"},
    "n": {"zh": "有效数", "zh-Hant": "有效數", "en": "n"},
    "missing": {"zh": "缺失", "zh-Hant": "缺失", "en": "Missing"},
    "mean": {"zh": "均值", "zh-Hant": "均值", "en": "Mean"},
    "sd": {"zh": "标准差", "zh-Hant": "標準差", "en": "SD"},
    "counts": {"zh": "频数", "zh-Hant": "頻數", "en": "Counts"},
}
# A sign that Markdown could take for more than itself, addresses that it would link included; not an underscore within
# a word.
_MARKS = re.compile(r"[\\`*\[\]<|~$&@^#]|:(?=//)|(?<=www)\.|(?<![^\W_])_|_(?![^\W_])")
_WORDS = {
    "title": {"zh": "编码手册", "zh-Hant": "編碼手冊", "en": "Codebook"},
    "data": {"zh": "数据：", "zh-Hant": "數據：", "en": "Data: "},
    "note": {
        "zh": "答案按原样记录，反向题未转换。",
        "zh-Hant": "答案按原樣記錄，反向題未轉換。",
        "en": "Answers are recorded as given; reverse-worded items are not turned.",
    },
    "counts_note": {
        "zh": f"频数少于 {SMALLEST_CELL} 的不显示（{_HIDDEN}），其余取 5 的倍数；"
        f"某题有答案少于 {SMALLEST_CELL} 人选择时，该题频数都不显示；"
        "均值和标准差按至少相当于 5 人的间距取整。这样，少数几个人的回答无法推算出来。",
        "zh-Hant": f"頻數少於 {SMALLEST_CELL} 的不顯示（{_HIDDEN}），其餘取 5 的倍數；"
        f"某題有答案少於 {SMALLEST_CELL} 人選擇時，該題頻數都不顯示；"
        "平均數和標準差按至少相當於 5 人的間距取整。這樣，少數幾個人的回答無法推算出來。",
        "en": f"Counts under {SMALLEST_CELL} are not shown ({_HIDDEN}), others are rounded to multiples of five; of an "
        f"item with an answer that fewer than {SMALLEST_CELL} gave none is shown. Means and standard deviations are "
        "rounded to steps that at least five respondents make. What few answered cannot be worked out.",
    },
    "yes": {"zh": "是", "zh-Hant": "是", "en": "yes"},
    "number": {"zh": "数字", "zh-Hant": "數字", "en": "number"},
    "code": {"zh": "代码", "zh-Hant": "代碼", "en": "code"},
}


@dataclass(frozen=True, eq=False)
class Codebook:
    """The columns of an instrument's data file.

    Attributes
    ----------
    instrument : Instrument
        What is asked.
    statistics : DataFrame or None
        One row a column: n, missing, mean, sd, counts; None without data.
    source : str or None
        Where the data are from.
    """

    instrument: Instrument
    statistics: pd.DataFrame | None
    source: str | None

    def __repr__(self):
        return f"Codebook(instrument={self.instrument.key!r}, columns={len(self.instrument.columns)})"

    def table(self, *languages: Any) -> pd.DataFrame:
        """Tabulate the columns of a data file.

        Parameters
        ----------
        *languages : str
            One language or several; by default all the instrument is written in.

        Returns
        -------
        DataFrame
            One row a column, in the file's order: key, scale, dimension, text, values (codes with labels), reverse,
            expected (the answer to an attention check), and with data n, missing, mean, sd, counts. With several
            languages there are a text and a values column for each, e.g. ``text_zh``.

        Raises
        ------
        EmolaborError
            The instrument is not written in a language.

        Examples
        --------
        >>> import emolabor as el
        >>> el.codebook(el.load_instrument("window_staff")).table("en").columns.tolist()[:3]
        ['key', 'scale', 'dimension']
        """
        languages = languages or self.instrument.languages
        for language in languages:
            check_language(language, self.instrument.languages)
        rows = [
            {"key": column.key, "scale": column.scale, "dimension": column.dimension}
            | {f"text_{language}": column.text and column.text[language] for language in languages}
            | {f"values_{language}": _values(column, language) for language in languages}
            | {"reverse": column.reverse, "expected": column.expected}
            for column in variables(self.instrument)
        ]
        table = pd.DataFrame(rows).astype({"expected": "Int64"})
        if len(languages) == 1:
            table = table.rename(columns=lambda name: name.removesuffix(f"_{languages[0]}"))
        return table if self.statistics is None else table.merge(self.statistics, on="key")

    def write(self, path: str | Path, language: str | None = None) -> Path:
        """Write the codebook.

        Parameters
        ----------
        path : str or Path
            A name that ends in .md, .html or .csv. The CSV holds all languages.
        language : str, optional
            "zh", "zh-Hant" or "en", for Markdown and HTML; by default that of `EMOLABOR_LANGUAGE` or the system, where
            the instrument is written in it. "zh-Hant" is converted from zh where it is not.

        Returns
        -------
        Path
            The file written.

        Raises
        ------
        EmolaborError
            Another ending or language.

        Examples
        --------
        >>> import emolabor as el
        >>> from tempfile import TemporaryDirectory
        >>> with TemporaryDirectory() as folder:
        ...     book = el.codebook(el.load_instrument("window_staff")).write(f"{folder}/codebook.md", "en")
        ...     book.read_text(encoding="utf-8").splitlines()[0]
        '# Codebook: Emotional labour and proactive service of government service window staff'
        """
        instrument = written_in(self.instrument, language)
        if instrument is not self.instrument:
            return replace(self, instrument=instrument).write(path, language)
        language = chosen_language(language, self.instrument.languages)
        match Path(path).suffix.lower():
            case ".csv":
                return write_text(path, csv_text(self.table()))
            case ".md":
                return write_text(path, self._markdown(language))
            case ".html":
                return write_text(path, self._html(language))
        raise EmolaborError(f"path: found {str(path)!r}; allowed: a name that ends in .md, .html or .csv")

    def _title(self, language):
        return f"{_WORDS['title'][language]}{': ' if language == 'en' else '：'}{self.instrument.title[language]}"

    def _notes(self, language):
        notes = ["note"] if self.statistics is None else ["note", "counts_note"]
        source = [f"{_WORDS['data'][language]}{self.source}"] if self.source else []
        return source + [_WORDS[note][language] for note in notes]

    def _cells(self, language):
        """Headings and rows of texts as people read them."""
        table = self.table(language)
        names = self.instrument.names(language)
        yes = _WORDS["yes"][language]
        table["scale"] = table["scale"].map(names)
        table["dimension"] = table["dimension"].map(names)
        table["reverse"] = table["reverse"].map({True: yes, False: ""})
        for column in ("mean", "sd"):
            if column in table:
                table[column] = table[column].map(lambda value: "" if pd.isna(value) else f"{value:.2f}")
        texts = table.astype(object).where(table.notna(), "").astype(str)
        return [HEADINGS[column][language] for column in table], texts.to_numpy().tolist()

    def _markdown(self, language):
        headings, rows = self._cells(language)
        lines = [f"# {_as_markdown(self._title(language))}", ""]
        for note in self._notes(language):
            lines += [_as_markdown(note), ""]
        lines += [_markdown_row(headings), _markdown_row(["---"] * len(headings)), *map(_markdown_row, rows)]
        return "\n".join(lines) + "\n"

    def _html(self, language):
        headings, rows = self._cells(language)
        in_lines = {heading for column in ("values", "counts") for heading in HEADINGS[column].values()}
        return render(
            "emolabor.instrument/page_files",
            "codebook.html",
            language={"zh": "zh-CN"}.get(language, language),
            title=self._title(language),
            notes=self._notes(language),
            headings=headings,
            rows=rows,
            in_lines=in_lines,
        )


def codebook(instrument: Instrument, data: pd.DataFrame | None = None, source: str | None = None) -> Codebook:
    """Describe every column of an instrument's data file, and how it was answered.

    Parameters
    ----------
    instrument : Instrument
        What is asked. Withheld wording stays empty.
    data : DataFrame, optional
        Answers as given, columns named by the keys, e.g. the ``data`` of `read_responses`. The frame is not
        changed, and no row of it is shown: only n, missing, mean and SD of items and numbers, and counts of codes,
        rounded so that no count under 5 can be worked out (the page says how).
    source : str, optional
        Where the data are from, shown under the title; say there if they are simulated.

    Returns
    -------
    Codebook
        Call ``table("zh")`` for a DataFrame, ``write("codebook.md", "zh")`` for a file (.md, .html, .csv).

    Raises
    ------
    EmolaborError
        No column of `data` belongs to the instrument.

    Examples
    --------
    >>> import emolabor as el
    >>> book = el.codebook(el.load_instrument("window_staff"))
    >>> book.table("en").set_index("key").loc["sex", ["text", "values"]].tolist()
    ['Sex', 'female = Female; male = Male']
    """
    return Codebook(instrument, None if data is None else _statistics(instrument, data), source)


def _values(column, language):
    """Write codes with their labels (without where these are withheld), or what is typed in."""
    if column.codes:
        return "; ".join(f"{code} = {names[language]}" if names else f"{code}" for code, names in column.codes.items())
    if column.kind == "answer":
        return None
    if column.kind == "code":
        return f"{_WORDS['code'][language]} {column.pattern}"
    high = "" if column.maximum is None else f"{column.maximum:g}"
    return f"{_WORDS['number'][language]} {column.minimum:g}–{high}"


def _statistics(instrument, data):
    if not set(instrument.columns) & set(data):
        raise EmolaborError("data: found no column of the instrument; allowed: columns named by its keys")
    rows = [_column_statistics(column, data) for column in variables(instrument)]
    return pd.DataFrame(rows).astype({"n": "Int64", "missing": "Int64"})


def _column_statistics(column, data):
    row = {"key": column.key, "n": None, "missing": None, "mean": None, "sd": None, "counts": None}
    if column.key not in data:
        return row
    answers = data[column.key].dropna()
    if len(answers) < SMALLEST_CELL:
        return row
    missing = len(data) - len(answers)
    row |= {"n": 5 * round(len(answers) / 5), "missing": None if missing < SMALLEST_CELL else 5 * round(missing / 5)}
    if column.codes:
        row["counts"] = _counts(answers, column)
    if column.kind in ("answer", "number"):
        row |= {"mean": coarse(answers.mean(), len(answers)), "sd": coarse(answers.std(), len(answers))}
    return row


def _counts(answers, column):
    """Count each code, as far as it may be shown; beside a mean no count where one is small."""
    codes = column.codes
    counts = np.array([(answers == code).sum() for code in codes])
    shown = rounded_counts(counts)
    if column.kind == "answer" and is_small(counts).any():
        shown[:] = np.nan
    return "; ".join(
        f"{code}: {_HIDDEN if pd.isna(count) else int(count)}" for code, count in zip(codes, shown, strict=True)
    )


def _markdown_row(cells):
    return f"| {' | '.join(map(_as_markdown, cells))} |"


def _as_markdown(text):
    """Write a text on one line so that Markdown, GitHub's or pandoc's, shows it and nothing else."""
    return _MARKS.sub(r"\\\g<0>", HIDDEN.sub("", " ".join(text.split())))


def codebook_table(instrument: Instrument, language: str) -> pd.DataFrame:
    """Describe every column of a data file.

    Parameters
    ----------
    instrument : Instrument
        As `load_instrument` gives it.
    language : str
        "zh" or "en".

    Returns
    -------
    DataFrame
        One row a column, as `codebook` describes it.

    Raises
    ------
    EmolaborError
        Another language.

    Examples
    --------
    >>> import emolabor as el
    >>> instrument = el.load_instrument("window_staff")
    >>> instrument.codebook("en").set_index("key")["dimension"]["be1"]
    'belonging'
    """
    return codebook(instrument).table(language)
