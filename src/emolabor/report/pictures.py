"""The paper's figures: from what the notebooks stored to one picture each."""

import pandas as pd

from emolabor.drawing.path_diagram import path_diagram
from emolabor.report.figures.levers import lever_figure
from emolabor.report.figures.specification_curve import specification_curve
from emolabor.report.figures.verdicts import verdict_figure
from emolabor.report.run_notebooks import frame_of, outcome_of


def paths(stored, language, names):
    """Draw the structural model. Stored: rows (``outcome~predictor``), r2."""
    ends = [key.split("~") for key in stored["rows"]]
    rows = pd.DataFrame(list(stored["rows"].values()))[["std_all", "std_lower", "std_upper"]]
    rows = rows.set_axis(["est", "ci_lower", "ci_upper"], axis=1)
    rows = rows.assign(op="~", lhs=[one for one, _ in ends], rhs=[other for _, other in ends])
    return path_diagram(rows, stored["r2"], language, names)


def verdicts(stored, language, names):
    """Draw the claims with their verdicts. Stored: rows."""
    return verdict_figure(frame_of(stored["rows"]), language, names)


def levers(stored, language, names):
    """Draw the gains of the factors. Stored: rows, levels with the directions, ways, which end at the outcome."""
    frame = frame_of(stored["rows"]).assign(direction=frame_of(stored["levels"])["direction"])
    frame = frame.rename_axis("factor").reset_index().assign(group="")
    return lever_figure(frame, outcome_of(stored["ways"]), language, names)


def specifications(stored, language, _names):
    """Draw a specification curve. Stored: rows, and the influence of each option (``choice=option``)."""
    frame = frame_of(stored["rows"])
    choices = list(dict.fromkeys(key.split("=")[0] for key in stored["influence"]))
    numbers = frame.columns.difference([*choices, "est"], sort=False)
    return specification_curve(frame[[*choices, "est", *numbers]], language)


KINDS = {"paths": paths, "verdicts": verdicts, "levers": levers, "specifications": specifications}
