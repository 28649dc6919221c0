"""Answers read from a file: what fits the instrument is kept, everything else is reported."""

import csv
import re
from pathlib import Path

import pandas as pd

from emolabor.errors import EmolaborError
from emolabor.responses.staff import Staff

# Names of columns that usually hold personal data, in Chinese and English exports.
_PERSONAL = re.compile(
    r"姓名|名字|昵称|电话|手机|身份证|证件|工号|邮箱|微信|地址|住址|出生"
    r"|(?<![a-z])(ip|name|nickname|phone|mobile|tel|e-?mail|wechat|qq|address|openid|id_?card|id_?number|birth\w*)(?![a-z])",
    re.IGNORECASE,
)
_NUMBER = r"[+-]?[0-9]+(\.[0-9]+)?"


def read_responses(path, instrument):
    """Read answers from a CSV file.

    Parameters
    ----------
    path : str or Path
        A CSV file in UTF-8 (with or without byte order mark); the first row holds the keys of the instrument's items
        and background variables, answers are codes.
    instrument : Instrument
        What was asked.

    Returns
    -------
    Staff
        Valid answers, and a report of everything else: codes outside the response format and text in place of a code
        are set to missing; columns that are not the instrument's, rows without any answer to an item, and the later
        rows of a repeated respondent number are dropped.

    Raises
    ------
    EmolaborError
        The file cannot be read, lacks columns of items (they are listed), repeats a column, has a row of another
        length than the header, or holds no valid answer.

    Examples
    --------
    >>> from emolabor.instrument import load_instrument
    >>> from tempfile import TemporaryDirectory
    >>> instrument = load_instrument("window_staff")
    >>> answers = pd.DataFrame(3, index=[0, 1], columns=list(instrument.points())).assign(姓名="...")
    >>> with TemporaryDirectory() as folder:
    ...     answers.to_csv(f"{folder}/mine.csv", index=False)
    ...     staff = read_responses(f"{folder}/mine.csv", instrument)
    >>> staff
    Staff(respondents=2, instrument='window_staff', findings=9)
    >>> staff.report.iloc[0].tolist()
    [<NA>, '姓名', 'looks like personal data', 'column dropped']
    """
    header, rows = _read_rows(path)
    _check_header(path, header, instrument)
    findings = _column_findings(header, instrument)
    known = [column for column in instrument.columns if column in header]
    texts = pd.DataFrame(
        {column: pd.Series({row: cells[header.index(column)] for row, cells in rows.items()}) for column in known},
        dtype="str",
    )
    data, bad_cells = _valid_answers(texts, instrument)
    data, bad_rows = _drop_rows(data, instrument)
    if data.empty:
        raise EmolaborError(f"{path}: found no valid answer to any item; allowed: answers as codes, e.g. 1 to 5")
    # The sort is stable: within a row the findings keep the order of the columns.
    findings += sorted(bad_cells + bad_rows, key=lambda finding: finding[0])
    report = pd.DataFrame(findings, columns=["row", "column", "found", "action"]).astype({"row": "Int64"})
    return Staff(data.reset_index(drop=True), report, instrument)


def _read_rows(path):
    """Return the header's names and a dict from row number (header is 1) to cells, blank rows left out."""
    if Path(path).suffix.lower() != ".csv":
        raise EmolaborError(f"path: found {str(path)!r}; allowed: a .csv file")
    try:
        with open(path, encoding="utf-8-sig", newline="") as file:
            lines = [[cell.strip() for cell in line] for line in csv.reader(file, strict=True)]
    except OSError as error:
        raise EmolaborError(f"{path}: found no readable file ({error.strerror}); allowed: a .csv file") from None
    except UnicodeDecodeError:
        raise EmolaborError(f"{path}: found bytes that are not UTF-8; allowed: CSV saved as UTF-8") from None
    except csv.Error as error:
        raise EmolaborError(f"{path}: found {error}; allowed: fields parted by commas, quotes closed") from None
    if not lines:
        raise EmolaborError(f"{path}: found an empty file; allowed: a row of column names, then a row a respondent")
    header = lines[0]
    rows = {number: cells for number, cells in enumerate(lines[1:], start=2) if any(cells)}
    for number, cells in rows.items():
        if len(cells) != len(header):
            raise EmolaborError(
                f"{path}, row {number}: found {len(cells)} fields; allowed: {len(header)}, as the header"
            )
    return header, rows


