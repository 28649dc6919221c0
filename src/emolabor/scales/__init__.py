"""What is asked: scales, their items, their rights."""

from emolabor.scales.adapting import adapt_scale, record_step
from emolabor.scales.differences import check_record, scale_differences
from emolabor.scales.drafts import new_scale
from emolabor.scales.guidelines import GUIDELINES, STEPS, adaptation_steps
from emolabor.scales.loading import list_scales, load_scale
from emolabor.scales.scale import Dimension, Item, ResponseFormat, Scale

__all__ = [
    "GUIDELINES",
    "STEPS",
    "Dimension",
    "Item",
    "ResponseFormat",
    "Scale",
    "adapt_scale",
    "adaptation_steps",
    "check_record",
    "list_scales",
    "load_scale",
    "new_scale",
    "record_step",
    "scale_differences",
]
