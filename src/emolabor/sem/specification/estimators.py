"""The estimators: what each minimises, which errors and test go with it, what it asks of the data, and its words.

A new estimator is a row here; where it minimises something new, that is a class in `emolabor.sem.discrepancy`.
"""

from dataclasses import dataclass

from emolabor.common.errors import EmolaborError, refuse, refuse_because, shown
from emolabor.sem.specification.cautions import covariance_lines


@dataclass(frozen=True)
class Estimator:
    """One estimator.

    Attributes
    ----------
    name : str
        As `sem` takes it.
    discrepancy : str
        What is minimised: a key of `emolabor.sem.discrepancy.kinds.DISCREPANCIES`.
    errors : str
        Standard errors: "information", its inverse; "robust_sem", "huber_white", "robust_dwls" as in
        `emolabor.sem.inference.covariance`.
    test : str
        "standard"; "none" where the statistic has no chi-square distribution; "satorra_bentler", "yuan_bentler",
        "scaled_shifted".
    ordered : bool
        For ordered answers; the others take answers as numbers.
    missing : tuple of str
        What may be done about missing answers.
    wishart, clusters : bool
        Whether the Wishart likelihood and cluster-robust errors can be had.
    cases : bool
        Whether it needs the cases, not only their covariances.
    difference_tests : tuple of str
        Methods of `lr_test`, its own first.
    correction : str
        How the summary names the test's correction.
    """

    name: str
    discrepancy: str
    errors: str = "information"
    test: str = "standard"
    ordered: bool = False
    missing: tuple = ("listwise",)
    wishart: bool = False
    clusters: bool = False
    cases: bool = False
    difference_tests: tuple = ("standard",)
    correction: str = ""

    @property
    def likelihood(self):
        """Whether it is maximum likelihood, which has a log-likelihood and information criteria."""
        return self.discrepancy == "likelihood"

    @property
    def robust(self):
        """Whether its test is scaled."""
        return self.test not in ("standard", "none")


SATORRA_BENTLER = ("satorra_bentler_2001", "satorra_bentler_2010")
ESTIMATORS = {
    row.name: row
    for row in (
        Estimator("ML", "likelihood", missing=("listwise", "fiml"), wishart=True, clusters=True),
        Estimator(
            "MLM",
            "likelihood",
            "robust_sem",
            "satorra_bentler",
            wishart=True,
            cases=True,
            difference_tests=SATORRA_BENTLER,
            correction="Satorra-Bentler correction",
        ),
        Estimator(
            "MLR",
            "likelihood",
            "huber_white",
            "yuan_bentler",
            missing=("listwise", "fiml"),
            clusters=True,
            cases=True,
            difference_tests=SATORRA_BENTLER,
            correction="Yuan-Bentler correction (Mplus variant)",
        ),
        Estimator("GLS", "gls"),
        Estimator("ULS", "uls", test="none"),
        Estimator("DWLS", "dwls", ordered=True, missing=("listwise", "pairwise"), cases=True),
        Estimator(
            "WLSMV",
            "dwls",
            "robust_dwls",
            "scaled_shifted",
            ordered=True,
            missing=("listwise", "pairwise"),
            cases=True,
            difference_tests=("satorra_2000",),
            correction="simple second-order correction",
        ),
        Estimator(
            "ULSMV",
            "uls_ordered",
            "robust_dwls",
            "scaled_shifted",
            ordered=True,
            missing=("listwise", "pairwise"),
            cases=True,
            difference_tests=("satorra_2000",),
            correction="simple second-order correction",
        ),
    )
}

ORDINAL = tuple(name for name, row in ESTIMATORS.items() if row.ordered)


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
            refuse_because(
                "estimator",
                f"{shown(estimator)} is for ordered variables, and none is declared",
                "ordered=True or ordered=[names] with it, or ML, MLM, MLR, GLS, ULS for continuous variables",
            )
        if missing == "pairwise":
            refuse_because("missing", "'pairwise' goes with ordered variables", "listwise, fiml")
        return
    names = ", ".join(ordered[:5]) + (" ..." if len(ordered) > 5 else "")
    if estimator not in ORDINAL:
        refuse_because(
            "estimator",
            f"{shown(estimator)} takes variables as continuous, but these are ordered: {names}",
            "WLSMV, DWLS (or leave 'ordered' out to treat the answers as numbers)",
        )
    if missing == "fiml":
        refuse_because("missing", "'fiml' takes variables as continuous", "listwise, pairwise")
    if given["likelihood"] != "normal":
        raise EmolaborError(f"likelihood: {given['likelihood']!r} does not go with ordered variables")
    if given["cluster"] is not None:
        raise EmolaborError("cluster: standard errors for clusters are not available with ordered variables")
    if given["mean_structure"] is False:
        refuse("mean_structure", "False", "True (thresholds need it) with ordered variables")
    if variables.fixed_x:
        x = variables.fixed_x
        refuse_because(
            "model",
            f"the observed exogenous variables {', '.join(x)} predict in a model with ordered variables, "
            "which is not available",
            f"give them variances and covariances ('{covariance_lines(x)}'), which make them part of the "
            "model (normal, or ordered where declared)",
        )
