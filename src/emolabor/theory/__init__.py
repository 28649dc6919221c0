"""The essay's claims as data, and the models that follow from them."""

from emolabor.theory.claims import Claim, Path, load_claims
from emolabor.theory.constructs import CONSTRUCT_GROUPS, CONSTRUCTS, UNDESIRABLE
from emolabor.theory.models import full_model, measurement_model, structural_model

__all__ = [
    "CONSTRUCTS",
    "CONSTRUCT_GROUPS",
    "UNDESIRABLE",
    "Claim",
    "Path",
    "full_model",
    "load_claims",
    "measurement_model",
    "structural_model",
]