def _check_header(path, header, instrument):
    missing = [item for items in instrument.dimensions().values() for item in items if item not in header]
    if missing:
        raise EmolaborError(
            f"{path}: found no column for {', '.join(missing)}; allowed: a column for each item of {instrument.key}, "
            "named by its key in the first row"
        )
    repeated = [column for column in instrument.columns if header.count(column) > 1]
    if repeated:
        raise EmolaborError(f"{path}: found several columns named {', '.join(repeated)}; allowed: one each")


def _column_findings(header, instrument):
    """Report columns that are dropped, by name only, and background columns that are not there."""
    findings = []
    for position, column in enumerate(header, start=1):
        if column not in instrument.columns:
            found = "looks like personal data" if _PERSONAL.search(column) else "not a column of the instrument"
            findings.append((None, column or f"(column {position}, no name)", found, "column dropped"))
    absent = [column for column in instrument.columns if column not in header]
    return findings + [(None, column, "no such column", "left out of the data") for column in absent]


def _valid_answers(texts, instrument):
    """Turn texts into codes; what is not allowed becomes missing and a finding."""
    points = instrument.points()
    variables = {variable.key: variable for variable in instrument.background}
    data, findings = {}, []
    for column, text in texts.items():
        if column in points:
            numbers = _numbers(text)
            answers = numbers.where(numbers.isin(range(1, points[column] + 1)))
            allowed = f"1 to {points[column]}"
        else:
            answers, allowed = _background_answers(text, variables[column])
        data[column] = answers
        for row, cell in text[text.ne("") & answers.isna()].items():
            findings.append((row, column, _describe(cell), f"set to missing (allowed: {allowed})"))
    return pd.DataFrame(data), findings


def _background_answers(text, variable):
    """Return the valid answers to a background variable, and what is allowed in words."""
    if variable.kind == "number":
        low, high = variable.minimum, variable.maximum
        numbers = _numbers(text)
        valid = numbers.ge(low) if high is None else numbers.between(low, high)
        return numbers.where(valid), f"a number from {low}" + ("" if high is None else f" to {high}")
    if variable.kind == "code":
        return text.where(text.str.fullmatch(variable.pattern)), f"a code like {variable.pattern}"
    allowed = ", ".join(map(str, variable.values))
    if all(isinstance(code, int) for code in variable.values):
        numbers = _numbers(text)
        return numbers.where(numbers.isin(list(variable.values))), allowed
    return text.where(text.isin(list(map(str, variable.values)))), allowed


def _numbers(text):
    return pd.to_numeric(text.where(text.str.fullmatch(_NUMBER))).astype(float)


def _describe(cell):
    """Show a short number; of anything else, which may be about a person, only the kind and the length."""
    if re.fullmatch(_NUMBER, cell):
        return cell if len(cell) <= 4 else f"a number of {len(cell)} characters"
    return f"text of {len(cell)} characters"


def _drop_rows(data, instrument):
    """Drop rows without any answer to an item, then rows whose respondent number came before."""
    items = [item for items in instrument.dimensions().values() for item in items]
    unanswered = data[items].isna().all(axis=1)
    findings = [(row, None, "no valid answer to any item", "row dropped") for row in data.index[unanswered]]
    data = data[~unanswered]
    if "respondent" in data:
        repeated = data["respondent"].duplicated() & data["respondent"].notna()
        findings += [(row, "respondent", "a number that came before", "row dropped") for row in data.index[repeated]]
        data = data[~repeated]
    return data, findings
