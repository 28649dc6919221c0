"""Simulated answers written as survey platforms export them, and with faults planted in them on purpose."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from emolabor.common.checks import check_choice, check_seed
from emolabor.common.errors import refuse, shown
from emolabor.common.extras import require
from emolabor.common.files import write_bytes
from emolabor.common.languages import chosen_language
from emolabor.instrument.form import make_form
from emolabor.simulation.platforms import PLATFORMS

if TYPE_CHECKING:
    from emolabor.instrument.instrument import Instrument

_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_START = pd.Timestamp("2026-03-02 09:00:00")


def plant_faults(
    answers: pd.DataFrame,
    instrument: Instrument,
    straight: int = 0,
    wrong_key: str | None = None,
    repeated: int = 0,
    out_of_range: int = 0,
    labels: int = 0,
    seed: int = 1,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Plant faults in answers, so that one can see whether they are found.

    Parameters
    ----------
    answers : DataFrame
        Answers as fielded, such as `simulate_staff` draws them; not changed.
    instrument : Instrument
        What was asked.
    straight : int
        Respondents who give one answer throughout.
    wrong_key : str, optional
        An item whose answers are turned, as if its reverse key were wrong.
    repeated : int
        Respondents whose row is sent twice.
    out_of_range : int
        Cells with a code that is not offered.
    labels : int
        Cells that hold the Chinese label instead of the code.
    seed : int
        Chooses the respondents and cells.

    Returns
    -------
    faulty : DataFrame
        The answers with faults; repeated rows stand at the end.
    planted : DataFrame
        One row a fault: fault, position (of the row, from 0; missing for a whole column), column.

    Raises
    ------
    EmolaborError
        More faults are wanted than there are respondents.

    Examples
    --------
    >>> import emolabor as el
    >>> instrument = el.load_instrument("window_staff")
    >>> faulty, planted = el.plant_faults(el.simulate_staff(50), instrument, straight=2, wrong_key="sa2")
    >>> planted["fault"].value_counts().to_dict()
    {'straight': 2, 'wrong_key': 1}
    """
    wanted = straight + repeated + out_of_range + labels
    if wanted > len(answers):
        refuse("straight, repeated, out_of_range, labels", f"{wanted} rows", f"up to {len(answers)}")
    check_seed(seed)
    rng, points = np.random.default_rng(seed), instrument.points()
    if wrong_key is not None and wrong_key not in points:
        refuse("wrong_key", shown(wrong_key), f"an item of {instrument.key}")
    faulty = answers.astype(dict.fromkeys(points, object))
    planted: list[tuple[str, int | None, str | None]] = []
    if wrong_key is not None:
        faulty[wrong_key] = points[wrong_key] + 1 - faulty[wrong_key]
        planted.append(("wrong_key", None, wrong_key))
    rows = iter(rng.permutation(len(answers))[:wanted].tolist())
    keys = list(points)
    for row in _take(rows, straight):
        faulty.iloc[row, faulty.columns.get_indexer(keys)] = int(rng.integers(1, min(points.values()) + 1))
        planted.append(("straight", row, None))
    for fault, number in (("out_of_range", out_of_range), ("label", labels)):
        for row in _take(rows, number):
            key = keys[rng.integers(len(keys))]
            value = points[key] + 1 if fault == "out_of_range" else _labels(instrument, "zh")[key][0]
            faulty.iloc[row, faulty.columns.get_loc(key)] = value
            planted.append((fault, row, key))
    twice = list(_take(rows, repeated))
    planted += [("repeated", len(faulty) + place, None) for place in range(len(twice))]
    faulty = pd.concat([faulty, faulty.iloc[twice]], ignore_index=True)
    return faulty, pd.DataFrame(planted, columns=["fault", "position", "column"]).astype({"position": "Int64"})


