"""Parquet files."""

import numpy as np

from emolabor.common.errors import EmolaborError
from emolabor.common.extras import require
from emolabor.responses.table import OTHER, check_size, heading, numbered, unreadable, without_blank_rows
from emolabor.responses.words import say


def read_parquet(path):
    """Read a Parquet file, column by column.

    Parameters
    ----------
    path : Path
        A .parquet file.

    Returns
    -------
    Table
        The first row is row 2, as when the file is opened as a table.

    Raises
    ------
    EmolaborError
        The file cannot be read or is too large.
    """
    require("pyarrow")
    from pyarrow import parquet, types  # takes a tenth of a second

    try:
        schema = parquet.read_schema(path)
        texts = [field.name for field in schema if types.is_string(field.type) or types.is_large_string(field.type)]
        with parquet.ParquetFile(path, read_dictionary=texts) as file:  # a text that is repeated is held once
            n, names = file.metadata.num_rows, file.schema_arrow.names
            check_size(path, n, len(names))
            data = file.read()
            columns = [_column(heading(name), data.column(place)) for place, name in enumerate(names)]
    except EmolaborError:
        raise
    except Exception as error:  # a broken file makes pyarrow raise its own and Python's errors
        raise unreadable(path, error, say("parquet_remedy")) from None
    return without_blank_rows(columns, np.arange(2, n + 2))


def _column(name, values):
    from pyarrow import types

    kind = values.type.value_type if types.is_dictionary(values.type) else values.type
    if types.is_nested(kind) or types.is_binary(kind) or types.is_large_binary(kind):
        codes = np.where(values.is_null().to_numpy(), -1, 0).astype(np.int32)
        return numbered(name, codes, [OTHER])
    encoded = values if types.is_dictionary(values.type) else values.dictionary_encode()
    encoded = encoded.unify_dictionaries().combine_chunks()
    codes = encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int32)
    cells = encoded.dictionary.to_pylist()
    return numbered(
        name, codes, [float(cell) if types.is_decimal(kind) and cell is not None else cell for cell in cells]
    )
