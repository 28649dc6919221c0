"""What was answered: reading, validation, scoring."""

from emolabor.responses.proposing import ProposedMapping, propose_mapping
from emolabor.responses.reading import read_responses
from emolabor.responses.scoring import score, scored_items
from emolabor.responses.staff import Staff

__all__ = ["ProposedMapping", "Staff", "propose_mapping", "read_responses", "score", "scored_items"]
