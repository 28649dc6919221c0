"""Labels of any length: broken into lines, and the room they take on the page."""

from emolabor.common.text_width import text_width

NAMES = {"linespacing": 1.3, "verticalalignment": "center"}  # how names of several lines stand beside their rows
OPENING, CLOSING = "（《“‘", "，。、；：！？）》”’"  # no line ends with the former or begins with the latter
LETTER = 0.56  # width of a half-width letter in units of the type size, with a little to spare


def wrapped(text, width):
    r"""Break a text into lines at blanks, and within Chinese or a long word where it must be.

    Parameters
    ----------
    text : str
        What is broken; line ends in it stay.
    width : int
        Half-width letters that a line may take.

    Returns
    -------
    str

    Examples
    --------
    >>> wrapped("Dispatching-unit support at the window", 16)
    'Dispatching-unit\nsupport at the\nwindow'
    >>> wrapped("派驻单位对窗口人员的支持", 12)
    '派驻单位对窗\n口人员的支持'
    >>> wrapped("窗口人员（减轻）", 10)
    '窗口人员\n（减轻）'
    """
    lines = []
    for line in text.split("\n"):
        lines.append("")
        for word in _pieces(line, width):
            if lines[-1] and text_width(lines[-1] + word.rstrip()) > width:
                lines[-1] = lines[-1].rstrip()
                lines.append(word.lstrip())
            else:
                lines[-1] += word
        lines[-1] = lines[-1].rstrip()
    return "\n".join(lines)


def _pieces(line, width):
    """Cut a line where it may be broken: after a blank, at a Chinese character, and a word longer than a line."""
    piece = ""
    for letter in line:
        wide = text_width(letter) == 2
        kept = letter in CLOSING or (piece and piece[-1] in OPENING)
        if (
            piece
            and not kept
            and (wide or piece[-1] == " " or text_width(piece[-1]) == 2 or text_width(piece) >= width)
        ):
            yield piece
            piece = ""
        piece += letter
    if piece:
        yield piece


def label_room(names, size):
    """Inches that the widest line of some labels takes in a type size.

    Examples
    --------
    >>> label_room(["Belonging", "归属感"], 10)
    0.7
    """
    widest = max((text_width(line) for name in names for line in name.split("\n")), default=0)
    return round(widest * LETTER * size / 72, 3)


def row_places(names, size, least):
    r"""Where rows stand that are as high as their names, in inches from the top, and how high all are together.

    Examples
    --------
    >>> row_places(["one line", "two\nlines"], 9, 0.2)
    ([0.1025, 0.39], 0.575)
    """
    places, end = [], 0.0
    for name in names:
        height = max(least, 0.04 + (1 + name.count("\n")) * 1.32 * size / 72)
        places.append(round(end + height / 2, 4))
        end += height
    return places, round(end, 4)


def letters_in(inches, size):
    """Half-width letters that fit into a width in a type size.

    Examples
    --------
    >>> letters_in(7.2, 10)
    92
    """
    return int(inches * 72 / (size * LETTER))


def legend_name(name):
    """Name an entry of a legend: matplotlib leaves out names that begin with an underscore, so a blank goes before.

    Examples
    --------
    >>> legend_name("yes"), legend_name("_yes")
    ('yes', ' _yes')
    """
    return f" {name}" if name.startswith("_") else name


def legend_columns(names, inches, size):
    """Columns in which a legend's entries fit side by side; an entry's sign takes about seven letters.

    Examples
    --------
    >>> legend_columns(["yes", "no"], 7.2, 10), legend_columns(["x" * 60, "no"], 7.2, 10)
    (2, 1)
    """
    widest = max(text_width(line) for name in names for line in name.split("\n"))
    return max(1, min(len(names), letters_in(inches, size) // (widest + 7)))
