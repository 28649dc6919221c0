"""Answers of staff together with what was found while reading them."""

from dataclasses import dataclass

import pandas as pd

from emolabor.instrument import Instrument


@dataclass(frozen=True, eq=False, repr=False)
class Staff:
    """Answers to an instrument.

    Attributes
    ----------
    data : DataFrame
        One row a respondent, columns in the instrument's order; answers as given (reverse-worded items not turned),
        missing ones as NaN.
    report : DataFrame
        What was changed, dropped or refused: row (as a spreadsheet counts, the header being row 1; missing where the
        finding is about a whole column), column, found, action. It never shows what a personal column held.
    instrument : Instrument
        What was asked.
    """

    data: pd.DataFrame
    report: pd.DataFrame
    instrument: Instrument

    def __repr__(self):
        # No respondent's row is ever printed, notebooks show the last value of a cell.
        return f"Staff(respondents={len(self.data)}, instrument={self.instrument.key!r}, findings={len(self.report)})"
