"""What is asked: scales, their items, their rights."""

from emolabor.scales.loading import list_scales, load_scale
from emolabor.scales.scale import Dimension, Item, ResponseFormat, Scale

__all__ = ["Dimension", "Item", "ResponseFormat", "Scale", "list_scales", "load_scale"]
