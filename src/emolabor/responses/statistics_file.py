"""SPSS and Stata files, with the labels they carry."""

import numpy as np
import pandas as pd

from emolabor.common.errors import EmolaborError
from emolabor.common.extras import require
from emolabor.responses.table import check_size, heading, numbered, unreadable, without_blank_rows
from emolabor.responses.words import say

_MAX_BYTES = 4_000_000_000


def read_statistics_file(path):
    """Read an SPSS or Stata file. Values that the file itself declares missing are empty.

    Parameters
    ----------
    path : Path
        A .sav, .zsav or .dta file.

    Returns
    -------
    Table
        Columns with their labels and value labels; the first case is row 2, as when the file is opened as a table.

    Raises
    ------
    EmolaborError
        The file cannot be read or is too large.
    """
    require("pyreadstat")
    import pyreadstat  # takes a tenth of a second

    read = pyreadstat.read_dta if path.suffix.lower() == ".dta" else pyreadstat.read_sav
    encoding, facts = _facts(path, read)
    n = facts.number_rows or 0
    check_size(path, n, facts.number_columns or 0)
    if n * sum(facts.variable_storage_width.values()) > _MAX_BYTES:
        raise EmolaborError(say("file_too_large_unpacked", path=path, limit=_MAX_BYTES))
    try:
        data, facts = read(str(path), encoding=encoding)
    except Exception as error:  # readstat's own error, decoding, or a date out of range: all mean a broken file
        raise unreadable(path, error, say("statistics_remedy")) from None
    columns = []
    for position, name in enumerate(data.columns):
        codes, cells = pd.factorize(data.iloc[:, position])
        labels = facts.variable_value_labels.get(name, {})
        label = heading(facts.column_names_to_labels.get(name))
        cells = cells.tolist() if cells.dtype.kind == "f" else list(cells)  # moments would become plain numbers
        columns.append(numbered(heading(name), codes.astype(np.int32), cells, label, labels))
    return without_blank_rows(columns, np.arange(2, len(data) + 2))


def _facts(path, read):
    """Return the encoding that works (None is what the file declares) and what the file says about itself."""
    try:
        return None, read(str(path), metadataonly=True)[1]
    except Exception as error:  # see above
        try:
            return "GB18030", read(str(path), metadataonly=True, encoding="GB18030")[1]
        except Exception:  # see above
            raise unreadable(path, error, say("statistics_remedy")) from None
