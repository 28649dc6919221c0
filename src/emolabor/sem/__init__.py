"""The structural equation engine: lavaan's words, lavaan's numbers."""

from emolabor.common.rooms import callable_room
from emolabor.sem.api import cfa, sem
from emolabor.sem.comparison.invariance import invariance
from emolabor.sem.comparison.likelihood_ratio import lr_test
from emolabor.sem.comparison.side_by_side import compare
from emolabor.sem.evaluation.reported_measures import reported_measures, reported_names
from emolabor.sem.fit import Fit
from emolabor.sem.inference.refit import refit_many
from emolabor.sem.inference.standardized import interaction_size
from emolabor.sem.moderation.moderated_mediation import moderated_mediation
from emolabor.sem.moderation.probing import interaction_lines, johnson_neyman, simple_slopes
from emolabor.sem.moderation.product_indicators import Interaction, interaction
from emolabor.sem.ordinal.corners import polychoric_corners
from emolabor.sem.ordinal.polychoric_table import polychoric_correlations
from emolabor.sem.two_level.fit import TwoLevelFit
from emolabor.sem.two_level.slopes import RandomSlopeFit

__all__ = [
    "Fit",
    "Interaction",
    "RandomSlopeFit",
    "TwoLevelFit",
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

callable_room(__name__, sem)
