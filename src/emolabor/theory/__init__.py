"""The essay's claims as data, and the models that follow from them."""

from emolabor.theory.claims import Claim, Path, load_claims, management_factors, measured_claims
from emolabor.theory.constructs import CONSTRUCT_GROUPS, CONSTRUCTS, UNDESIRABLE
from emolabor.theory.models import (
    full_model,
    measurement_model,
    model_text,
    paths_around,
    structural_model,
    structure_text,
)
from emolabor.theory.moderation import ModeratedModel, moderated_model
from emolabor.theory.reversal import reversed_dimensions, tell_reversed
from emolabor.theory.rivals import rival_models

__all__ = [
    "CONSTRUCTS",
    "CONSTRUCT_GROUPS",
    "UNDESIRABLE",
    "Claim",
    "ModeratedModel",
    "Path",
    "full_model",
    "load_claims",
    "management_factors",
    "measured_claims",
    "measurement_model",
    "model_text",
    "moderated_model",
    "paths_around",
    "reversed_dimensions",
    "rival_models",
    "structural_model",
    "structure_text",
    "tell_reversed",
]
