"""How good the scales are."""

from emolabor.measurement.content_validity import ContentValidity, content_validity, read_ratings
from emolabor.measurement.norms import norms
from emolabor.measurement.reliability import alpha_interval, cronbach_alpha, reliability
from emolabor.measurement.short_forms import short_forms

__all__ = [
    "ContentValidity",
    "alpha_interval",
    "content_validity",
    "cronbach_alpha",
    "norms",
    "read_ratings",
    "reliability",
    "short_forms",
]
