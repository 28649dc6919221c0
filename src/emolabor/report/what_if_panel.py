"""The panel of the run's page on which management factors are moved: what differences in them go with."""

import math
from html import escape
from statistics import NormalDist

from emolabor.drawing.formats import show
from emolabor.report.bilingual import TAGS, both, described, word
from emolabor.report.run_notebooks import outcome_of
from emolabor.report.run_tables import section

NOTEBOOK = "10_levers"
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
        outcome_key, outcome (its names); levers (a list, the largest gain first: key, names, direction, level, lowest
        and highest change, gain, gain_se); correlations (of their gains, in the same order); reach (standard errors on
        each side of an interval).
    """
    factors = sorted(values["ranking"], key=lambda factor: values["ranking"][factor]["rank"])
    outcome = outcome_of(values["ways"])
    errors = values["errors"]
    return {
        "outcome_key": outcome,
        "outcome": {"zh": names["zh"].get(outcome, outcome), "en": names["en"].get(outcome, outcome).lower()},
        "levers": [
            {
                "key": factor,
                "names": {language: names[language].get(factor, factor) for language in TAGS},
                "direction": values["levels"][factor]["direction"],
                "level": values["levels"][factor]["level"],
                "lowest": -_room(values["levels"][factor]["level"] - values["levels"][factor]["lowest"]),
                "highest": _room(values["levels"][factor]["highest"] - values["levels"][factor]["level"]),
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
    """Write the panel.

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
    str
        HTML.
    """
    rows = "\n".join(_slider(place, lever, meanings) for place, lever in enumerate(content["levers"]))
    caution = word("what_if_caution", simulated=described()["simulated_answers"][str(is_simulated).lower()])
    meaning = meanings.get(content["outcome_key"], dict.fromkeys(TAGS, ""))
    return section(
        "what_if",
        f'<p class="caution">{caution}</p>',
        f"<p>{word('what_if_how', outcome=content['outcome'], meaning=meaning)}</p>",
        f'<form class="levers" id="levers">\n{rows}\n</form>',
        '<div class="result">',
        '<p id="result" role="status" aria-live="polite"></p>',
        '<svg id="interval" viewBox="0 0 600 46" aria-hidden="true" focusable="false"></svg>',
        f'<button type="button" id="reset">{word("reset")}</button>',
        "</div>",
        f'<p class="note">{word("what_if_note")}</p>',
    )


def _slider(place, lever, meanings):
    name = both(lever["names"])
    less = f' <span class="aside">{word("less_is_better")}</span>' if lever["direction"] < 0 else ""
    level = show(lever["level"], ".2f")
    limits = [show(lever[end], "+.1f") for end in ("lowest", "highest")]
    zero = -lever["lowest"] / ((lever["highest"] - lever["lowest"]) or 1)
    meaning = both(meanings[lever["key"]]) if lever["key"] in meanings else ""
    hint = f"{meaning}{word('lever_hint', level=level, lowest=limits[0], highest=limits[1])}"
    return (
        f'<div class="lever"><label for="lever-{place}">{name}{less}</label>'
        f'<input type="range" id="lever-{place}" name="{escape(lever["key"])}" min="{lever["lowest"]}" '
        f'max="{lever["highest"]}" step="{1 / STEPS}" value="0" '
        f'aria-describedby="hint-{place}" style="--zero: {zero:.1%}">'
        f'<output for="lever-{place}" aria-live="off">0.0</output>'
        f'<span class="aside" id="hint-{place}">{hint}</span></div>'
    )
