"""What follows from a fit, and what published studies say."""

from emolabor.analysis.confounding import confounding
from emolabor.analysis.correlation_table import (
    CorrelationTable,
    correlation_table,
    is_correlation_table,
    read_correlation_table,
    score_model,
)
from emolabor.analysis.indirect import effects_on, indirect_intervals
from emolabor.analysis.lever_groups import GroupLevers, levers_by_group
from emolabor.analysis.levers import Levers, levers
from emolabor.analysis.multiverse import multiverse, multiverse_influence, multiverse_summary
from emolabor.analysis.nesting import cluster_comparison, within_between
from emolabor.analysis.planning import smallest_steps, standardized_population
from emolabor.analysis.power import power, sample_size
from emolabor.analysis.profiles import Profiles, profiles
from emolabor.analysis.rival_tests import nested_tests
from emolabor.analysis.rmsea_power import rmsea_power, rmsea_sample_size
from emolabor.analysis.rounding_bands import rounding_bands
from emolabor.analysis.specifications import effect_multiverse, shown_specifications
from emolabor.analysis.verdicts import product_terms, verdicts
from emolabor.evidence import PublishedTable, compare_published, latent_models, load_published

__all__ = [
    "CorrelationTable",
    "GroupLevers",
    "Levers",
    "Profiles",
    "PublishedTable",
    "cluster_comparison",
    "compare_published",
    "confounding",
    "correlation_table",
    "effect_multiverse",
    "effects_on",
    "indirect_intervals",
    "is_correlation_table",
    "latent_models",
    "levers",
    "levers_by_group",
    "load_published",
    "multiverse",
    "multiverse_influence",
    "multiverse_summary",
    "nested_tests",
    "power",
    "product_terms",
    "profiles",
    "read_correlation_table",
    "rmsea_power",
    "rmsea_sample_size",
    "rounding_bands",
    "sample_size",
    "score_model",
    "shown_specifications",
    "smallest_steps",
    "standardized_population",
    "verdicts",
    "within_between",
]
