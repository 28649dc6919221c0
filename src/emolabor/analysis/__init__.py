"""What follows from a fit, and what published studies say."""

from emolabor.analysis.published import compare_published, latent_models
from emolabor.analysis.published_tables import PublishedTable, load_published
from emolabor.analysis.verdicts import verdicts

__all__ = ["PublishedTable", "compare_published", "latent_models", "load_published", "verdicts"]
