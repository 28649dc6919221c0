"""What the notebooks of one run left in its folder, for the run's page."""

import json
import re
from dataclasses import dataclass

import pandas as pd

# The heading, and the bold Chinese words with which the line for Chinese readers begins.
TITLES = {
    "en": re.compile(r"^# (.+)$", re.MULTILINE),
    "zh": re.compile(r"^\*\*([^*]*[\u4e00-\u9fff][^*]*?)。?\*\*", re.MULTILINE),
}
FIGURE = re.compile(r"""\.figure\(\s*["'](\w+)["']""")


@dataclass(frozen=True)
class Notebook:
    """One notebook of a run that ended well.

    Attributes
    ----------
    name : str
        Name of its results.
    parameters, values : dict
        As its results file holds them.
    titles : dict of str to str
        Language -> its heading; the name where it has none.
    figures : tuple of str
        Keys of its figures, in its order.
    """

    name: str
    parameters: dict
    values: dict
    titles: dict
    figures: tuple

    @property
    def stem(self):
        """The notebook's name without the factor that it was run for."""
        return self.name.partition("-")[0]

    @property
    def data(self):
        """Whose answers it read, simulated or collected; None for a notebook that reads no file of answers."""
        if "sample" in self.values:
            return self.values["sample"]["data"]
        source = self.parameters.get("data_path")
        return None if source is None else "simulated" if "simulated" in source else "collected"


def read_notebooks(folder, names, labels):
    """Read what the notebooks of a run stored.

    Parameters
    ----------
    folder : Path
        The run's folder.
    names : iterable of str
        Notebooks that ended well; others may have left files of an earlier run there.
    labels : dict of str to dict
        Language -> code -> label, for the factors.

    Returns
    -------
    dict of str to Notebook
    """
    return {name: _read(folder, name, labels) for name in names}


def _read(folder, name, labels):
    content = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
    executed = json.loads((folder / "notebooks" / f"{name}.ipynb").read_text(encoding="utf-8"))
    opening = next(("".join(cell["source"]) for cell in executed["cells"] if cell["cell_type"] == "markdown"), "")
    drawn = [key for key in figure_keys(executed) if (folder / "figures" / f"{name}_{key}.svg").is_file()]
    factor = content["parameters"].get("factor")
    titles = {
        language: (found[1] if (found := pattern.search(opening)) else name)
        + (_of_factor(labels[language].get(factor, factor), language) if factor else "")
        for language, pattern in TITLES.items()
    }
    return Notebook(name, content["parameters"], content["values"], titles, tuple(drawn))


def figure_keys(notebook):
    """List the keys of the figures that a notebook's code saves, in its order.

    Examples
    --------
    >>> figure_keys({"cells": [{"cell_type": "code", "source": ['results.figure("ranking", figure)']}]})
    ['ranking']
    """
    code = ("".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "code")
    return [key for text in code for key in FIGURE.findall(text)]


def _of_factor(label, language):
    return f"：{label}" if language == "zh" else f": {label}"


def outcome_of(ways):
    """What the ways of a stored table of levers, such as ``training>clarity>service``, end at."""
    return next(iter(ways)).split(">")[-1]


def frame_of(stored):
    """Turn a stored table back into a data frame, a row an entry; missing values become NaN.

    Examples
    --------
    >>> frame_of({"a": {"est": 1.5}, "b": {"est": None}})
       est
    a  1.5
    b  NaN
    """
    return pd.DataFrame.from_dict(stored, orient="index")