def simulate_export(
    path: str | Path,
    answers: pd.DataFrame,
    instrument: Instrument,
    platform: str = "wjx",
    as_labels: bool = False,
    language: str | None = None,
    seed: int = 1,
    *,
    headings: str | None = None,
) -> Path:
    """Write answers as a survey platform would export them, with columns of invented personal data.

    The file imitates the platform's headings, its own columns, its way of writing a missing answer and the answering
    time. Names, numbers and addresses in it are invented: nobody has them.

    Parameters
    ----------
    path : str or Path
        Where the file goes, .csv or .xlsx.
    answers : DataFrame
        Columns as `Instrument.columns` has them.
    instrument : Instrument
        What was asked.
    platform : str
        "wjx" (问卷星), "tencent" (腾讯问卷), "kobo", "odk", "limesurvey", "qualtrics", "surveymonkey", "googleforms",
        "msforms" or "redcap".
    as_labels : bool
        Whether answers are written as labels instead of codes; some platforms export nothing else.
    language : str, optional
        Of wordings and labels: that of the respondents, by default the first the instrument is written in.
    seed : int
        Seed of the invented data.
    headings : str, optional
        Where the platform leaves it to who exports: for kobo and odk what parts group and key (by default / and -), for
        limesurvey "code" (the default), "text" or "code and text".

    Returns
    -------
    Path
        The file written.

    Raises
    ------
    EmolaborError
        An unknown platform or kind of file, or a language in which the instrument is not written.

    Examples
    --------
    >>> import emolabor as el
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     path = el.simulate_export(f"{folder}/wjx.csv", el.simulate_staff(3), el.load_instrument("window_staff"))
    ...     print(path.read_text(encoding="utf-8-sig").splitlines()[0][:31])
    序号,提交答卷时间,所用时间,来源,来源详情,来自IP,姓名,
    """
    check_choice("platform", platform, PLATFORMS)
    language = chosen_language(language or instrument.languages[0], instrument.languages)
    path, answers = Path(path), answers.reset_index(drop=True)
    if path.suffix not in (".csv", ".xlsx"):
        refuse("path", shown(str(path)), "a file ending in .csv or .xlsx")
    invented = _invented(len(answers), np.random.default_rng(seed))
    columns = PLATFORMS[platform](make_form(instrument), answers, language, as_labels, invented, headings)
    names, cells = zip(*columns, strict=True)
    headed = [(name,) if isinstance(name, str) else name for name in names]
    rows = [list(row) for row in zip(*headed, strict=True)]
    rows += [[None if pd.isna(cell) else cell for cell in row] for row in zip(*cells, strict=True)]
    return write_bytes(path, _csv(rows) if path.suffix == ".csv" else _workbook(rows))


def _csv(rows):
    """Write rows as CSV that Excel opens rightly."""
    content = io.StringIO()
    csv.writer(content, lineterminator="\n").writerows(rows)
    return content.getvalue().encode("utf-8-sig")


def _take(rows, number):
    return [next(rows) for _ in range(number)]


def _labels(instrument, language):
    """Map each item and attention check to the labels of its answers."""
    return {
        row.key: [choice.names[language] for choice in row.choices]
        for table in make_form(instrument).tables
        for row in table.rows
    }


def _invented(n, rng):
    """Invent personal data that look real to a program and belong to nobody."""
    rows = np.arange(n)
    serial = rng.permutation(9000)[:n] if n <= 9000 else rng.integers(0, 9000, n)
    return pd.DataFrame(
        {
            "name": [f"测试{'甲乙丙丁戊己庚辛壬癸'[row % 10]}" for row in rows],
            "mobile": [f"1990000{1000 + number:04d}" for number in serial],
            "email": [f"test{row}@example.org" for row in rows],
            "ip": [f"203.0.113.{1 + number % 254}" for number in serial],
            "identity": [_identity_number(row) for row in rows],
            "end": _START + pd.to_timedelta(np.sort(rng.integers(0, 14 * 86_400, n)), unit="s"),
        }
    )


def _identity_number(row):
    """Make up a number with a right check character, of an area code that no place has."""
    digits = f"990000{1960 + row % 40}{1 + row % 12:02d}{1 + row % 28:02d}{row % 1000:03d}"
    total = sum(int(digit) * weight for digit, weight in zip(digits, _ID_WEIGHTS, strict=True))
    return digits + "10X98765432"[total % 11]


def _workbook(rows):
    """Write rows as an Excel workbook; texts stay texts."""
    require("openpyxl")
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet("data")
    for row in rows:
        sheet.append(row)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()
