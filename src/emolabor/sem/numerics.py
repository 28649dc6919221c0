"""The engine's second face: the numerical functions that other rooms of the house build on.

What stands here keeps its name and meaning; every other module of the engine may move.
"""

from emolabor.sem.api import fit_table
from emolabor.sem.evaluation.fit_indices import rmsea
from emolabor.sem.implied.quantities import all_draws, fill_many, jacobian_by_differences, row_draws, standardized_draws
from emolabor.sem.implied.ram import build_structure, derivative_columns, implied_moments, total_paths
from emolabor.sem.inference.effects import effects_table
from emolabor.sem.inference.replications import intervals, replicate, wanted
from emolabor.sem.linalg import bordered_inverse, inverse_and_logdet
from emolabor.sem.observed.columns import read_numbers, refuse_alike
from emolabor.sem.observed.drawn import read_weights
from emolabor.sem.observed.samples import Sample, sample_from_cov
from emolabor.sem.ordinal.correlation_sample import correlation_sample
from emolabor.sem.ordinal.polychoric import binormal_cdf
from emolabor.sem.specification.blocks import parse_without_blocks as parse_model
from emolabor.sem.specification.cautions import missing_codes
from emolabor.sem.specification.constraints import build_constraints
from emolabor.sem.specification.effects import Effect, list_effects
from emolabor.sem.specification.estimators import ESTIMATORS, MAXIMUM_LIKELIHOOD, POOLED_CORRELATIONS
from emolabor.sem.specification.parameter_table import Row, build_table

__all__ = [
    "ESTIMATORS",
    "MAXIMUM_LIKELIHOOD",
    "POOLED_CORRELATIONS",
    "Effect",
    "Row",
    "Sample",
    "all_draws",
    "binormal_cdf",
    "bordered_inverse",
    "build_constraints",
    "build_structure",
    "build_table",
    "correlation_sample",
    "derivative_columns",
    "effects_table",
    "fill_many",
    "fit_table",
    "implied_moments",
    "intervals",
    "inverse_and_logdet",
    "jacobian_by_differences",
    "list_effects",
    "missing_codes",
    "parse_model",
    "read_numbers",
    "read_weights",
    "refuse_alike",
    "replicate",
    "rmsea",
    "row_draws",
    "sample_from_cov",
    "standardized_draws",
    "total_paths",
    "wanted",
]
