"""A study of which only the correlation table of its scale scores is there."""

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from emolabor.analysis import (
    CorrelationTable,
    correlation_table,
    is_correlation_table,
    read_correlation_table,
    score_model,
)
from emolabor.common.errors import EmolaborError
from emolabor.study.design import Design, load_design
from emolabor.study.paths import seen_from_notebooks
from emolabor.study.sample import open_study
from emolabor.theory import measured_claims


@dataclass(frozen=True, eq=False)
class TableStudy:
    """A correlation table, and the claims that it is asked about.

    Attributes
    ----------
    table : CorrelationTable
        Of scale scores.
    claims : tuple of Claim
        What is claimed; paths that name constructs which the table lacks are set aside as unmeasured.
    source : str
        Name of the file; with "simulated" in it, the answers behind the table are simulated.
    design : Design
        What is asked and claimed.
    """

    table: CorrelationTable
    claims: tuple
    source: str
    design: Design

    @property
    def model(self):
        """The model of the scale scores that follows from the claims, as text."""
        return score_model(self.table, self.claims, self.design.groups)

    def sheet(self):
        """Say what the table holds.

        Returns
        -------
        Series
            data (simulated or collected), n, constructs, those with a known sd and alpha, and unused (variables that
            are no constructs).
        """
        constructs = [name for group in self.design.groups.values() for name in group if name in self.table.cor]
        known = {f"{name}_known": int(getattr(self.table, name)[constructs].notna().sum()) for name in ("sd", "alpha")}
        unused = [name for name in self.table.cor if name not in constructs]
        data = "simulated" if "simulated" in self.source else "collected"
        return pd.Series(
            {"data": data, "n": self.table.n, "constructs_n": len(constructs), **known, "unused": ", ".join(unused)}
        )

    def lower_triangle(self):
        """The constructs' sd and alpha, and their correlations below the diagonal."""
        names = list(self.table.cor)
        cor = self.table.cor.copy()
        for row, name in enumerate(names):
            cor.loc[name, names[row:]] = float("nan")
        return pd.DataFrame({"sd": self.table.sd, "alpha": self.table.alpha}).loc[names].join(cor)


def open_table(data_path, mapping_path=None, study_path=None):
    """Read a correlation table, or make it from a file of answers.

    Parameters
    ----------
    data_path : str or Path
        A correlation table, see `analysis.read_correlation_table`, or a file of answers.
    mapping_path, study_path : str or Path, optional
        As for `open_study`.

    Returns
    -------
    TableStudy

    Raises
    ------
    EmolaborError
        The file cannot be used, or names no construct.
    """
    data_path, mapping_path, study_path = map(seen_from_notebooks, (data_path, mapping_path, study_path))
    source = Path(data_path).name
    if not is_correlation_table(data_path):
        study = open_study(data_path, mapping_path, study_path)
        return TableStudy(correlation_table(study.kept), study.claims, source, study.design)
    design, table = load_design(study_path), read_correlation_table(data_path)
    constructs = [name for group in design.groups.values() for name in group]
    if not set(constructs) & set(table.cor):
        raise EmolaborError(
            f"{data_path}: found no construct among the variables ({', '.join(table.cor)}); allowed: the keys "
            f"{', '.join(constructs)}"
        )
    return TableStudy(table, measured_claims(design.claims, table.cor), source, design)
