"""The run: parameters, papermill, results store, comparison with the reference."""

from emolabor.study.closing import closing_table, import_seconds
from emolabor.study.factor_report import FactorReport
from emolabor.study.paths import project_root
from emolabor.study.results import Results
from emolabor.study.runner import reproduce
from emolabor.study.sample import Study, open_study, sample_table
from emolabor.study.tables import (
    claims_table,
    construct_correlations,
    fit_table,
    instrument_table,
    parameter_table,
    score_correlations,
    score_table,
    validity_table,
)

__all__ = [
    "FactorReport",
    "Results",
    "Study",
    "claims_table",
    "closing_table",
    "construct_correlations",
    "fit_table",
    "import_seconds",
    "instrument_table",
    "open_study",
    "parameter_table",
    "project_root",
    "reproduce",
    "sample_table",
    "score_correlations",
    "score_table",
    "validity_table",
]
