"""The draft that a new scale begins with."""

from importlib.resources import files

from emolabor.common.files import write_text
from emolabor.scales.adapting import checked_source, new_file


def new_scale(key, output=None):
    """Write a commented draft of a scale that is valid and has its texts still to be written.

    Parameters
    ----------
    key : str
        Key of the new scale: lower-case letters, digits and _, a letter first.
    output : str or Path, optional
        The file to write, by default ``KEY.yaml``. One that is there is never written over.

    Returns
    -------
    Path
        The file written.

    Raises
    ------
    EmolaborError
        The key is one of the library or not a key, or the file is there already.
    """
    output = new_file(key, output)
    draft = (files("emolabor.scales") / "draft.yaml").read_text(encoding="utf-8").replace("KEY", key)
    return write_text(output, checked_source(draft, output))
