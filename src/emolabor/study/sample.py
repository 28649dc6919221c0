"""What every notebook starts from: whose answers these are, who stays, which claims they are asked about."""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from emolabor.common.errors import EmolaborError
from emolabor.instrument import Instrument
from emolabor.responses import Staff, read_responses, scored_items, screen
from emolabor.sem.numerics import parse_model
from emolabor.study.design import LANGUAGE, Design, load_design
from emolabor.study.paths import seen_from_notebooks
from emolabor.study.rehearsal import read_truth
from emolabor.theory import full_model, measured_claims


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
        What is claimed; paths that name constructs which the answers lack are set aside as unmeasured.
    source : str
        Name of the file of answers; with "simulated" in it, they are simulated.
    design : Design
        What the study asks and claims, whether or not it is in the file.
    truth : dict or None
        Of answers that were simulated to rehearse a study, the true value of each path by its key.
    """

    staff: Staff
    screening: pd.DataFrame
    claims: tuple
    source: str
    design: Design
    truth: dict | None = None

    def __repr__(self):
        # No respondent's row is ever printed, notebooks show the last value of a cell.
        return f"Study(respondents={len(self.staff.data)}, careless={int(self.screening['careless'].sum())})"

    @property
    def instrument(self) -> Instrument:
        """What was asked, as far as the answers hold it."""
        return self.staff.instrument

    @property
    def kept(self):
        """The respondents who stay, as a Staff: of the study's population, not called careless by the screening."""
        return self._staff(self._careful & self._population)

    @property
    def answers(self):
        """Items (reverse-worded ones turned) and background of the respondents who stay, a row each."""
        return answers_of(self.kept)

    @property
    def everyone(self):
        """As `answers`, careless respondents included."""
        return answers_of(self._staff(self._population))

    def staff_by(self, column):
        """Return whom to compare by a background column, as a Staff.

        Those who stay; by the column that defines the population also the others, as a contrast, careful ones only.
        """
        population = self.design.population
        return self._staff(self._careful) if population and column == population["column"] else self.kept

    def answers_by(self, column):
        """As `answers`, of whom `staff_by` returns."""
        return answers_of(self.staff_by(column))

    @property
    def _careful(self):
        return ~self.screening["careless"].to_numpy(dtype=bool)

    @property
    def _population(self):
        return in_population(self.staff.data, self.design.population)

    def _staff(self, rows):
        return Staff(self.staff.data[rows].reset_index(drop=True), self.staff.report, self.instrument)

    @property
    def roles(self):
        """What the constructs and background columns are to the study; columns that the answers lack are left out."""
        roles = self.design.roles
        held = {
            name: tuple(column for column in getattr(roles, name) if column in self.staff.data)
            for name in ("clusters", "groupings", "description")
        }
        return replace(roles, **held)

    @property
    def answer_ends(self):
        """Lowest and highest answer to the items of each construct: a dict."""
        return {
            dimension.key: (min(scale.response_format.codes), max(scale.response_format.codes))
            for scale in self.instrument.scales
            for dimension in scale.dimensions
        }

    @property
    def model(self):
        """The whole model that follows from the claims, or the study file's, as text."""
        return self.design.model or self.model_of(self.claims)

    def model_of(self, claims, indirect=True):
        """The model that follows from some of the claims, as text; see `theory.full_model`."""
        return full_model(self.instrument.dimensions(), claims, indirect, self.design.groups)

    def value_names(self, column, language):
        """Map each code of a background column to its label; nothing for one that the instrument does not have."""
        columns = [variable.key for variable in self.instrument.background]
        return self.instrument.value_names(column, language) if column in columns else {}

    def group_names(self, column, language):
        """As `value_names`, by the codes as tables write them: 1 as well as 1.0."""
        names = self.value_names(column, language)
        return {str(code): name for code, name in names.items()} | {
            f"{code:.1f}": name for code, name in names.items() if isinstance(code, int)
        }

    def factors(self, outcome):
        """The study's factors from which a way of the model leads to an outcome, in their order."""
        steps = [(term.rhs, term.lhs) for term in parse_model(self.model).terms if term.op == "~"]
        found, more = set(), {outcome}
        while more:
            found |= more
            more = {source for source, to in steps if to in more} - found
        return tuple(name for name in self.design.roles.factors if name in found)


