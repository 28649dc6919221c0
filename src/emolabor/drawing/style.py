"""One style sheet for every picture, and the one way a picture is saved."""

from contextlib import contextmanager
from pathlib import Path

from emolabor.common.errors import EmolaborError
from emolabor.common.extras import require
from emolabor.common.files import write_bytes
from emolabor.drawing.fonts import use_chinese_fonts

PAGE = 6.5  # inches that the text of a printed page is wide, 16.5 cm: type then prints in the size it has here
INK, BLUE, RED, GREY, PALE = "#1a1a1a", "#1f4e79", "#a33a2c", "#8a8a8a", "#f3f5f8"

SHEET = {
    "font.size": 9,
    "axes.titlesize": 10,
    "axes.linewidth": 0.8,
    "legend.frameon": False,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.unicode_minus": True,
    "svg.fonttype": "path",
    "svg.hashsalt": "emolabor",
    "path.simplify": False,
    "text.parse_math": False,  # a name with two $ is a name, not mathematics
}


@contextmanager
def style():
    """Draw and save under the project's style, whatever the user's own is; their settings are as before afterwards."""
    require("matplotlib")
    import matplotlib

    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        use_chinese_fonts()
        matplotlib.rcParams.update(SHEET)
        yield


def save_figure(figure, path):
    """Write a picture whose bytes depend on what it shows and on nothing else.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
        What to save.
    path : str or Path
        Ends in .png or .svg.

    Returns
    -------
    Path
        The path written.

    Raises
    ------
    EmolaborError
        When the ending is another one.
    """
    import io

    path = Path(path)
    if path.suffix not in {".png", ".svg"}:
        raise EmolaborError(f"path: found the ending {path.suffix!r} in {path.name}; allowed: .png, .svg")
    metadata = {"Software": None} if path.suffix == ".png" else {"Date": None, "Creator": None}
    buffer = io.BytesIO()
    with style():
        figure.savefig(buffer, format=path.suffix[1:], dpi=200, metadata=metadata)
    return write_bytes(path, buffer.getvalue())
