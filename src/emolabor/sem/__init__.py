"""The structural equation engine: lavaan's words, lavaan's numbers."""

from emolabor.sem.api import cfa, sem
from emolabor.sem.comparison import lr_test
from emolabor.sem.fit import Fit

__all__ = ["Fit", "cfa", "lr_test", "sem"]
