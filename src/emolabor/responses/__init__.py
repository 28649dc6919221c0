"""What was answered: reading, validation, scoring."""

from emolabor.responses.reading import read_responses
from emolabor.responses.scoring import score, scored_items
from emolabor.responses.staff import Staff

__all__ = ["Staff", "read_responses", "score", "scored_items"]
