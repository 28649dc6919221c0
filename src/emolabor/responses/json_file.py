"""Answers as JSON: a list of objects, one a respondent, as SurveyJS saves them."""

import json

from emolabor.common.errors import EmolaborError
from emolabor.responses.table import SEVERAL, TableBuilder
from emolabor.responses.words import say

_MAX_BYTES = 1_000_000_000
_WRAPPERS = ("data", "Data", "results", "responses")


def read_json(path):
    """Read a JSON file; what is nested (the rows of a table) gets headings such as Table_key/item.

    Parameters
    ----------
    path : Path
        UTF-8 text: a list of objects, such a list in an object, or an object a line.

    Returns
    -------
    Table
        A row an object, counted from 2; texts, numbers, or `SEVERAL` where several answers were given.

    Raises
    ------
    EmolaborError
        No JSON, no such list, or too large.
    """
    if path.stat().st_size > _MAX_BYTES:
        raise EmolaborError(say("file_too_large", path=path, limit=_MAX_BYTES))
    answers = _answers(path)
    if len(answers) == 1:
        raise EmolaborError(say("json_one", path=path, remedy=say("json_remedy")))
    rows = [dict(_flat(answer)) for answer in answers]
    header = list(dict.fromkeys(name for row in rows for name in row))
    if not header:
        raise EmolaborError(say("json_no_answer", path=path, remedy=say("json_remedy")))
    builder = TableBuilder(path, header)
    builder.add(range(2, len(rows) + 2), [[row.get(name) for name in header] for row in rows])
    return builder.table()


def _answers(path):
    try:
        text = path.read_text(encoding="utf-8-sig")
        try:
            content = json.loads(text)
        except ValueError:
            content = [json.loads(line) for line in text.splitlines() if line.strip()]
    except (ValueError, RecursionError) as error:
        raise EmolaborError(
            say("json_broken", path=path, error=type(error).__name__, remedy=say("json_remedy"))
        ) from None
    if isinstance(content, dict):
        content = next((content[name] for name in _WRAPPERS if isinstance(content.get(name), list)), [content])
    if not isinstance(content, list) or not all(isinstance(answer, dict) for answer in content):
        raise EmolaborError(say("json_kind", path=path, found=type(content).__name__, remedy=say("json_remedy")))
    return content


def _flat(answer, path=""):
    """Give every value with its path; an object in an object is a table with its rows."""
    for name, value in answer.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{path}{name}/")
        elif isinstance(value, list):
            yield f"{path}{name}", SEVERAL
        else:  # true is not 1, which counts as equal
            yield f"{path}{name}", str(value).upper() if isinstance(value, bool) else value
