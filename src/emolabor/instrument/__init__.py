"""A questionnaire made of scales."""

from emolabor.instrument.codebook import Codebook, codebook, codebook_table
from emolabor.instrument.export import FORMATS, Export, write_instrument
from emolabor.instrument.instrument import AttentionCheck, Instrument, Variable
from emolabor.instrument.loading import load_instrument

# Methods that write files stand with what they write: a questionnaire itself knows no format.
Instrument.write = write_instrument
Instrument.codebook = codebook_table

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
