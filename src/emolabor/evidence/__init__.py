"""What published studies say: their tables, what these measure, pooled, and what nobody has measured."""

from emolabor.evidence.reproduction import compare_published, latent_models
from emolabor.evidence.tables import PublishedTable, load_published

__all__ = ["PublishedTable", "compare_published", "latent_models", "load_published"]
