"""What was answered: reading, validation, screening, scoring."""

from emolabor.responses.missing import missing_by_item, share_by_group
from emolabor.responses.proposing import ProposedMapping, propose_mapping
from emolabor.responses.reading import read_responses
from emolabor.responses.scoring import score, scored_items
from emolabor.responses.screening import screen, screening_indices, screening_summary
from emolabor.responses.sensitivity import all_and_kept, screening_sensitivity
from emolabor.responses.shown_screening import family_counts, shown_sensitivity, shown_summary
from emolabor.responses.staff import Staff

__all__ = [
    "ProposedMapping",
    "Staff",
    "all_and_kept",
    "family_counts",
    "missing_by_item",
    "propose_mapping",
    "read_responses",
    "score",
    "scored_items",
    "screen",
    "screening_indices",
    "screening_sensitivity",
    "screening_summary",
    "share_by_group",
    "shown_sensitivity",
    "shown_summary",
]
