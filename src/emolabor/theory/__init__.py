"""The essay's claims as data, and the models that follow from them."""

from emolabor.theory.claims import Claim, Path, load_claims, management_factors
from emolabor.theory.constructs import CONSTRUCT_GROUPS, CONSTRUCTS
from emolabor.theory.models import full_model, measurement_model, structural_model

__all__ = [
    "CONSTRUCTS",
    "CONSTRUCT_GROUPS",
    "Claim",
    "Path",
    "full_model",
    "load_claims",
    "management_factors",
    "measurement_model",
    "structural_model",
]
