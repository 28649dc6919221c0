"""A questionnaire made of scales."""

from emolabor.instrument.codebook import Codebook, codebook
from emolabor.instrument.export import FORMATS, Export
from emolabor.instrument.instrument import AttentionCheck, Instrument, Variable
from emolabor.instrument.loading import load_instrument

__all__ = [
    "FORMATS",
    "AttentionCheck",
    "Codebook",
    "Export",
    "Instrument",
    "Variable",
    "codebook",
    "load_instrument",
]
