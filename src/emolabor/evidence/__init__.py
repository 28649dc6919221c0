"""What published studies say: their tables, what these measure, pooled, and what nobody has measured."""

from emolabor.evidence.coding import code_tables, load_coding
from emolabor.evidence.gap_map import evidence_map
from emolabor.evidence.masem import masem
from emolabor.evidence.pooling import Pooled, pool
from emolabor.evidence.reproduction import compare_published, latent_models
from emolabor.evidence.sub_model import estimable_model
from emolabor.evidence.tables import PublishedTable, load_published

__all__ = [
    "Pooled",
    "PublishedTable",
    "code_tables",
    "compare_published",
    "estimable_model",
    "evidence_map",
    "latent_models",
    "load_coding",
    "load_published",
    "masem",
    "pool",
]
