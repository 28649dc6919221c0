"""The same question under every defensible specification (Steegen et al., 2016; Simonsohn et al., 2020)."""

from collections.abc import Callable, Mapping
from itertools import product
from typing import Any

import numpy as np
import pandas as pd

from emolabor.common.checks import check_jobs
from emolabor.common.errors import EmolaborError, refuse, refuse_because, shown
from emolabor.common.tasks import run_tasks

NUMBERS = ("est", "ci_lower", "ci_upper", "n")


def multiverse(
    choices: Mapping[str, Mapping[str, Any]],
    estimate: Callable[..., Any],
    *,
    possible: Callable[..., Any] | None = None,
    jobs: int = 1,
) -> pd.DataFrame:
    """Estimate one thing under every combination of choices.

    Parameters
    ----------
    choices : mapping of str to mapping of str to object
        Choice to its options: name of the option to the value that stands for it, such as
        ``{"estimator": {"robust": "MLR", "plain": "ML"}}``. In a list of texts each stands for itself.
    estimate : callable
        ``estimate(**values)``, one value a choice, gives a mapping with est, ci_lower, ci_upper, n and admissible. An
        `EmolaborError` that it raises becomes the note of a specification without numbers.
    possible : callable, optional
        ``possible(**options)``, one option's name a choice, says whether the combination makes sense; without it all.
    jobs : int
        Processes that share the work, through joblib (-1: all cores); the result does not depend on it. With more than
        one, `estimate` must be a function that another process can import.

    Returns
    -------
    DataFrame
        One row a specification, in the order of the options, the last choice moving fastest: a column a choice, then
        est, ci_lower, ci_upper, n, admissible, note.

    Raises
    ------
    EmolaborError
        No choice, no option, a name that is a column of the result already, or an estimate without its numbers.

    References
    ----------
    Simonsohn, U., Simmons, J. P., & Nelson, L. D. (2020). Specification curve analysis. Nature Human Behaviour, 4,
    1208-1214.
    Steegen, S., Tuerlinckx, F., Gelman, A., & Vanpaemel, W. (2016). Increasing transparency through a multiverse
    analysis. Perspectives on Psychological Science, 11(5), 702-712.

    Examples
    --------
    >>> import numpy as np, emolabor as el
    >>> answers = np.array([1.0, 2.0, 3.0, 10.0])
    >>> def mean(outliers, centre):
    ...     kept = answers[answers < outliers]
    ...     est, half = centre(kept), 2 * kept.std() / len(kept) ** 0.5
    ...     return {"est": est, "ci_lower": est - half, "ci_upper": est + half, "n": len(kept), "admissible": True}
    >>> choices = {"outliers": {"kept": 99, "left out": 9}, "centre": {"mean": np.mean, "median": np.median}}
    >>> el.multiverse(choices, mean)[["outliers", "centre", "est", "n"]]
       outliers  centre  est  n
    0      kept    mean  4.0  4
    1      kept  median  2.5  4
    2  left out    mean  2.0  3
    3  left out  median  2.0  3
    """
    check_jobs(jobs)
    choices = _options(choices)
    combined = [dict(zip(choices, options, strict=True)) for options in product(*choices.values())]
    kept = [options for options in combined if possible is None or possible(**options)]
    if not kept:
        refuse_because("possible", "leaves no combination", "at least one")
    tasks = [(estimate, {name: choices[name][option] for name, option in options.items()}) for options in kept]
    rows = run_tasks(_specification, tasks, jobs, "specifications")
    return pd.DataFrame(kept).join(pd.DataFrame(rows))


