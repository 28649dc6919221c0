"""The essay's claims as data, and the models that follow from them."""

from emolabor.theory.claim_table import claims_from_table
from emolabor.theory.claims import (
    ORIGINS,
    Claim,
    ClaimPath,
    claim_paths,
    essay_source,
    load_claims,
    load_essay,
    management_factors,
    measured_claims,
)
from emolabor.theory.coding import CodingAgreement, coding_agreement, coding_sheet, cohen_kappa, read_coding
from emolabor.theory.constructs import (
    CONSTRUCT_GROUPS,
    CONSTRUCTS,
    COVARIATES,
    FACTORS,
    INSTRUMENT,
    MARKER,
    OUTCOME,
    STUDY_FILE,
    UNDESIRABLE,
)
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
    "COVARIATES",
    "FACTORS",
    "INSTRUMENT",
    "MARKER",
    "ORIGINS",
    "OUTCOME",
    "STUDY_FILE",
    "UNDESIRABLE",
    "Claim",
    "ClaimPath",
    "CodingAgreement",
    "ModeratedModel",
    "claim_paths",
    "claims_from_table",
    "coding_agreement",
    "coding_sheet",
    "cohen_kappa",
    "essay_source",
    "full_model",
    "load_claims",
    "load_essay",
    "management_factors",
    "measured_claims",
    "measurement_model",
    "model_text",
    "moderated_model",
    "paths_around",
    "read_coding",
    "reversed_dimensions",
    "rival_models",
    "structural_model",
    "structure_text",
    "tell_reversed",
]
