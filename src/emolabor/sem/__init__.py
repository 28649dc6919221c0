"""The structural equation engine: lavaan's words, lavaan's numbers."""

from emolabor.sem.api import cfa, sem
from emolabor.sem.compare import compare
from emolabor.sem.comparison import lr_test
from emolabor.sem.corners import polychoric_corners
from emolabor.sem.correlations import polychoric_correlations
from emolabor.sem.fit import Fit
from emolabor.sem.interaction import Interaction, interaction
from emolabor.sem.invariance_ladder import invariance
from emolabor.sem.moderated_mediation import moderated_mediation
from emolabor.sem.refit import refit_many
from emolabor.sem.reported import reported_measures, reported_names
from emolabor.sem.slopes import interaction_lines, johnson_neyman, simple_slopes
from emolabor.sem.standardized import interaction_size

__all__ = [
    "Fit",
    "Interaction",
    "cfa",
    "compare",
    "interaction",
    "interaction_lines",
    "interaction_size",
    "invariance",
    "johnson_neyman",
    "lr_test",
    "moderated_mediation",
    "polychoric_corners",
    "polychoric_correlations",
    "refit_many",
    "reported_measures",
    "reported_names",
    "sem",
    "simple_slopes",
]
