"""A questionnaire made of scales."""

from emolabor.instrument.instrument import AttentionCheck, Instrument, Variable
from emolabor.instrument.loading import load_instrument

__all__ = ["AttentionCheck", "Instrument", "Variable", "load_instrument"]
