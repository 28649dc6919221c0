"""The plan of a run: which notebooks, one of them once for each management factor, and in which order."""

import math
from dataclasses import dataclass, field
from pathlib import Path

from emolabor.common.errors import EmolaborError
from emolabor.study.design import load_design
from emolabor.study.editions import sources
from emolabor.study.parameters import choose_parameters, notebook_parameters
from emolabor.theory import management_factors


@dataclass(frozen=True)
class Job:
    """One execution of one notebook.

    Attributes
    ----------
    name : str
        Name of its results: the notebook's, and the management factor's where it takes one.
    path : Path
        The notebook.
    defaults : dict
        The notebook's own parameters and values.
    parameters : dict
        Parameter -> value, only what differs from the defaults.
    left_out : dict
        Tag of cells that the data cannot carry -> the sentence shown in their place.
    """

    name: str
    path: Path
    defaults: dict
    parameters: dict
    left_out: dict = field(default_factory=dict)

    @property
    def settings(self):
        """All parameters with the values that they have in this run."""
        return self.defaults | self.parameters

    @property
    def on_own_data(self):
        """True when it reads another file of answers than the study's, or asks other things of it."""
        return bool({"data_path", "study_path"} & self.parameters.keys())


def results_name(notebook, factor=None):
    """Return the name under which a notebook's results are kept.

    Examples
    --------
    >>> results_name("07_structural_model"), results_name("06_management_factor", "role_clarity")
    ('07_structural_model', '06_management_factor-role_clarity')
    """
    return f"{notebook}-{factor}" if factor else notebook


def factors_of(defaults, study_path=None):
    """List the management factors for which a notebook runs: those of the claims if it takes one, else none.

    Parameters
    ----------
    defaults : dict
        The notebook's parameters, from `notebook_parameters`.
    study_path : str or Path, optional
        A study file with other claims.

    Returns
    -------
    tuple of str or None
        (None,) for a notebook that takes no factor.
    """
    if "factor" not in defaults:
        return (None,)
    design = load_design(study_path)
    return management_factors(design.claims, design.roles.factors)


def plan_jobs(folder, only, given):
    """List what a run executes.

    Parameters
    ----------
    folder : Path
        The folder of notebooks.
    only : str or None
        A notebook's number, name, or beginning of its name; of the one that runs for each factor also the name
        with the factor, such as 06_management_factor-role_clarity.
    given : dict
        parameter -> value, for the notebooks that take it; a `factor` leaves the other factors out.

    Returns
    -------
    list of Job
        In the order of the notebooks' names and of the factors in the claims.

    Raises
    ------
    EmolaborError
        When there are none, none begins as asked, or a parameter or its value is not allowed.
    """
    notebooks = {path: notebook_parameters(path) for path in sources(folder)}
    every = [
        (results_name(path.stem, factor), path, factor)
        for path, defaults in notebooks.items()
        for factor in factors_of(defaults, given.get("study_path"))
    ]
    # Published tables and the comparison with lavaan say nothing about somebody's own answers: only when asked for.
    own = "data_path" in given or "study_path" in given
    carried = [one for one in every if not own or "data_path" in notebooks[one[1]]]
    chosen = carried if only is None else [one for one in every if one[0].startswith(only)]
    if not chosen:
        names = ", ".join(path.stem for path in notebooks) or "none, the folder is empty"
        raise EmolaborError(f"--only: no notebook begins with {only!r}; there are: {names}")
    known = {path.stem: notebooks[path] for _, path, _ in chosen}
    parameters = choose_parameters(known, given, folder)
    if "factor" in given:
        factors = [factor for _, _, factor in chosen if factor]
        if given["factor"] not in factors:
            raise EmolaborError(f"factor: found {given['factor']!r}; allowed: {', '.join(factors)}")
        chosen = [one for one in chosen if one[2] in (None, given["factor"])]
    return [
        Job(name, path, notebooks[path], parameters[path.stem] | _own_factor(factor, notebooks[path]))
        for name, path, factor in chosen
    ]


def _own_factor(factor, defaults):
    return {} if factor is None or factor == defaults["factor"] else {"factor": factor}


def longest_first(jobs, seconds):
    """Order jobs so that workers end together: a long one that starts last keeps all waiting.

    Parameters
    ----------
    jobs : list of Job
    seconds : dict
        name -> seconds that it took last time. One that was never measured counts as long when it takes n_boot,
        since resampling is what takes time, and else as short.

    Returns
    -------
    list of Job
        Of equally long ones in the order of their names.
    """

    def expected(job):
        return seconds.get(job.name, math.inf if "n_boot" in job.defaults else 0)

    return sorted(jobs, key=lambda job: (-expected(job), job.name))
