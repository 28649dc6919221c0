"""How good the scales are."""

from emolabor.measurement.reliability import alpha_interval, cronbach_alpha, reliability

__all__ = ["alpha_interval", "cronbach_alpha", "reliability"]
