"""What is asked: scales, their items, their rights."""

from emolabor.scales.adapting import adapt_scale, record_step
from emolabor.scales.differences import check_record, scale_differences
from emolabor.scales.drafts import new_scale
from emolabor.scales.forms import write_interview_guide, write_rating_form
from emolabor.scales.guidelines import GUIDELINES, STEPS, adaptation_steps
from emolabor.scales.interviews import record_interviews
from emolabor.scales.item_table import scales_from_table
from emolabor.scales.loading import list_scales, load_scale
from emolabor.scales.scale import Dimension, Item, ResponseFormat, Scale
from emolabor.scales.traditional import add_traditional, in_traditional
from emolabor.scales.workbook import WorkbookReading, read_workbook, write_workbook

__all__ = [
    "GUIDELINES",
    "STEPS",
    "Dimension",
    "Item",
    "ResponseFormat",
    "Scale",
    "WorkbookReading",
    "adapt_scale",
    "adaptation_steps",
    "add_traditional",
    "check_record",
    "in_traditional",
    "list_scales",
    "load_scale",
    "new_scale",
    "read_workbook",
    "record_interviews",
    "record_step",
    "scale_differences",
    "scales_from_table",
    "write_interview_guide",
    "write_rating_form",
    "write_workbook",
]
