"""What the notebooks of one run left in its folder, for the run's page."""

import json
import re
from dataclasses import dataclass

import pandas as pd

HEADING = re.compile(r"^# (.+)$", re.MULTILINE)
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
    figures : dict of str to str
        Key of a figure -> the lines of the cell that drew it, in its order.
    """

    name: str
    parameters: dict
    values: dict
    titles: dict
    figures: dict

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


def read_notebooks(folder, names, labels, titles):
    """Read what the notebooks of a run stored.

    Parameters
    ----------
    folder : Path
        The run's folder.
    names : iterable of str
        Notebooks that ended well; others may have left files of an earlier run there.
    labels : dict of str to dict
        Language -> code -> label, for the factors.
    titles : dict of str to dict
        Notebook -> language -> heading; of one that is not there its own heading, or its name, stands for both.

    Returns
    -------
    dict of str to Notebook
    """
    return {name: _read(folder, name, labels, titles) for name in names}


def _read(folder, name, labels, titles):
    content = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
    executed = json.loads((folder / "notebooks" / f"{name}.ipynb").read_text(encoding="utf-8"))
    opening = next(("".join(cell["source"]) for cell in executed["cells"] if cell["cell_type"] == "markdown"), "")
    lines = {key: text for text in _code(executed) for key in FIGURE.findall(text)}
    drawn = {key: text for key, text in lines.items() if (folder / "figures" / f"{name}_{key}.svg").is_file()}
    factor = content["parameters"].get("factor")
    head = HEADING.search(opening)
    own = titles.get(name.partition("-")[0]) or dict.fromkeys(labels, head[1] if head else name)
    own = {code: own[code] + (_of_factor(labels[code].get(factor, factor), code) if factor else "") for code in labels}
    return Notebook(name, content["parameters"], content["values"], own, drawn)


def figure_keys(notebook):
    """List the keys of the figures that a notebook's code saves, in its order.

    Examples
    --------
    >>> figure_keys({"cells": [{"cell_type": "code", "source": ['results.figure("ranking", figure)']}]})
    ['ranking']
    """
    return [key for text in _code(notebook) for key in FIGURE.findall(text)]


def _code(notebook):
    return ["".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "code"]


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
