"""A mapping proposed for a file whose columns have other names."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from emolabor.common.words import speaking
from emolabor.responses.elapsed import start_and_end
from emolabor.responses.files import read_table
from emolabor.responses.layout import make_layout
from emolabor.responses.mapping import load_mapping
from emolabor.responses.personal import shown_heading
from emolabor.responses.placing import counter_of_known, place, unplaced
from emolabor.responses.reading import read_columns
from emolabor.responses.template import address, mapping_text
from emolabor.responses.unclear import unclear_readers, with_their_blocks
from emolabor.responses.words import say

if TYPE_CHECKING:
    from emolabor.instrument.instrument import Instrument


@dataclass(frozen=True, eq=False)
class ProposedMapping:
    """Where the columns of a file would go.

    Attributes
    ----------
    platform : str or None
        Whose export it is (wjx, kobo, limesurvey, qualtrics, ...), or None for a plain table.
    placed : DataFrame
        One row a key: key, column (heading, or the column's number where the heading is empty or stands twice), rule,
        sure. What is not sure is read only when a mapping file says so.
    unplaced : DataFrame
        One row a column without a place: column, why (it looks like personal data, or was added by platform or form;
        empty where neither).
    absent : list of str
        Keys without a column.
    mapping : str
        The mapping file: see `text`.
    """

    platform: str | None
    placed: pd.DataFrame
    unplaced: pd.DataFrame
    absent: list
    mapping: str

    def text(self) -> str:
        """Write the mapping file.

        Returns
        -------
        str
            YAML for `read_responses`, unsure places and all, with every key and heading and the values that were not
            understood: look it over and fill in what is empty before you use it.

        Examples
        --------
        >>> import emolabor as el
        >>> file = "data/simulated/study-windowstaff_sample-simulated_data.csv"
        >>> print(el.propose_mapping(file, el.load_instrument("window_staff")).text().splitlines()[2])
        columns:
        """
        return self.mapping


def propose_mapping(
    path: str | Path,
    instrument: Instrument,
    mapping: str | Path | dict[str, Any] | None = None,
    *,
    separator: str | None = None,
    encoding: str | None = None,
    sheet: str | int | None = None,
    header_row: int | None = None,
    language: str | None = None,
) -> ProposedMapping:
    """Propose which column of a file holds which item, and show what could not be placed.

    Parameters
    ----------
    path : str or Path
        A file as `read_responses` takes it.
    instrument : Instrument
        What was asked.
    mapping : str, Path or dict, optional
        What is already known.
    separator, encoding : str, optional
        Of a text file, as `read_responses` takes them.
    sheet : str or int, optional
        Of a workbook: name or number of the sheet.
    header_row : int, optional
        Number of the row of headings, from 1.
    language : {"zh", "en"}, optional
        Language of messages and notes.

    Returns
    -------
    ProposedMapping
        A key at most once, a column at most once.

    Raises
    ------
    EmolaborError
        The file cannot be read, or the mapping does not fit.

    Examples
    --------
    >>> import pandas as pd, emolabor as el
    >>> from tempfile import TemporaryDirectory
    >>> instrument = el.load_instrument("window_staff")
    >>> answers = pd.DataFrame(3, index=[0], columns=list(instrument.points())).rename(columns={"sa1": "Q7"})
    >>> with TemporaryDirectory() as folder:
    ...     answers.to_csv(f"{folder}/mine.csv", index=False)
    ...     proposed = el.propose_mapping(f"{folder}/mine.csv", instrument)
    >>> proposed.placed.query("not sure").to_dict("records")
    [{'key': 'sa1', 'column': 'Q7', 'rule': 'order', 'sure': False}]
    """
    with speaking(language):
        layout = make_layout(separator, encoding, sheet, header_row)
        mapping = load_mapping(mapping, instrument).laid_out(layout)
        return _propose(Path(path), instrument, mapping)


def _propose(path, instrument, mapping):
    table = read_table(path, mapping.layout, counter_of_known(instrument, mapping))
    placement = place(table, instrument, mapping, path)
    names = [column.name for column in table.columns]
    rows = []
    for key in instrument.columns:
        if key in placement.columns:
            rows.append((key, address(names, placement.columns[key]), placement.rules[key], True))
        elif key in placement.probable:
            position, rule = placement.probable[key]
            rows.append((key, address(names, position), rule, False))
    placed = pd.DataFrame(rows, columns=["key", "column", "rule", "sure"])
    probable = {shown_heading(names[position], position) for position, _ in placement.probable.values()}
    rest = [
        (name, personal or (say("added_column") if added else ""))
        for name, personal, added in unplaced(table, placement)
        if name not in probable
    ]
    known = {*placed["key"], *(["seconds"] if start_and_end(table, placement) else [])}
    readers = read_columns(table, placement, instrument, mapping)
    readers = with_their_blocks(unclear_readers(readers), readers)
    columns = dict(zip(placed["key"], placed["column"], strict=True))
    return ProposedMapping(
        placement.platform,
        placed,
        pd.DataFrame(rest, columns=["column", "why"]),
        [key for key in instrument.columns if key not in known],
        mapping_text(table, placement, instrument, mapping, readers, columns),
    )
