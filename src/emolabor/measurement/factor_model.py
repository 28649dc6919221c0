"""The factor model of all dimensions, written with neutral names: keys need not be words of the model syntax."""

import numpy as np

from emolabor.common.errors import refuse_because
from emolabor.measurement.answers import answers_and_dimensions, complete_answers
from emolabor.sem import cfa


def complete_dimensions(data, scale_or_dimensions):
    """Respondents who answered every item of every dimension.

    Parameters
    ----------
    data : DataFrame of shape (n, p)
        Answers, as for `reliability`.
    scale_or_dimensions : Scale, Instrument or mapping of str to list of str
        As for `reliability`.

    Returns
    -------
    answers : DataFrame
        The items in the order of the dimensions.
    dimensions : dict of str to list of str
    """
    answers, dimensions = answers_and_dimensions(data, scale_or_dimensions)
    for dimension, items in dimensions.items():
        complete_answers(answers, items, f"dimension {dimension}")
    keys = [item for items in dimensions.values() for item in items]
    twice = sorted({str(item) for item in keys if keys.count(item) > 1})
    if twice:
        refuse_because("scale", f"{', '.join(twice)} belongs to several dimensions", "one each")
    return complete_answers(answers, keys), dimensions


def factor_name(k):
    """Name of the factor of the k-th dimension, from 0."""
    return f"factor{k + 1}"


def item_names(answers):
    """Map each item to its neutral name."""
    return {item: f"item{i + 1}" for i, item in enumerate(answers)}


def factor_text(dimensions, names):
    """Model text: a factor for each dimension.

    Examples
    --------
    >>> factor_text({"calm": ["c1", "c2", "c3"]}, {"c1": "item1", "c2": "item2", "c3": "item3"})
    'factor1 =~ item1 + item2 + item3'
    """
    lines = (" + ".join(names[item] for item in items) for items in dimensions.values())
    return "\n".join(f"{factor_name(k)} =~ {items}" for k, items in enumerate(lines))


def neutral_names(dimensions):
    """Map each dimension and each item to its neutral name."""
    items = [item for own in dimensions.values() for item in own]
    return item_names(items) | {key: factor_name(k) for k, key in enumerate(dimensions)}


def factor_model(answers, dimensions):
    """Fit the factor model of all dimensions by maximum likelihood, factors with variance one.

    Parameters
    ----------
    answers, dimensions
        From `complete_dimensions`.

    Returns
    -------
    Fit
    """
    names = item_names(answers)
    return cfa(factor_text(dimensions, names), answers.rename(columns=names), std_lv=True)


def refuse_unidentified(fit, dimensions):
    """Refuse a factor model with a singular information matrix, and name the dimensions whose estimates it leaves open.

    They are those that the direction of no information runs through (a tenth of its square or more).
    """
    if fit.vcov().notna().all(axis=None):
        return
    information = fit.model.information(fit.estimate.theta)
    scale = np.sqrt(np.abs(np.diag(information)))
    scale[scale == 0] = 1.0
    open_ = np.linalg.eigh(information / np.outer(scale, scale))[1][:, 0] ** 2
    items = item_names([item for own in dimensions.values() for item in own])
    shares = {}
    for k, (key, own) in enumerate(dimensions.items()):
        members = {factor_name(k), *(items[item] for item in own)}
        here = [
            row.free for row in fit.table.rows if row.free >= 0 and row.op != "~1" and {row.lhs, row.rhs} <= members
        ]
        shares[key] = open_[here].sum()
    failed = [key for key, share in shares.items() if share >= 0.1] or list(shares)
    refuse_because(
        f"dimension {', '.join(failed)}",
        "the factor model is not identified: its items hardly correlate with each other or with those "
        "of the other dimensions",
        "items that share something, or the dimension left out",
    )
