"""The panel of the run's page on which management factors are moved: what differences in them go with."""

import math
from statistics import NormalDist

from emolabor.drawing.formats import show
from emolabor.report.bilingual import TAGS, described

NOTEBOOK, OUTCOME = "10_levers", "proactive_service"
LOWEST, HIGHEST = 1, 5  # the factors' answers; `analysis.levers` has the same scale
FARTHEST, STEPS = 1, 10  # a factor is moved by at most a point, in tenths


def what_if_content(values, names):
    """Pick from the stored levers what the page needs to add differences up.

    Parameters
    ----------
    values : dict
        What notebook 10 stored.
    names : dict of str to dict
        Language -> code -> label.

    Returns
    -------
    dict
        outcome (its names); levers (a list, the largest gain first: key, names, direction, level, lowest and highest
        change, gain, gain_se); correlations (of their gains, in the same order); reach (standard errors on each side of
        an interval).
    """
    factors = sorted(values["ranking"], key=lambda factor: values["ranking"][factor]["rank"])
    errors = values["errors"]
    return {
        "outcome": {"zh": names["zh"][OUTCOME], "en": names["en"][OUTCOME].lower()},
        "levers": [
            {
                "key": factor,
                "names": {language: names[language].get(factor, factor) for language in TAGS},
                "direction": values["levels"][factor]["direction"],
                "level": values["levels"][factor]["level"],
                "lowest": -_room(values["levels"][factor]["level"] - LOWEST),
                "highest": _room(HIGHEST - values["levels"][factor]["level"]),
                "gain": values["ranking"][factor]["gain"],
                "gain_se": errors[factor]["gain_se"],
            }
            for factor in factors
        ],
        "correlations": [[errors[one][other] for other in factors] for one in factors],
        "reach": NormalDist().inv_cdf(0.975),
    }


def _room(points):
    """How far a factor may be moved: what the scale allows, in whole tenths."""
    return math.floor(min(FARTHEST, points) * STEPS + 1e-9) / STEPS


def what_if_panel(content, meanings, is_simulated):
    """Lay out the panel.

    Parameters
    ----------
    content : dict
        From `what_if_content`; the page's script computes with the same.
    meanings : dict of str to dict
        Construct -> language -> what it means.
    is_simulated : bool
        Whether the answers are simulated.

    Returns
    -------
    dict
    """
    return {
        "simulated": described()["simulated_answers"][str(is_simulated).lower()],
        "outcome": content["outcome"],
        "meaning": meanings[OUTCOME],
        "step": 1 / STEPS,
        "levers": [_slider(lever, meanings) for lever in content["levers"]],
    }


def _slider(lever, meanings):
    limits = {end: show(lever[end], "+.1f") for end in ("lowest", "highest")}
    zero = -lever["lowest"] / ((lever["highest"] - lever["lowest"]) or 1)
    return {
        **{name: lever[name] for name in ("key", "names", "lowest", "highest")},
        "less_is_better": lever["direction"] < 0,
        "zero": f"{zero:.1%}",
        "meaning": meanings.get(lever["key"]),
        "hint": {"level": show(lever["level"], ".2f"), **limits},
    }
