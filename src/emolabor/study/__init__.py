"""The run: parameters, papermill, results store, comparison with the reference."""

from emolabor.study.careless import paths_and_careless, verdicts_and_careless
from emolabor.study.closing import closing_table
from emolabor.study.design import Design, load_design
from emolabor.study.factor_report import FactorReport
from emolabor.study.lavaan_agreement import beside_lavaan, fit_models, largest_differences, second_opinions
from emolabor.study.needs import why_not
from emolabor.study.ordered_verdicts import wlsmv_verdicts
from emolabor.study.paths import project_root
from emolabor.study.results import Results
from emolabor.study.runner import reproduce
from emolabor.study.sample import Study, open_study, sample_table
from emolabor.study.table_study import TableStudy, open_table
from emolabor.study.tables import (
    claims_table,
    construct_correlations,
    fit_table,
    instrument_table,
    parameter_table,
    reading_table,
    score_correlations,
    score_table,
    validity_table,
)
from emolabor.study.truth import truth_table

__all__ = [
    "Design",
    "FactorReport",
    "Results",
    "Study",
    "TableStudy",
    "beside_lavaan",
    "claims_table",
    "closing_table",
    "construct_correlations",
    "fit_models",
    "fit_table",
    "instrument_table",
    "largest_differences",
    "load_design",
    "open_study",
    "open_table",
    "parameter_table",
    "paths_and_careless",
    "project_root",
    "reading_table",
    "reproduce",
    "sample_table",
    "score_correlations",
    "score_table",
    "second_opinions",
    "truth_table",
    "validity_table",
    "verdicts_and_careless",
    "why_not",
    "wlsmv_verdicts",
]