def open_study(data_path, mapping_path=None, study_path=None):
    """Read the answers, screen them, and put the claims beside them.

    The file may hold only some of the scales: the instrument is then reduced to them and the model to the claims that
    they can test; `Study.staff.report` and the claims say what is missing.

    Parameters
    ----------
    data_path : str or Path
        File of answers, in any form that `responses.read_responses` takes.
    mapping_path : str or Path, optional
        Which column holds which item, where the names differ.
    study_path : str or Path, optional
        A study file with other scales, claims or another model; see `load_design`.

    Returns
    -------
    Study
        A column ``language`` is kept as background, although the questionnaire does not ask for it.

    Raises
    ------
    EmolaborError
        The file, the mapping or the study file cannot be used; the message says why.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> from emolabor.simulation import simulate_staff
    >>> with TemporaryDirectory() as folder:
    ...     simulate_staff(300).to_csv(f"{folder}/simulated.csv", index=False)
    ...     study = open_study(f"{folder}/simulated.csv")
    >>> study, len(study.answers), study.source
    (Study(respondents=300, careless=12), 204, 'simulated.csv')
    """
    data_path, mapping_path, study_path = map(seen_from_notebooks, (data_path, mapping_path, study_path))
    design = load_design(study_path)
    instrument = design.instrument
    staff = read_responses(data_path, instrument, mapping_path, partial=True)
    if LANGUAGE.key in set(staff.report["column"]):  # the reader tells of a column that it does not know
        instrument = replace(instrument, background=(*instrument.background, LANGUAGE))
        staff = read_responses(data_path, instrument, mapping_path, partial=True)
    claims = measured_claims(design.claims, staff.instrument.dimensions())
    if len(staff.data) and not in_population(staff.data, design.population).any():
        values = ", ".join(map(str, design.population["values"]))
        raise EmolaborError(
            f"{data_path}: found nobody whose {design.population['column']} is {values}, whom the study is about; "
            "allowed: answers of such staff, or a study file that says population: everyone"
        )
    return Study(staff, screen(staff), claims, Path(data_path).name, design, read_truth(data_path))


def in_population(data, population):
    """Tell who belongs to the population that a study is about: an array of bool, a row a respondent.

    Everyone does where the study names no population or the data do not tell; who left the question out does not.
    """
    if population is None or population["column"] not in data:
        return np.ones(len(data), dtype=bool)
    return data[population["column"]].isin(population["values"]).to_numpy()


def answers_of(staff):
    """Return a Staff's items (reverse-worded ones turned) with the groups that its background columns tell."""
    groups = [variable.key for variable in staff.instrument.background if variable.kind in ("choice", "code")]
    background = [key for key in groups if key in staff.data]
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
        data (simulated or collected), respondents, careless (left out of the analysis), contrast (careful, but not of
        the population that the study is about), kept, then of those kept: how many of each column of clusters (None
        where the file does not tell), by the column's name, and complete (without a missing answer); findings (lines
        of the reading report).
    """
    kept = study.kept.data
    items = [item for keys in study.instrument.dimensions().values() for item in keys]
    return pd.Series(
        {
            "data": "simulated" if "simulated" in study.source else "collected",
            "respondents": len(study.staff.data),
            "careless": int(study.screening["careless"].sum()),
            "contrast": int((~study.screening["careless"].astype(bool)).sum()) - len(kept),
            "kept": len(kept),
            **{column: _distinct(kept, column) for column in study.design.roles.clusters},
            "complete": int(kept[items].notna().all(axis=1).sum()),
            "findings": len(study.staff.report),
        }
    )


def _distinct(data, column):
    return data[column].nunique() if column in data else None
