"""One row of the parameter table."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """One parameter: `free` counts from 0 and is -1 where the value is fixed."""

    lhs: str
    op: str
    rhs: str
    group: int
    free: int = -1
    value: float | None = None  # the fixed value, or a start for a free one
    label: str = ""
    from_data: bool = False  # fixed at the sample value: moments of observed exogenous variables
    derived: bool = False  # residual variance (or scale) of an ordered variable that follows from the others
    where: str = ""
    lower: float | None = None  # bounds of a free parameter
    upper: float | None = None
    slope: str = ""  # the random slope that takes the place of the value
