"""Arguments that many functions share, refused in the same words."""

import numpy as np

from emolabor.common.errors import EmolaborError


def check_whole(name, value, least):
    """Refuse what is no whole number of at least `least`."""
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < least:
        raise EmolaborError(f"{name}: found {value!r}, allowed: a whole number of at least {least}.")


def check_level(level):
    """Refuse what cannot be the coverage of an interval."""
    if not 0 < level < 1:
        raise EmolaborError(f"level: found {level!r}, allowed: a number between 0 and 1.")
