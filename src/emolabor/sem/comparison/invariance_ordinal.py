"""What each step of the ladder holds equal for ordered answers: thresholds before loadings (Wu & Estabrook, 2016)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from emolabor.sem.specification.parameter_table import ParameterTable

# With thresholds equal, the location and spread of each answer's normal variable can be estimated in the later groups;
# holding loadings and intercepts equal then moves these differences to the latent variables. Equal residual variances
# need the theta parametrisation.
ORDINAL_STEPS = {
    "configural": (),
    "thresholds": ("thresholds",),
    "metric": ("thresholds", "loadings"),
    "scalar": ("thresholds", "loadings", "intercepts"),
    "strict": ("thresholds", "loadings", "intercepts", "residuals"),
}
FREE_INTERCEPTS = ("thresholds", "metric")


def ordinal_step(step: str, table: ParameterTable) -> tuple:
    """The lines that a step adds to the model text, and its options.

    Parameters
    ----------
    step : str
    table : ParameterTable
        Of the configural model.

    Returns
    -------
    tuple
        Text and dict of group_equal and parameterization.
    """
    options = dict(group_equal=ORDINAL_STEPS[step], parameterization="theta" if step == "strict" else "delta")
    if step not in FREE_INTERCEPTS:
        return "", options
    later = table.n_groups - 1
    free, zero, one = (", ".join([first] + [rest] * later) for first, rest in (("0", "NA"), ("0", "0"), ("1", "1")))
    lines = [f"{name} ~ c({free})*1" for name, _ in table.ordered]
    lines += [f"{name} ~ c({zero})*1" for name in table.variables.latent]
    # Two categories tell nothing of the spread.
    lines += [f"{name} ~*~ c({one})*{name}" for name, thresholds in table.ordered if thresholds == 1]
    return "\n" + "\n".join(lines), options
