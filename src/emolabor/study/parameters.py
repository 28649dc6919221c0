"""Notebook parameters: what a notebook takes, and a refusal of everything else."""

import ast
import os
from pathlib import Path

from emolabor.common.errors import EmolaborError, refuse_because
from emolabor.common.extras import require
from emolabor.sem.numerics import ESTIMATORS

ALLOWED = {
    "language": ("zh", "en"),
    "estimator": ESTIMATORS,
}
AT_LEAST = {"seed": 0, "n_boot": 1}
# Parameters of earlier versions: what took their place.
GONE = {
    "smallest_effect": "the study file's entry 'smallest', with a number for each kind of path: "
    "smallest: {direct: 0.10, indirect: 0.01, product: 0.05}"
}


def notebook_parameters(path):
    """Read the parameters of a notebook and their default values.

    papermill passes an unknown parameter on with a warning and runs with the defaults, so the runner asks first.

    Parameters
    ----------
    path : str or Path
        The notebook.

    Returns
    -------
    dict
        name -> default value, as in the cell tagged `parameters`.
    """
    require("papermill")
    import papermill

    return {
        name: ast.literal_eval(parameter["default"]) for name, parameter in papermill.inspect_notebook(path).items()
    }


def check_value(name, value):
    """Refuse a value that a parameter cannot have.

    Parameters
    ----------
    name : str
        The parameter.
    value : object
        Its value; numbers may come as text from the command line.

    Returns
    -------
    object
        The value, numbers as numbers.

    Raises
    ------
    EmolaborError
        Naming the parameter, the value and what is allowed.

    Examples
    --------
    >>> check_value("seed", "7")
    7
    """
    if name in ALLOWED and value not in ALLOWED[name]:
        raise EmolaborError(f"{name}: found {value!r}; allowed: {', '.join(ALLOWED[name])}")
    if name in AT_LEAST:
        if isinstance(value, bool) or not str(value).isdecimal() or int(value) < AT_LEAST[name]:
            raise EmolaborError(f"{name}: found {value!r}; allowed: a whole number, at least {AT_LEAST[name]}")
        return int(value)
    if name.endswith("_path") and value is not None and not Path(value).is_file():
        raise EmolaborError(f"{name}: {value} is not a file")
    return value


def choose_parameters(known, given, folder):
    """Give each notebook its share of the given parameters.

    A parameter goes to those notebooks that take it; one that none takes is refused.

    Parameters
    ----------
    known : dict
        notebook -> (parameter -> default), from `notebook_parameters`.
    given : dict
        parameter -> value; paths are seen from the current folder.
    folder : str or Path
        The notebooks' folder, where they run: paths are rewritten to be seen from there.

    Returns
    -------
    dict
        notebook -> (parameter -> value), only what differs from the notebook's default, so that a run with
        defaults gives the committed notebooks.

    Raises
    ------
    EmolaborError
        Naming the parameter, the notebooks asked and the parameters each allows.

    Examples
    --------
    >>> known = {"07_structural_model": {"seed": 1, "language": "zh"}}
    >>> choose_parameters(known, {"seed": "2", "language": "zh"}, "notebooks")
    {'07_structural_model': {'seed': 2}}
    """
    values = {}
    for name, value in given.items():
        if name in GONE:
            refuse_because(f"parameter {name!r}", "it is no parameter any more", GONE[name])
        if not any(name in defaults for defaults in known.values()):
            allowed = "; ".join(f"{notebook}: {', '.join(defaults)}" for notebook, defaults in known.items())
            raise EmolaborError(f"parameter {name!r} is unknown; allowed: {allowed}")
        value = check_value(name, value)
        is_path = name.endswith("_path") and value is not None
        values[name] = Path(os.path.relpath(value, folder)).as_posix() if is_path else value
    return {
        notebook: {name: value for name, value in values.items() if name in defaults and value != defaults[name]}
        for notebook, defaults in known.items()
    }
