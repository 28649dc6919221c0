"""What pictures are made of: type, style, numbers, and the diagrams of models."""

from emolabor.drawing.fonts import font_folder, use_chinese_fonts
from emolabor.drawing.formats import show
from emolabor.drawing.measurement_diagram import measurement_diagram
from emolabor.drawing.path_diagram import path_diagram
from emolabor.drawing.style import save_figure, style

__all__ = [
    "font_folder",
    "measurement_diagram",
    "path_diagram",
    "save_figure",
    "show",
    "style",
    "use_chinese_fonts",
]
