"""Answers of staff together with what was found while reading them."""

from dataclasses import dataclass

import pandas as pd

from emolabor.common.languages import chosen_language
from emolabor.instrument import Instrument
from emolabor.responses.findings import sentences


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
        finding is about a whole column), column, found, action, kind (of finding, one word). It never shows what a
        personal column held.
    instrument : Instrument
        What was asked.
    """

    data: pd.DataFrame
    report: pd.DataFrame
    instrument: Instrument

    def __repr__(self):
        # No respondent's row is ever printed, notebooks show the last value of a cell.
        return f"Staff(respondents={len(self.data)}, instrument={self.instrument.key!r}, findings={len(self.report)})"

    def report_text(self, language: str | None = None) -> str:
        """Say what was found while reading, a sentence for each kind of finding and column.

        Parameters
        ----------
        language : {"zh", "en"}, optional
            By default that of `EMOLABOR_LANGUAGE` or the system.

        Returns
        -------
        str
            One sentence a line; empty where nothing was found.

        Raises
        ------
        EmolaborError
            No such language.

        Examples
        --------
        >>> import pandas as pd, emolabor as el
        >>> from emolabor.responses import Staff
        >>> Staff(pd.DataFrame(), pd.DataFrame(), el.load_instrument("window_staff")).report_text("en")
        ''
        """
        language = chosen_language(language)
        return "\n".join(sentences(self.report, language)) if len(self.report) else ""