def multiverse_summary(specifications: pd.DataFrame) -> pd.Series:
    """Say how far the answer depends on the specification.

    Parameters
    ----------
    specifications : DataFrame
        From `multiverse`.

    Returns
    -------
    Series
        specifications, estimated, admissible (how many); of the admissible ones: median, lowest and highest estimate,
        share_positive, share_significant (interval without zero, estimate on the median's side). No p-value belongs to
        the whole: specifications of the same answers are not independent.

    References
    ----------
    Simonsohn, U., Simmons, J. P., & Nelson, L. D. (2020). Specification curve analysis. Nature Human Behaviour, 4,
    1208-1214.

    Examples
    --------
    >>> import pandas as pd, emolabor as el
    >>> rows = [(0.2, 0.1, 0.3, True), (0.1, -0.1, 0.3, True), (9.0, 8.0, 10.0, False)]
    >>> table = pd.DataFrame(rows, columns=["est", "ci_lower", "ci_upper", "admissible"])
    >>> el.multiverse_summary(table).round(2)
    specifications          3
    estimated               3
    admissible              2
    median               0.15
    lowest                0.1
    highest               0.2
    share_positive        1.0
    share_significant     0.5
    dtype: object
    """
    counts = {
        "specifications": len(specifications),
        "estimated": int(specifications["est"].notna().sum()),
        "admissible": int(specifications["admissible"].sum()),
    }
    return pd.Series(counts | _summarized(specifications), dtype=object)


def multiverse_influence(specifications: pd.DataFrame) -> pd.DataFrame:
    """Say what each option does to the estimate.

    Parameters
    ----------
    specifications : DataFrame
        From `multiverse`.

    Returns
    -------
    DataFrame
        One row an option, named ``choice=option``: specifications (admissible ones with it), median, lowest, highest,
        share_positive, share_significant.

    References
    ----------
    Simonsohn, U., Simmons, J. P., & Nelson, L. D. (2020). Specification curve analysis. Nature Human Behaviour, 4,
    1208-1214.

    Examples
    --------
    >>> import pandas as pd, emolabor as el
    >>> rows = [("a", 0.1, 0.0, 0.2, 90, True, ""), ("b", 0.3, 0.2, 0.4, 90, True, "")]
    >>> columns = ["rule", "est", "ci_lower", "ci_upper", "n", "admissible", "note"]
    >>> el.multiverse_influence(pd.DataFrame(rows, columns=columns))["median"].to_dict()
    {'rule=a': 0.1, 'rule=b': 0.3}
    """
    rows = {}
    for choice in choice_columns(specifications):
        for option, own in specifications.groupby(choice, sort=False):
            rows[f"{choice}={option}"] = {"specifications": int(own["admissible"].sum()), **_summarized(own)}
    return pd.DataFrame.from_dict(rows, orient="index")


def choice_columns(specifications):
    """List the columns of a specification table that are choices: those before the estimate."""
    return list(specifications.columns[: specifications.columns.get_loc("est")])


def _options(choices):
    if not isinstance(choices, Mapping) or not choices:
        refuse("choices", shown(choices), "a mapping of choices to their options")
    found = {}
    for name, options in choices.items():
        if name in (*NUMBERS, "admissible", "note"):
            refuse_because("choices", f"{shown(name)} is a column of the result already", "another name")
        found[name] = dict(options) if isinstance(options, Mapping) else {option: option for option in options}
        if not found[name]:
            refuse_because("choices", f"{name} has no option", "at least one")
    return found


def _specification(estimate, values):
    """The numbers of one specification, or the reason why it has none."""
    try:
        found = estimate(**values)
    except EmolaborError as error:
        return dict.fromkeys(NUMBERS, np.nan) | {"admissible": False, "note": str(error)}
    missing = [name for name in (*NUMBERS, "admissible") if name not in found]
    if missing:
        raise EmolaborError(f"estimate: its result lacks {', '.join(missing)}")
    numbers = {name: found[name] for name in NUMBERS}
    return numbers | {"admissible": bool(found["admissible"]), "note": found.get("note", "")}


def _summarized(specifications):
    own = specifications[specifications["admissible"]]
    est = own["est"]
    side = np.sign(est.median())
    significant = (own["ci_lower"] * side > 0) & (own["ci_upper"] * side > 0)
    return {
        "median": float(est.median()),
        "lowest": float(est.min()),
        "highest": float(est.max()),
        "share_positive": float((est > 0).mean()),
        "share_significant": float(significant.mean()),
    }
