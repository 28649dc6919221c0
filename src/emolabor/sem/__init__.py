"""The structural equation engine: lavaan's words, lavaan's numbers."""

from emolabor.sem.api import cfa, sem
from emolabor.sem.fit import Fit

__all__ = ["Fit", "cfa", "sem"]
