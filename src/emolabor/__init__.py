"""Emotional-labour scales and structural equation models for service window staff."""

from emolabor.analysis import verdicts
from emolabor.errors import EmolaborError
from emolabor.instrument import load_instrument
from emolabor.measurement import reliability
from emolabor.responses import read_responses, score, scored_items
from emolabor.scales import list_scales, load_scale
from emolabor.sem import cfa, sem
from emolabor.simulation import simulate_staff
from emolabor.theory import full_model, load_claims, measurement_model, structural_model

__all__ = [
    "EmolaborError",
    "cfa",
    "full_model",
    "list_scales",
    "load_claims",
    "load_instrument",
    "load_scale",
    "measurement_model",
    "read_responses",
    "reliability",
    "score",
    "scored_items",
    "sem",
    "simulate_staff",
    "structural_model",
    "verdicts",
]
