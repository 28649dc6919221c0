"""How good the scales are."""

from emolabor.measurement.adequacy import factor_adequacy
from emolabor.measurement.factor_analysis import efa
from emolabor.measurement.parallel import parallel_analysis
from emolabor.measurement.reliability import alpha_interval, cronbach_alpha, reliability

__all__ = ["alpha_interval", "cronbach_alpha", "efa", "factor_adequacy", "parallel_analysis", "reliability"]
