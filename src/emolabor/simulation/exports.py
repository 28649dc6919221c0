"""Simulated answers written as survey platforms export them, and with faults planted in them on purpose."""

import uuid
from pathlib import Path

import numpy as np
import pandas as pd

from emolabor.errors import EmolaborError
from emolabor.files import write_bytes
from emolabor.scales.scale import check_language

_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_START = pd.Timestamp("2026-03-02 09:00:00")


def plant_faults(answers, instrument, straight=0, wrong_key=None, repeated=0, out_of_range=0, labels=0, seed=1):
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
        raise EmolaborError(f"straight, repeated, out_of_range, labels: found {wanted} rows; allowed: {len(answers)}")
    rng, points = np.random.default_rng(seed), instrument.points()
    if wrong_key is not None and wrong_key not in points:
        raise EmolaborError(f"wrong_key: found {wrong_key!r}; allowed: an item of {instrument.key}")
    faulty, planted = answers.astype(dict.fromkeys(points, object)), []
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


def simulate_export(path, answers, instrument, platform="wjx", as_labels=False, language="zh", seed=1):
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
        "wjx" (问卷星), "kobo" or "limesurvey".
    as_labels : bool
        Whether answers are written as labels instead of codes.
    language : str
        Language of wordings and labels.
    seed : int
        Seed of the invented data.

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
    if platform not in _PLATFORMS:
        raise EmolaborError(f"platform: found {platform!r}; allowed: {', '.join(_PLATFORMS)}")
    check_language(language, instrument.languages)
    path, answers = Path(path), answers.reset_index(drop=True)
    if path.suffix not in (".csv", ".xlsx"):
        raise EmolaborError(f"path: found {str(path)!r}; allowed: a file ending in .csv or .xlsx")
    invented = _invented(len(answers), np.random.default_rng(seed))
    columns = _PLATFORMS[platform](answers, instrument, language, as_labels, invented)
    names, cells = zip(*columns, strict=True)
    table = pd.DataFrame(dict(enumerate(cells)))
    table.columns = names
    if path.suffix == ".csv":
        return write_bytes(path, table.to_csv(index=False, lineterminator="\n").encode("utf-8-sig"))
    return write_bytes(path, _workbook(table))


def _take(rows, number):
    return [next(rows) for _ in range(number)]


def _wjx(answers, instrument, language, as_labels, invented):
    """Numbered questions; a table's first row carries number and title, the others only their wording."""
    empty = "(空)" if as_labels else "-2"
    yield "序号", answers["respondent"]
    yield "提交答卷时间", invented["end"].dt.strftime("%Y/%m/%d %H:%M:%S")
    yield "所用时间", answers["seconds"].map("{:.0f}秒".format)
    yield "来源", pd.Series("手机提交", answers.index)
    yield "来源详情", pd.Series("直接访问", answers.index)
    yield "来自IP", invented["ip"]
    yield "姓名", invented["name"]
    yield "您的手机号码", invented["mobile"]
    yield "备注", invented["identity"]
    number = 0
    for variable in instrument.background:
        if variable.kind != "number":
            number += 1
            cells = answers[variable.key]
            if variable.kind == "choice":
                cells = cells.map(_choices(variable, language, as_labels, numbered=True))
            yield f"{number}、{variable.names[language]}", cells.astype(object).where(cells.notna(), empty)
    for scale in instrument.scales:
        number += 1
        for place, (key, text) in enumerate(_asked(scale, instrument, language)):
            heading = text if place else f"{number}、{scale.instruction[language]}—{text}"
            yield heading, _written(answers[key], key, instrument, language, as_labels).fillna(empty)


def _kobo(answers, instrument, language, as_labels, invented):
    """Groups in front of the keys, moments of start and end, and the platform's own columns."""
    start = invented["end"] - pd.to_timedelta(answers["seconds"], unit="s")
    yield "start", start.dt.strftime("%Y-%m-%dT%H:%M:%S.000+08:00")
    yield "end", invented["end"].dt.strftime("%Y-%m-%dT%H:%M:%S.000+08:00")
    for variable in instrument.background:
        if variable.kind != "number":
            cells = answers[variable.key]
            if variable.kind == "choice" and as_labels:
                cells = cells.map(_choices(variable, language, as_labels, numbered=False))
            yield f"page_background/{variable.key}", cells
    yield "page_background/phone", invented["mobile"]
    for number, scale in enumerate(instrument.scales, start=1):
        for key, _ in _asked(scale, instrument, language):
            yield f"page_{number}/{key}", _written(answers[key], key, instrument, language, as_labels)
    yield "_id", 700_000_000 + answers["respondent"]
    yield "_uuid", answers["respondent"].map(lambda number: str(uuid.UUID(int=int(number))))
    yield "_submission_time", invented["end"].dt.strftime("%Y-%m-%dT%H:%M:%S")
    yield "_submitted_by", invented["name"]
    yield "_index", pd.Series(range(1, len(answers) + 1), answers.index)


def _limesurvey(answers, instrument, language, as_labels, invented):
    """Question codes with the keys in brackets, the answering time in seconds at the end."""
    yield "id", answers["respondent"]
    yield "submitdate", invented["end"].dt.strftime("%Y-%m-%d %H:%M:%S")
    yield "lastpage", pd.Series(4, answers.index)
    yield "startlanguage", pd.Series({"zh": "zh-Hans"}.get(language, language), answers.index)
    yield "ipaddr", invented["ip"]
    yield "email", invented["email"]
    for variable in instrument.background:
        if variable.kind != "number":
            cells = answers[variable.key]
            if variable.kind == "choice":
                cells = cells.map(_choices(variable, language, as_labels, numbered=True))
            yield variable.key.replace("_", ""), cells
    for scale in instrument.scales:
        question = scale.key.replace("_", "")
        for key, _ in _asked(scale, instrument, language):
            yield f"{question}[{key.replace('_', '')}]", _written(answers[key], key, instrument, language, as_labels)
    yield "interviewtime", answers["seconds"].map("{:.2f}".format)


_PLATFORMS = {"wjx": _wjx, "kobo": _kobo, "limesurvey": _limesurvey}


def _asked(scale, instrument, language):
    """List key and wording of a scale's items and of the attention checks after it."""
    checks = [check for check in instrument.attention_checks if check.after == scale.key]
    return [(entry.key, entry.text[language]) for entry in (*scale.items, *checks)]


def _labels(instrument, language):
    """Map each item and attention check to the labels of its answers."""
    return {
        key: scale.response_format.labels[language]
        for scale in instrument.scales
        for key, _ in _asked(scale, instrument, language)
    }


def _written(answers, key, instrument, language, as_labels):
    """Write codes as text, or as their labels; what is no code stays."""
    labels = _labels(instrument, language)[key]

    def write(cell):
        if isinstance(cell, str):
            return cell
        return labels[int(cell) - 1] if as_labels and 1 <= cell <= len(labels) else str(int(cell))

    return answers.map(write, na_action="ignore").astype(object)


def _choices(variable, language, as_labels, numbered):
    """Map codes of a choice to labels, to option numbers, or to themselves."""
    if as_labels:
        return {code: names[language] for code, names in variable.values.items()}
    return {code: place if numbered else code for place, code in enumerate(variable.values, start=1)}


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


def _workbook(table):
    """Write a table as an Excel workbook; texts stay texts."""
    import io

    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet("data")
    sheet.append(list(table.columns))
    for row in table.itertuples(index=False):
        sheet.append([None if pd.isna(cell) else cell for cell in row])
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()
