"""The way from a text with `level:` blocks and data to a fit."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from emolabor.common.errors import refuse, refuse_because, shown
from emolabor.sem.estimation.estimate import estimate_parameters
from emolabor.sem.estimation.two_level_model import TwoLevelModel
from emolabor.sem.language.slopes import OWN, check_slopes, slopes_of
from emolabor.sem.observed.columns import check_frame, read_columns
from emolabor.sem.observed.drawn import read_drawn
from emolabor.sem.observed.incomplete_levels import incomplete_level_samples
from emolabor.sem.observed.level_samples import two_level_samples
from emolabor.sem.specification.blocks import build_two_levels
from emolabor.sem.specification.estimators import ESTIMATORS
from emolabor.sem.two_level.fit import TwoLevelFit
from emolabor.sem.two_level.slopes import RandomSlopeFit

if TYPE_CHECKING:
    from emolabor.sem.language.syntax import Syntax

TAKEN = ("ML", "MLR")
# Arguments of `sem` that a two-level model takes; any other is refused where it is given.
KNOWN = ("model", "data", "estimator", "missing", "group", "group_equal", "group_partial", "cluster", "std_lv")
DEFAULTS = {"parameterization": "delta", "likelihood": "normal", "mean_structure": (None, True)}


def fit_two_levels(text: str, syntax: Syntax, given: dict[str, Any], equal: tuple[tuple[str, ...], ...]) -> TwoLevelFit:
    """Fit a two-level model.

    Parameters
    ----------
    text : str
        The model text.
    syntax : Syntax
        As parsed, with `level:` blocks.
    given : dict
        The arguments of `sem`.
    equal : tuple
        Names in `group_equal` and in `group_partial`.

    Returns
    -------
    TwoLevelFit
    """
    _check_arguments(given)
    data, group, cluster = given["data"], given["group"], given["cluster"]
    names = tuple(dict.fromkeys(name for term in syntax.terms for name in (term.lhs, term.rhs) if name))
    for term in syntax.terms:
        if term.op in ("|", "~*~"):
            refuse_because(
                term.token.where,
                f"'{term.op}' with 'level:' blocks",
                "continuous variables; ordered ones have one level",
            )
    check_slopes(syntax, data.columns)
    latent = {term.lhs for term in syntax.terms if term.op == "=~"}
    for name in latent & set(data.columns):
        refuse_because("model", f"the latent variable '{name}' is a column of data", "another name")
    observed = [name for name in names if name not in (*latent, *slopes_of(syntax.terms))]
    for name in observed:
        if name in data.columns and getattr(data.dtypes[name], "ordered", False):
            refuse_because("data", f"'{name}' is an ordered categorical, and the text has 'level:' blocks", "numbers")
    if not len(data):
        refuse_because("data", "no row", "a row a case")
    columns = read_columns(data, observed, group=group, drawn=read_drawn(data, cluster))
    if cluster in columns.names:
        refuse_because("cluster", f"'{cluster}' is a variable of the model", "another column")
    labels = tuple(str(label) for label in columns.labels)
    tables = build_two_levels(syntax, labels, bool(given["std_lv"]), *equal)
    if tables.slopes and tables.levels[0].variables.random_x:
        own = next(x for x in tables.levels[0].variables.random_x if x in tables.in_both)
        refuse_because(
            "model",
            f"beside a random slope '{own}' is exogenous at both levels, where its parts are not observed",
            f"a regression of it at level 1, such as '{own} ~ x', or {OWN}",
        )
    levels = [table.variables.observed for table in tables.levels]
    fixed = [table.variables.fixed_x for table in tables.levels]
    read = incomplete_level_samples if given["missing"] == "fiml" else two_level_samples
    samples = read(columns, data[cluster].to_numpy(), levels, fixed)
    estimator = ESTIMATORS[given["estimator"] or "ML"]
    model = TwoLevelModel.bind(tables, samples, estimator)
    estimate = estimate_parameters(model, model.start())
    errors = "huber_white" if estimator.robust else "observed"
    kind = RandomSlopeFit if tables.slopes else TwoLevelFit
    return kind(text, model, estimate, errors, tuple(data.columns))


def _check_arguments(given: dict[str, Any]) -> None:
    """Refuse what does not go with two levels."""
    cluster = given["cluster"]
    if cluster is None:
        refuse_because("cluster", "not given, and the text has 'level:' blocks", "the column of the clusters")
    if isinstance(cluster, list) and len(cluster) == 1:
        given["cluster"] = cluster = cluster[0]
    if not isinstance(cluster, str):
        refuse("cluster", f"{shown(cluster)} with 'level:' blocks", "the name of one column")
    if given["estimator"] not in (None, *TAKEN):
        refuse("estimator", f"{given['estimator']} with 'level:' blocks", TAKEN)
    if isinstance(given["data"], str | Path) or given["data"] is None:
        found = "covariances" if given["data"] is None else "a file"
        refuse_because("data", f"{found} with 'level:' blocks", "a DataFrame with a row a case")
    check_frame(given["data"])
    if given["missing"] not in ("listwise", "fiml"):
        refuse("missing", f"{given['missing']!r} with 'level:' blocks", ("listwise", "fiml"))
    for name, value in given.items():
        if name in KNOWN:
            continue
        default = DEFAULTS.get(name, (None, False, ()))
        allowed = default if isinstance(default, tuple) else (default,)
        if not any(value is own or (isinstance(value, type(own)) and value == own) for own in allowed):
            refuse_because(name, f"{shown(value)} with 'level:' blocks, which is not available", "leave it out")
