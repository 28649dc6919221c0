"""Descriptions of the data: an SPSS file without respondents, and a Table Schema."""

import json
import tempfile
from pathlib import Path

from emolabor.common.extras import require
from emolabor.instrument.columns import variables
from emolabor.instrument.words import WORDS

# What 问卷星 writes for a question that was skipped by logic, or left empty.
_SKIPPED, _EMPTY = -3, -2
# Where the head of an SPSS file keeps the length of a case in units of 8 bytes, how many cases there are, and when it
# was written (PSPP manual, "System File Format").
_CASE_SIZE, _CASES, _WRITTEN = slice(68, 72), slice(80, 84), slice(92, 109)
_TYPED_CODE = 24  # room for a code that is typed in; one that is chosen may need more


def sav_codebook(instrument, language):
    """Write an SPSS file that has every variable with its labels, and no respondent.

    Parameters
    ----------
    instrument : Instrument
        What is asked.
    language : str
        Language of the variable and value labels.

    Returns
    -------
    bytes
        The file. Answers are ordinal, with -3 (skipped) and -2 (not answered) as missing values.
    """
    require("pyreadstat")
    import pandas as pd
    import pyreadstat

    columns, labels, values, missing, measures, formats = {}, {}, {}, {}, {}, {}
    for variable in variables(instrument):
        key, text = variable.key, variable.is_text
        width = max([_TYPED_CODE, *(len(str(code).encode()) for code in variable.codes)])
        columns[key] = [" " * width if text else float("nan")]
        labels[key] = variable.text[language]
        measures[key] = {"answer": "ordinal", "number": "scale"}.get(variable.kind, "nominal")
        values[key] = {code: names[language] for code, names in variable.codes.items()}
        if variable.kind == "answer":
            values[key] |= {_SKIPPED: WORDS["skipped"][language], _EMPTY: WORDS["empty"][language]}
            missing[key] = [{"lo": _SKIPPED, "hi": _EMPTY}]
        formats[key] = f"A{width}" if text else "F8.0" if variable.kind == "number" else "F2.0"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "codebook.sav"
        pyreadstat.write_sav(
            pd.DataFrame(columns),
            path,
            file_label=instrument.key,
            column_labels=labels,
            variable_value_labels=values,
            missing_ranges=missing,
            variable_measure=measures,
            variable_format=formats,
        )
        return _without_cases(path.read_bytes())


def _without_cases(content):
    """Take out the one empty case, which gave text variables their width, and the time of writing."""
    size = 8 * int.from_bytes(content[_CASE_SIZE], "little")
    head = bytearray(content[:-size])
    head[_CASES] = (0).to_bytes(4, "little")
    head[_WRITTEN] = b"01 Jan 0000:00:00"
    return bytes(head)


def table_schema(instrument, language):
    """Write a Table Schema (Frictionless) of the data file.

    Parameters
    ----------
    instrument : Instrument
        What is asked.
    language : str
        Language of titles and labels.

    Returns
    -------
    bytes
        The JSON text: type, allowed values and labels of each column; dimension, reverse and expected are our own
        properties.
    """
    fields = [_field(variable, language) for variable in variables(instrument)]
    schema = {"title": instrument.title[language], "fields": fields, "missingValues": [""]}
    return (json.dumps(schema, ensure_ascii=False, indent=1) + "\n").encode()


def _field(variable, language):
    kind = "string" if variable.is_text else "number" if variable.kind == "number" else "integer"
    field = {"name": variable.key, "type": kind, "title": variable.text[language]}
    if variable.codes:
        field["constraints"] = {"enum": list(variable.codes)}
        field["categories"] = [{"value": code, "label": names[language]} for code, names in variable.codes.items()]
    elif variable.kind == "code":
        field["constraints"] = {"pattern": variable.pattern}
    else:
        limits = {"minimum": variable.minimum, "maximum": variable.maximum}
        field["constraints"] = {name: limit for name, limit in limits.items() if limit is not None}
    own = {"dimension": variable.dimension, "reverse": variable.reverse, "expected": variable.expected}
    return field | {name: value for name, value in own.items() if value}
