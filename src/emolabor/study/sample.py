"""What every notebook starts from: whose answers these are, who stays, which claims they are asked about."""

from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from emolabor.instrument import Instrument, Variable, load_instrument
from emolabor.responses import Staff, read_responses, scored_items, screen
from emolabor.theory import full_model, load_claims

# The questionnaire does not ask for it; a file of answers in several languages may tell it.
LANGUAGE = Variable(
    "language", "code", {"zh": "作答语言", "en": "Language of the answers"}, {}, "[A-Za-z-]+", None, None
)
BACKGROUND = ("centre", "department", "dispatch_type", "tenure_band", "sex", "age_band", LANGUAGE.key)


@dataclass(frozen=True, eq=False, repr=False)
class Study:
    """A questionnaire, the answers to it, and the claims that they are asked about.

    Attributes
    ----------
    staff : Staff
        Everyone who answered.
    screening : DataFrame
        Careless-response indices and flags, a row a respondent, as `responses.screen` gives them.
    claims : tuple of Claim
        What is claimed.
    source : str
        Name of the file of answers; with "simulated" in it, they are simulated.
    """

    staff: Staff
    screening: pd.DataFrame
    claims: tuple
    source: str

    def __repr__(self):
        # No respondent's row is ever printed, notebooks show the last value of a cell.
        return f"Study(respondents={len(self.staff.data)}, careless={int(self.screening['careless'].sum())})"

    @property
    def instrument(self) -> Instrument:
        """What was asked."""
        return self.staff.instrument

    @property
    def kept(self):
        """The respondents who stay, as a Staff: everyone whom the screening does not call careless."""
        data = self.staff.data[~self.screening["careless"].to_numpy(dtype=bool)]
        return Staff(data.reset_index(drop=True), self.staff.report, self.instrument)

    @property
    def answers(self):
        """Items (reverse-worded ones turned) and background of the respondents who stay, a row each."""
        return answers_of(self.kept)

    @property
    def everyone(self):
        """As `answers`, careless respondents included."""
        return answers_of(self.staff)

    @property
    def model(self):
        """The whole model that follows from the claims, as text."""
        return full_model(self.instrument.dimensions(), self.claims)


def open_study(data_path, mapping_path=None):
    """Read the answers, screen them, and put the claims beside them.

    Parameters
    ----------
    data_path : str or Path
        File of answers, in any form that `responses.read_responses` takes.
    mapping_path : str or Path, optional
        Which column holds which item, where the names differ.

    Returns
    -------
    Study
        A column ``language`` is kept as background, although the questionnaire does not ask for it.

    Raises
    ------
    EmolaborError
        The file or the mapping cannot be used; the message says why.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> from emolabor.simulation import simulate_staff
    >>> with TemporaryDirectory() as folder:
    ...     simulate_staff(300).to_csv(f"{folder}/simulated.csv", index=False)
    ...     study = open_study(f"{folder}/simulated.csv")
    >>> study, len(study.answers), study.source
    (Study(respondents=300, careless=11), 289, 'simulated.csv')
    """
    instrument = load_instrument("window_staff")
    staff = read_responses(data_path, instrument, mapping_path)
    if LANGUAGE.key in set(staff.report["column"]):  # the reader tells of a column that it does not know
        instrument = replace(instrument, background=(*instrument.background, LANGUAGE))
        staff = read_responses(data_path, instrument, mapping_path)
    return Study(staff, screen(staff), load_claims(), Path(data_path).name)


def answers_of(staff):
    """Return a Staff's items (reverse-worded ones turned) with the background columns that it has."""
    background = [column for column in BACKGROUND if column in staff.data]
    return scored_items(staff.data, staff.instrument).join(staff.data[background])


def sample_table(study):
    """Say whose answers these are and how many.

    Parameters
    ----------
    study : Study
        From `open_study`.

    Returns
    -------
    Series
        data (simulated or collected), respondents, careless (left out of the analysis), kept, then of those kept:
        centres, departments (None where the file does not tell) and complete (without a missing answer); findings
        (lines of the reading report).
    """
    kept = study.kept.data
    items = [item for keys in study.instrument.dimensions().values() for item in keys]
    return pd.Series(
        {
            "data": "simulated" if "simulated" in study.source else "collected",
            "respondents": len(study.staff.data),
            "careless": len(study.staff.data) - len(kept),
            "kept": len(kept),
            "centres": _distinct(kept, "centre"),
            "departments": _distinct(kept, "department"),
            "complete": int(kept[items].notna().all(axis=1).sum()),
            "findings": len(study.staff.report),
        }
    )


def _distinct(data, column):
    return data[column].nunique() if column in data else None
