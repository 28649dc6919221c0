"""Chinese type that comes with the package: the same in figures and in the paper, on every machine."""

from importlib import resources
from pathlib import Path

from emolabor.common.extras import require

SERIF = "Noto Serif SC"
SANS = "Noto Sans SC"


def font_folder():
    """Return the folder that holds the two fonts and their licence.

    Returns
    -------
    Path
        Give it to typst's ``font_paths``.

    Examples
    --------
    >>> sorted(path.name for path in font_folder().glob("*.otf"))
    ['NotoSansSC-Regular.otf', 'NotoSerifSC-Regular.otf']
    """
    return Path(str(resources.files("emolabor.drawing") / "font_files"))


def use_chinese_fonts():
    """Make the fonts known to matplotlib and set them as its sans and serif families.

    Needed once in a notebook that draws with seaborn or matplotlib itself, and again after ``seaborn.set_theme()``,
    which resets the family. Latin letters come from the same fonts.

    Examples
    --------
    >>> use_chinese_fonts()
    >>> import matplotlib
    >>> matplotlib.rcParams["font.family"]
    ['Noto Sans SC']
    """
    require("matplotlib")
    import matplotlib
    from matplotlib import font_manager

    known = {font.fname for font in font_manager.fontManager.ttflist}
    for path in sorted(font_folder().glob("*.otf")):
        if str(path) not in known:
            font_manager.fontManager.addfont(path)
    matplotlib.rcParams.update({"font.family": [SANS], "font.sans-serif": [SANS], "font.serif": [SERIF]})
