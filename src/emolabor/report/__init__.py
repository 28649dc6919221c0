"""From results to pages: fonts, figures, tables and the paper."""

from emolabor.drawing.fonts import font_folder, use_chinese_fonts
from emolabor.drawing.path_diagram import path_diagram
from emolabor.drawing.style import save_figure
from emolabor.report.build import build_paper
from emolabor.report.closing import closing_picture
from emolabor.report.figures.argument_map import argument_map
from emolabor.report.figures.correlations import correlation_figure
from emolabor.report.figures.evidence_map import evidence_map_figure
from emolabor.report.figures.importance_map import importance_map
from emolabor.report.figures.invariance_ladder import invariance_figure, ladder_words
from emolabor.report.figures.lavaan_agreement import agreement_figure
from emolabor.report.figures.levers import lever_figure
from emolabor.report.figures.likert import likert_figure
from emolabor.report.figures.loadings import loadings_figure
from emolabor.report.figures.moderation import moderation_figure
from emolabor.report.figures.power_curves import power_curves
from emolabor.report.figures.profiles import profile_figure
from emolabor.report.figures.published import published_figure
from emolabor.report.figures.specification_curve import specification_curve, specification_words
from emolabor.report.figures.verdicts import verdict_figure
from emolabor.report.page import write_table
from emolabor.report.paper import fill
from emolabor.report.results import load_results
from emolabor.report.run_page import write_run_page
from emolabor.report.tables import pipe_table
from emolabor.report.validation_page import check_page, write_validation

__all__ = [
    "agreement_figure",
    "argument_map",
    "build_paper",
    "check_page",
    "closing_picture",
    "correlation_figure",
    "evidence_map_figure",
    "fill",
    "font_folder",
    "importance_map",
    "invariance_figure",
    "ladder_words",
    "lever_figure",
    "likert_figure",
    "load_results",
    "loadings_figure",
    "moderation_figure",
    "path_diagram",
    "pipe_table",
    "power_curves",
    "profile_figure",
    "published_figure",
    "save_figure",
    "specification_curve",
    "specification_words",
    "use_chinese_fonts",
    "verdict_figure",
    "write_run_page",
    "write_table",
    "write_validation",
]
