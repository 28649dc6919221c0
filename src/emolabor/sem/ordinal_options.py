"""Which options of `sem` go with ordered variables, and which do not."""

from emolabor.errors import EmolaborError
from emolabor.sem.cautions import covariance_lines

ORDINAL = ("DWLS", "WLSMV")


def estimator_for(estimator, ordered, cluster):
    """The estimator: as given, else WLSMV with ordered variables, MLR with clusters, ML."""
    if estimator is None and ordered:
        return "WLSMV"
    if cluster is not None and estimator in (None, "ML") and not ordered:
        return "MLR"
    return estimator or "ML"


def check_ordinal_options(ordered, variables, given):
    """Refuse options that do not go together.

    Parameters
    ----------
    ordered : sequence of str
        The ordered variables of the model.
    variables : Variables
    given : dict
        estimator (resolved), missing, likelihood, cluster, mean_structure.
    """
    estimator, missing = given["estimator"], given["missing"]
    if not ordered:
        if estimator in ORDINAL:
            raise EmolaborError(
                f"estimator: {estimator!r} is for ordered variables, and none is declared; allowed: ordered=True or "
                "ordered=[names] with it, or ML, MLM, MLR, GLS, ULS for continuous variables."
            )
        if missing == "pairwise":
            raise EmolaborError("missing: 'pairwise' goes with ordered variables; allowed here: listwise, fiml.")
        return
    names = ", ".join(ordered[:5]) + (" ..." if len(ordered) > 5 else "")
    if estimator not in ORDINAL:
        raise EmolaborError(
            f"estimator: {estimator!r} takes variables as continuous, but these are ordered: {names}; allowed: WLSMV, "
            "DWLS (or leave 'ordered' out to treat the answers as numbers)."
        )
    if missing == "fiml":
        raise EmolaborError("missing: 'fiml' takes variables as continuous; allowed here: listwise, pairwise.")
    if given["likelihood"] != "normal":
        raise EmolaborError(f"likelihood: {given['likelihood']!r} does not go with ordered variables.")
    if given["cluster"] is not None:
        raise EmolaborError("cluster: standard errors for clusters are not available with ordered variables.")
    if given["mean_structure"] is False:
        raise EmolaborError("mean_structure: found False, allowed with ordered variables: True (thresholds need it).")
    if variables.fixed_x:
        x = variables.fixed_x
        raise EmolaborError(
            f"model: the observed exogenous variables {', '.join(x)} predict in a model with ordered variables, which "
            f"is not available; allowed: give them variances and covariances ('{covariance_lines(x)}'), which make "
            "them part of the model (normal, or ordered where declared)."
        )
