"""The structural equation engine: lavaan's words, lavaan's numbers."""

from emolabor.sem.api import cfa, sem
from emolabor.sem.compare import compare
from emolabor.sem.comparison import lr_test
from emolabor.sem.correlations import polychoric_correlations
from emolabor.sem.fit import Fit
from emolabor.sem.invariance_ladder import invariance

__all__ = ["Fit", "cfa", "compare", "invariance", "lr_test", "polychoric_correlations", "sem"]
