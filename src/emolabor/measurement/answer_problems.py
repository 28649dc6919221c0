"""What is wrong with the answers to a dimension, or with the factor model of them, in words that name its items."""

import re

import numpy as np

from emolabor.common.notices import Notice
from emolabor.measurement.keying import first_component, oriented
from emolabor.sem.numerics import missing_codes

# Standard errors of a correlation of zero: an item that has little to do with the others is not keyed against them.
SURE = 3.0


def answer_problems(complete):
    """Find items of one dimension keyed against the others, and values that look like codes for missing answers.

    Parameters
    ----------
    complete : DataFrame of shape (n, k)
        Answers to the items, turned as declared.

    Yields
    ------
    Notice
        One problem.
    """
    values = complete.to_numpy(dtype=float)
    yield from missing_codes(values, list(complete))
    weights, tie = oriented(first_component(values))
    turned = (values - values.mean(axis=0)) * np.sign(weights)
    rest = turned.sum(axis=1, keepdims=True) - turned
    against = [
        str(item)
        for k, item in enumerate(complete)
        if weights[k] < 0 and np.corrcoef(turned[:, k], rest[:, k])[0, 1] > SURE / np.sqrt(len(values))
    ]
    if against:
        others = "the other half of the items" if tie else "the other items"
        verb = "goes" if len(against) == 1 else "go"
        said = f"{', '.join(against)} {verb} against {others}: turn the coding first (see keying_audit)"
        yield Notice("keyed_apart", said)


def named(problems, names):
    """Put the items' and dimensions' own names for the neutral ones of a model text."""
    own = {neutral: str(name) for name, neutral in names.items()}
    pattern = re.compile(r"\b(?:" + "|".join(map(re.escape, own)) + r")\b")
    return tuple(Notice(p.code, pattern.sub(lambda found: own[found.group()], p)) for p in problems)
